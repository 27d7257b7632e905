// What a response leaves behind: nothing when it is undone, and nothing when it was a dry run. The
// machine is written down before and after: packet rules, files with all that they have, sockets,
// kernel programs and descriptors held, processes. In a process with process ids, mounts and
// network of its own, so that what others do beside the test is not seen.
#include "watch/response/packet_rules.h"
#include "watch/response/responder.h"
#include "watch/response/small_file.h"
#include "watch/response/traffic_test.h"

#include <algorithm>
#include <csignal>
#include <functional>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace shoji::response {
namespace {

namespace fs = std::filesystem;

// Lines, each a part of the machine.
using Picture = std::vector<std::string>;

std::string extended_attributes(const std::string& path) {
    std::string names(4096, '\0');
    const auto size = ::llistxattr(path.c_str(), names.data(), names.size());
    std::string all;
    for (std::size_t at = 0; size > 0 && at < static_cast<std::size_t>(size);) {
        const std::string name(names.c_str() + at);
        std::string value(4096, '\0');
        const auto bytes = ::lgetxattr(path.c_str(), name.c_str(), value.data(), value.size());
        all +=
            " " + name + "=" + (bytes < 0 ? "?" : value.substr(0, static_cast<std::size_t>(bytes)));
        at += name.size() + 1;
    }
    return all;
}

void picture_file(const fs::path& path, Picture& into) {
    struct stat state {};
    if (::lstat(path.c_str(), &state) != 0) return;
    std::string line = fmt::format("{} {:o} {}:{} links {}", path.native(), state.st_mode,
                                   state.st_uid, state.st_gid, state.st_nlink);
    if (S_ISREG(state.st_mode)) {
        const auto text = read_small_file(path, 1U << 20U);
        line += fmt::format(" {} {}.{} {}{}", state.st_size, state.st_mtim.tv_sec,
                            state.st_mtim.tv_nsec, text ? *text : "?", extended_attributes(path));
    }
    into.push_back(std::move(line));
}

class Undone : Checks {
  public:
    explicit Undone(fs::path folder) : folder_(std::move(folder)) {}

    int play() {
        if (!set_up()) return 100;
        auto started = Responder::start(policy(), settings());
        if (!started) {
            fmt::print(stderr, "{}\n", started.error().message);
            return 50;
        }
        responder_ = &*started;
        dry_runs(false);
        files();
        blocks();
        isolation();
        what_cannot_be_undone();
        return wrong_;
    }

  private:
    bool set_up() {
        for (const auto* name : {"work", "units"}) fs::create_directory(folder_ / name);
        const auto file = folder_ / "work/file";
        const bool written = replace_file(file, "something", 0644).has_value() &&
                             ::chown(file.c_str(), 1234, 2345) == 0 &&
                             ::chmod(file.c_str(), 02751) == 0 &&
                             ::link(file.c_str(), (folder_ / "work/other name").c_str()) == 0;
        const timespec times[2] = {{1'000'000'000, 5}, {1'100'000'000, 7}};
        // Where the file system has them.
        ::setxattr(file.c_str(), "user.shoji-test", "value", 5, 0);
        ::setxattr(file.c_str(), "trusted.shoji-test", "value", 5, 0);
        return written && ::utimensat(AT_FDCWD, file.c_str(), times, 0) == 0 &&
               ip("link set lo up") && ip("link add host0 type veth peer name outer") &&
               ip("addr add 10.77.0.1/24 dev host0") && ip("link set host0 up");
    }
    static ResponsePolicy policy() {
        ResponsePolicy policy;
        policy.host = "here";
        policy.memory_may_be_collected = true;
        policy.isolation.listed.push_back(parse_network("10.77.0.3").value());
        return policy;
    }
    [[nodiscard]] ResponderSettings settings() const {
        ResponderSettings settings;
        settings.state = folder_ / "state";
        settings.units = folder_ / "units";
        // The guards hold for no group that there is, and only for this folder's file system.
        settings.programs = {~std::uint64_t{0}, {folder_}, false};
        settings.socket_cgroup = ~std::uint64_t{0};
        settings.every_namespace = false;
        settings.now = [] { return std::int64_t{1'800'000'000}; };
        return settings;
    }

    // `log`: with the record of responses, to which a dry run adds nothing either.
    [[nodiscard]] Picture picture(bool log) const {
        Picture all;
        all.push_back("rules: " + list_packet_rules().value());
        for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
            const bool is_log = entry.path().filename() == "responses.log";
            if (!is_log || log) picture_file(entry.path(), all);
        }
        // Sockets, kernel programs, links and maps, fanotify: by kind, as numbers change.
        for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
            std::error_code gone;
            auto target = fs::read_symlink(entry.path(), gone).native();
            if (!gone && (target.starts_with("socket:") || target.starts_with("anon_inode:"))) {
                all.push_back("held: " + target.substr(0, target.find(":[")));
            }
        }
        for (const auto* table : {"packet", "raw", "tcp", "udp"}) {
            const auto text = read_small_file(std::string("/proc/self/net/") + table, 1U << 20U);
            all.push_back(fmt::format("{}: {} lines", table, std::ranges::count(*text, '\n')));
        }
        const auto processes = list_processes();
        for (const auto& one : *processes) {
            all.push_back(fmt::format("process {} {} {}", one.id.number, one.name,
                                      one.state == 'T' ? "stopped" : ""));
        }
        std::ranges::sort(all);
        return all;
    }
    void expect_same(const Picture& before, const std::string& what, bool log = false) {
        const auto after = picture(log);
        Picture changed;
        std::ranges::set_symmetric_difference(before, after, std::back_inserter(changed));
        for (const auto& line : changed) fmt::print(stderr, "{}: {}\n", what, line);
        expect(changed.empty(), what + " leaves the machine as before");
    }
    base::Result<Outcome> respond(Action action, bool dry_run = false) {
        return responder_->respond({std::move(action), "a test", "somebody", dry_run});
    }
    void need(Action action, const std::string& what) {
        const auto outcome = respond(std::move(action));
        expect(outcome && outcome->done, what + (outcome ? "" : ": " + outcome.error().message));
    }
    void dry(Action action, const std::string& what) {
        const auto before = picture(true);
        const auto outcome = respond(std::move(action), true);
        expect(outcome && !outcome->done, what + (outcome ? "" : ": " + outcome.error().message));
        expect_same(before, "a dry run of " + what, true);
    }

