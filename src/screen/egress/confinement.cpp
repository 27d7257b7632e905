#include "screen/egress/confinement.h"

#include "core/confinement/confine.h"

#include <filesystem>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace shoji::egress {
namespace {

constexpr std::uint16_t dns_port = 53;
constexpr std::uint64_t kind_mask = 0xf;  // of socket(2)'s type, without its flags (linux/net.h)

// Of the kinds' usual protocols alone: Landlock's rules of ports do not hold for Multipath TCP.
void allow_socket(confinement::SyscallFilter& filter, int family, int kind, int protocol) {
    for (const int same : {0, protocol}) {
        filter.allow_when("socket", {{0, 0xffffffff, static_cast<std::uint64_t>(family)},
                                     {1, kind_mask, static_cast<std::uint64_t>(kind)},
                                     {2, 0xffffffff, static_cast<std::uint64_t>(same)}});
    }
}

}  // namespace

base::Result<std::vector<std::string>> confine(const std::vector<control::Origin>& origins) {
    confinement::LandlockRules rules;
    // c-ares draws the numbers of its queries from it, and falls back to rand(3) without a word.
    rules.paths.push_back({"/dev/urandom"});
    std::error_code ignored;  // a machine without the file needs no rule for it
    if (std::filesystem::exists("/etc/hosts", ignored)) rules.paths.push_back({"/etc/hosts"});
    rules.connect_ports.push_back(dns_port);
    for (const auto& origin : origins) rules.connect_ports.push_back(origin.port);

    auto filter = confinement::runtime_filter();
    for (const int family : {AF_INET, AF_INET6}) {
        allow_socket(filter, family, SOCK_STREAM, IPPROTO_TCP);
        allow_socket(filter, family, SOCK_DGRAM, IPPROTO_UDP);
    }
    filter.allow({"connect", "accept", "setsockopt"});
    filter.allow_when("openat", {{2, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY}});
    return confinement::confine_self(filter, confinement::SyscallFilter::Otherwise::refuse, rules);
}

}  // namespace shoji::egress
