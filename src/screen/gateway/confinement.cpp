#include "screen/gateway/confinement.h"

#include "core/confinement/confine.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/socket.h>

namespace shoji::gateway {
namespace {

using confinement::SyscallFilter;

constexpr std::uint64_t all_32_bits = 0xffffffff;
constexpr std::uint64_t socket_type_bits = 0xf;  // without SOCK_NONBLOCK and SOCK_CLOEXEC

// The worker threads, as the C library makes them: no process, no namespace.
void allow_threads(SyscallFilter& filter) {
    constexpr std::uint64_t shared =
        CLONE_THREAD | CLONE_VM | CLONE_SIGHAND | CLONE_FS | CLONE_FILES;
    constexpr std::uint64_t namespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS |
                                         CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
    filter.allow_when("clone", {{0, shared | namespaces, shared}});
    // How many allocation arenas the C library makes goes by the processors.
    filter.allow({"sched_getaffinity"});
}

// SQLite's files and, at the end, the admin socket. Landlock says where they are.
void allow_files(SyscallFilter& filter) {
    filter.allow({"open", "openat", "stat", "lstat", "newfstatat", "access", "faccessat",
                  "readlink", "readlinkat", "getcwd", "unlink", "unlinkat", "pwrite64", "ftruncate",
                  "fsync", "fdatasync", "umask", "fchmod"});
    for (const std::uint64_t command : {std::uint64_t{F_GETLK}, std::uint64_t{F_SETLK}}) {
        filter.allow_when("fcntl", {{1, all_32_bits, command}});
    }
}

void allow_sockets(SyscallFilter& filter) {
    filter.allow({"accept", "connect"});
    filter.allow_when("socket", {{0, all_32_bits, AF_UNIX},
                                 {1, socket_type_bits, std::uint64_t{SOCK_SEQPACKET}}});
    filter.allow_when("setsockopt", {{1, all_32_bits, IPPROTO_TCP}, {2, all_32_bits, TCP_NODELAY}});
}

}  // namespace

base::Result<std::vector<std::string>> confine(const base::Settings& settings) {
    confinement::LandlockRules rules;
    rules.paths.push_back({settings.gateway_state(), true});
    rules.paths.push_back({settings.admin_socket().parent_path(), true});
    // SQLite seeds its numbers from it, and falls back to the clock without a word.
    rules.paths.push_back({"/dev/urandom"});
    auto filter = confinement::runtime_filter();
    allow_threads(filter);
    allow_files(filter);
    allow_sockets(filter);
    return confinement::confine_self(filter, SyscallFilter::Otherwise::refuse, rules);
}

}  // namespace shoji::gateway
