#include "watch/station/journal.h"

#include "core/confinement/capabilities.h"
#include "core/confinement/landlock.h"
#include "watch/station/held.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <filesystem>
#include <vector>

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::station {
namespace {

constexpr const char* program = "/usr/bin/journalctl";
constexpr std::array<const char*, 2> usual_folders{"/var/log/journal", "/run/log/journal"};

std::vector<std::string> folders_of(const sensor::LogonPolicy& policy) {
    std::vector<std::string> all{policy.journal};
    if (policy.journal.empty()) all.assign(usual_folders.begin(), usual_folders.end());
    std::erase_if(all, [](const auto& path) { return !std::filesystem::is_directory(path); });
    return all;
}

// The journal's own, whose members may read it.
base::Result<gid_t> group_of(const std::vector<std::string>& folders) {
    for (const auto& folder : folders) {
        struct stat state {};
        if (::stat(folder.c_str(), &state) == 0 && state.st_gid != 0) return state.st_gid;
    }
    return base::fail(base::ErrorKind::not_found,
                      "no group but root's may read the journal's folder");
}

base::Result<void> become(uid_t user, gid_t group) {
    const std::array groups{group};
    if (::setgroups(groups.size(), groups.data()) != 0 || ::setresgid(group, group, group) != 0 ||
        ::setresuid(user, user, user) != 0) {
        return base::fail_errno(errno, "becoming the journal's reader");
    }
    if (auto dropped = confinement::drop_capabilities(); !dropped) return dropped;
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        return base::fail_errno(errno, "giving up rights");
    }
    return {};
}

base::Result<void> confine(const std::vector<std::string>& folders) {
    const int abi = confinement::landlock_abi();
    for (const auto& lacking : confinement::missing_in_landlock(abi)) {
        spdlog::warn("not in force: {}", lacking);
    }
    if (abi == 0) return {};
    confinement::LandlockRules rules;
    for (const auto* path : {"/usr", "/lib", "/lib64"}) {
        if (std::filesystem::exists(path)) rules.paths.push_back({path, false, true});
    }
    for (const auto* path : {"/etc", "/proc", "/sys/fs/cgroup"}) {
        if (std::filesystem::exists(path)) rules.paths.push_back({path});
    }
    for (const auto& folder : folders) rules.paths.push_back({folder});
    return confinement::restrict_landlock(rules, abi);
}

// With the entry of the cursor, or the next one where it is gone: --after-cursor would leave that
// one out (seen with systemd 252). Of entries whose cursor is unknown the time is: where the clock
// was set back since, it is of no use.
std::vector<std::string> words_for(const sensor::JournalPlace& place) {
    constexpr std::int64_t second = 1'000'000;
    if (!place.cursor.empty()) return {"--lines=all", "--cursor=" + place.cursor};
    const auto seconds = place.microseconds / second;
    if (seconds == 0 || seconds > ::time(nullptr)) return {"--lines=0"};
    return {"--lines=all", fmt::format("--since=@{}.{:06}", seconds, place.microseconds % second)};
}

// In a process of its own. Does not return.
void execute(const sensor::LogonPolicy& policy, int output, int nothing,
             const sensor::JournalPlace& place) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(output, STDOUT_FILENO);
    sigset_t none;
    ::sigemptyset(&none);
    ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
    std::vector<std::string> words{
        "journalctl", "--follow", "--quiet", "--output=export",
        "--output-fields=MESSAGE,SYSLOG_IDENTIFIER,SYSLOG_FACILITY,SYSLOG_PID,_PID,_UID,_EXE"};
    for (auto& word : words_for(place)) words.push_back(std::move(word));
    if (!policy.journal.empty()) words.push_back("--directory=" + policy.journal);
    for (const auto* word : {"SYSLOG_FACILITY=4", "+", "SYSLOG_FACILITY=10"}) {
        words.emplace_back(word);
    }
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    std::array<char*, 1> environment{nullptr};
    ::execve(program, arguments.data(), environment.data());
    ::_exit(127);
}

}  // namespace

bool has_journal(const sensor::LogonPolicy& policy) {
    if (::access(program, X_OK) != 0) return false;
    if (!policy.journal.empty()) return std::filesystem::is_directory(policy.journal);
    return std::filesystem::exists("/run/systemd/journal/socket");
}

base::Result<void> run_journal(const sensor::LogonPolicy& policy, base::FileDescriptor output,
                               base::FileDescriptor keeper, const sensor::JournalPlace& place) {
    const auto folders = folders_of(policy);
    const auto group = group_of(folders);
    if (!group) return base::Failure(group.error());
    const base::FileDescriptor nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (auto became = become(policy.journal_user, *group); !became) return became;
    if (auto confined = confine(folders); !confined) return confined;
    const pid_t reader = ::fork();
    if (reader < 0) return base::fail_errno(errno, "starting journalctl");
    if (reader == 0) execute(policy, output.get(), nothing.get(), place);
    output.reset();
    constexpr int heartbeat_milliseconds = 1000;
    pollfd waited{keeper.get(), POLLIN, 0};
    int status = 0;
    while (::waitpid(reader, &status, WNOHANG) == 0) {
        const char alive = 0;
        if (!is_held(reader)) {
            static_cast<void>(::send(keeper.get(), &alive, 1, MSG_DONTWAIT | MSG_NOSIGNAL));
        }
        if (::poll(&waited, 1, heartbeat_milliseconds) <= 0) continue;
        ::kill(reader, SIGKILL);
        ::waitpid(reader, &status, 0);
        return {};
    }
    return base::fail(base::ErrorKind::system, "journalctl ended ({})", status);
}

}  // namespace shoji::station
