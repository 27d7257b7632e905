#include "watch/response/cause_file.h"

#include "core/base/file_descriptor.h"
#include "core/journal/hex.h"
#include "watch/response/file_digest.h"
#include "watch/response/kernel_file.h"
#include "watch/response/quarantine.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shoji::response {
namespace {

using Kind = CauseFile::Kind;

base::Failure refused(const char* key, const std::string& path, std::string_view why) {
    return base::worded(base::fail(base::ErrorKind::denied, "{}: {}", path, why), key,
                        {{"path", path}});
}

// Names of programs that do what their arguments, or others, say.
bool runs_for_others(std::string_view path) {
    constexpr std::array whole{"sh",      "bash",
                               "rbash",   "dash",
                               "ash",     "ksh",
                               "mksh",    "zsh",
                               "fish",    "csh",
                               "tcsh",    "busybox",
                               "toybox",  "env",
                               "node",    "nodejs",
                               "deno",    "bun",
                               "java",    "awk",
                               "gawk",    "mawk",
                               "nawk",    "sed",
                               "expect",  "pwsh",
                               "gdb",     "sudo",
                               "su",      "doas",
                               "pkexec",  "find",
                               "xargs",   "nohup",
                               "timeout", "nice",
                               "setsid",  "ssh",
                               "sshd",    "systemd",
                               "runuser", "systemd-run",
                               "unshare", "chroot",
                               "nsenter", "start-stop-daemon"};
    constexpr std::array begins{"python", "pypy",  "perl", "ruby", "lua",
                                "php",    "tclsh", "wish", "ld-",  "ld.so"};
    const auto name = path.substr(path.rfind('/') + 1);
    return std::ranges::any_of(whole, [&](std::string_view one) { return name == one; }) ||
           std::ranges::any_of(begins, [&](std::string_view one) { return name.starts_with(one); });
}

// Whose it is, while it is that one. A number that another process has by now is nobody's.
std::optional<std::uint32_t> real_user(ProcessId process) {
    std::optional<std::uint32_t> user;
    std::string word;
    for (std::ifstream about(fmt::format("/proc/{}/status", process.number)); about >> word;) {
        std::uint32_t number = 0;
        if (word == "Uid:" && about >> number) user = number;
    }
    const auto now = read_process(process.number);
    return now && now->id == process ? user : std::nullopt;
}

FileId id_of(const struct stat& state) {
    return {state.st_dev, state.st_ino};
}

// Whether the process runs, and what it runs, or has at the script's path, is that file.
base::Result<void> check_running(const CauseFile& file, ProcessId process, FileId here) {
    FileId there{};
    if (file.kind == Kind::script) {
        struct stat state {};
        const auto path = fmt::format("/proc/{}/root{}", process.number, file.path);
        if (::stat(path.c_str(), &state) == 0) there = id_of(state);
    }
    const auto now = read_process(process.number);
    if (process.number == 0 || !now || now->id != process) {
        return refused("response.cause.ended", file.path,
                       "its process has ended, so that its file cannot be told any more");
    }
    if (file.kind == Kind::run) there = now->program;
    if (there == here) return {};
    return refused("response.cause.other", file.path,
                   "on this host it is another file than the alert's");
}

base::Result<void> check_identity(const CauseFile& file, ProcessId process, int here,
                                  const struct stat& state) {
    if (file.inode == 0) return check_running(file, process, id_of(state));
    if (kernel_file(here) == KernelFile{file.inode, file.device}) return {};
    return refused("response.cause.other", file.path,
                   "on this host it is another file than the alert's");
}

base::Result<void> check_owner(const CauseFile& file, ProcessId process, std::uint32_t owner) {
    const auto user = file.user ? file.user : real_user(process);
    if (!user) {
        return refused("response.cause.ended", file.path,
                       "its process has ended, so that its user cannot be told any more");
    }
    if (*user == 0 || *user == owner) return {};
    return refused("response.cause.owner", file.path,
                   "it is not the file of the user whose process ran it");
}

}  // namespace

base::Result<journal::Digest> check_cause_file(const CauseFile& file, ProcessId process) {
    constexpr std::int64_t most = std::int64_t{1} << 30;
    if (file.kind == Kind::none || !file.path.starts_with('/')) {
        return refused("response.cause.none", file.path,
                       "the alert names no file that a process wrote or ran");
    }
    if (file.kind == Kind::run && runs_for_others(file.path)) {
        return refused("response.cause.interpreter", file.path,
                       "it runs what others give it, and no rule takes it away");
    }
    const auto place = find_place(file.path);
    if (!place) return base::Failure(place.error());
    const base::FileDescriptor at(
        ::openat(place->folder.get(), place->name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    struct stat state {};
    if (!at.valid() || ::fstat(at.get(), &state) != 0 || !S_ISREG(state.st_mode)) {
        return refused("response.cause.other", file.path, "there is no such file on this host");
    }
    if (auto same = check_identity(file, process, at.get(), state); !same) {
        return base::Failure(same.error());
    }
    if (file.kind != Kind::written) {
        if (auto own = check_owner(file, process, state.st_uid); !own) {
            return base::Failure(own.error());
        }
    }
    if (const auto known = journal::from_hex<32>(file.digest)) return *known;
    if (state.st_size > most) {
        return refused("response.cause.large", file.path, "it is larger than 1 GiB");
    }
    const auto itself = fmt::format("/proc/self/fd/{}", at.get());
    const base::FileDescriptor opened(::open(itself.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!opened.valid()) return base::fail_errno(errno, "opening " + file.path);
    return digest_of_file(opened.get());
}

}  // namespace shoji::response