    [[nodiscard]] std::string file() const { return folder_ / "work/file"; }
    // `in_force`: each has been done before.
    void dry_runs(bool in_force) {
        const pid_t child = ::fork();
        if (child == 0) {
            while (true) ::pause();
        }
        dry({.process = {child, 0}}, "kill");
        dry({.kind = ActionKind::collect, .process = {child, 0}, .memory = true, .files = {file()}},
            "collect");
        if (!in_force) dry({.kind = ActionKind::quarantine, .path = file()}, "quarantine");
        dry({.kind = ActionKind::isolate}, "isolate");
        dry({.kind = ActionKind::block, .path = folder_ / "work/other name"}, "block");
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
    }
    void files() {
        const auto before = picture(false);
        need({.kind = ActionKind::quarantine, .path = file()}, "quarantine");
        expect(picture(false) != before, "quarantine does something");
        const auto id = responder_->quarantined()->files.at(0).id;
        dry({.kind = ActionKind::restore, .item = id}, "restore");
        need({.kind = ActionKind::restore, .item = id}, "restore");
        expect_same(before, "a restored file");
    }
    void blocks() {
        const auto before = picture(false);
        need({.kind = ActionKind::block, .path = file()}, "block");
        expect(picture(false) != before, "block does something");
        dry({.kind = ActionKind::unblock, .path = file()}, "unblock");
        need({.kind = ActionKind::unblock, .path = file()}, "unblock");
        expect_same(before, "an ended block");
    }
    void isolation() {
        const auto before = picture(false);
        need({.kind = ActionKind::isolate}, "isolate");
        expect(picture(false) != before, "isolate does something");
        expect(fs::exists(folder_ / "state/isolation.nft"), "the rules of the boot are written");
        std::size_t units = 0;
        for (const auto& entry : fs::recursive_directory_iterator(folder_ / "units")) {
            units += entry.is_regular_file() ? 1U : 0U;
        }
        expect(units >= 1, "the unit of the boot is written");
        dry({.kind = ActionKind::release}, "release");
        dry_runs(true);
        // Who would release it without a name or a reason has not.
        for (const auto& [reason, by] : {std::pair{"", "somebody"}, std::pair{"a test", ""}}) {
            const auto refused =
                responder_->respond({{.kind = ActionKind::release}, reason, by, false});
            expect(!refused && responder_->isolated(), "it is not released like that");
        }
        need({.kind = ActionKind::release}, "release");
        expect_same(before, "an ended isolation");
    }
    // Nothing but what they are about is another.
    void what_cannot_be_undone() {
        const auto before = picture(false);
        const pid_t child = ::fork();
        if (child == 0) {
            while (true) ::pause();
        }
        need({.kind = ActionKind::collect, .process = {child, 0}, .files = {file()}}, "collect");
        need({.process = {child, 0}}, "kill");
        ::waitpid(child, nullptr, 0);
        for (const auto& entry : fs::directory_iterator(folder_ / "state/evidence"))
            fs::remove(entry.path());
        expect_same(before, "collected evidence and an ended process");
    }

    fs::path folder_;
    Responder* responder_ = nullptr;
};

TEST(UndoneTest, WhatIsUndoneOrOnlyPlannedLeavesTheMachineAsBefore) {
    expect_none_wrong_alone([](const std::string& folder) { return Undone(folder).play(); });
}

}  // namespace
}  // namespace shoji::response
