#include "hub/confinement.h"

#include "core/confinement/confine.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace shoji::hub {

base::Result<std::vector<std::string>> confine(const base::Settings& settings) {
    constexpr std::uint64_t all_32_bits = 0xffffffff;
    constexpr std::uint64_t socket_type_bits = 0xf;  // without SOCK_NONBLOCK and SOCK_CLOEXEC
    confinement::LandlockRules rules;
    rules.paths.push_back({settings.hub_state(), true});
    rules.paths.push_back({settings.hub_socket().parent_path(), true});
    // SQLite seeds its numbers from it, and falls back to the clock without a word.
    rules.paths.push_back({"/dev/urandom"});
    auto filter = confinement::runtime_filter();
    // SQLite's files and, at the end, the admin socket.
    filter.allow({"open", "openat", "stat", "lstat", "newfstatat", "access", "faccessat",
                  "readlink", "readlinkat", "getcwd", "unlink", "unlinkat", "pwrite64", "ftruncate",
                  "fsync", "fdatasync", "umask", "fchmod"});
    for (const std::uint64_t command : {std::uint64_t{F_GETLK}, std::uint64_t{F_SETLK}}) {
        filter.allow_when("fcntl", {{1, all_32_bits, command}});
    }
    // The journal's socket: packets, of this machine.
    filter.allow({"connect"});
    filter.allow_when("socket", {{0, all_32_bits, AF_UNIX},
                                 {1, socket_type_bits, std::uint64_t{SOCK_SEQPACKET}}});
    for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO}) {
        filter.allow_when("setsockopt", {{1, all_32_bits, SOL_SOCKET},
                                         {2, all_32_bits, static_cast<std::uint64_t>(option)}});
    }
    filter.allow_when("setsockopt", {{1, all_32_bits, IPPROTO_TCP}, {2, all_32_bits, TCP_NODELAY}});
    return confinement::confine_self(filter, confinement::SyscallFilter::Otherwise::refuse, rules);
}

}  // namespace shoji::hub
