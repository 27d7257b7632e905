#include "screen/isolation/probe/attacks.h"

#include <cstddef>
#include <cstring>

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace shoji::isolation::probe {
namespace {

bool connects(const Arguments& arguments) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(arguments.at(0))));
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    return ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

bool listens(const Arguments&) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    return ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

bool connects_abstract(const Arguments& arguments) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string& name = arguments.at(0);
    std::memcpy(address.sun_path + 1, name.data(), name.size());
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    return ::connect(socket, reinterpret_cast<const sockaddr*>(&address), size) == 0;
}

bool opens(int family, int type, int protocol) {
    return ::socket(family, type, protocol) >= 0;
}

// A user namespace of its own, which Chromium's sandbox needs, gives the powers for a network
// namespace of its own, and with it a road to more of the kernel.
bool becomes_own_root() {
    return ::unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;
}

}  // namespace

std::map<std::string, Attack> network_attacks() {
    return {
        {"connects", connects},
        {"listens", listens},
        {"connects_abstract", connects_abstract},
        {"opens_vsock", [](const Arguments&) { return opens(AF_VSOCK, SOCK_STREAM, 0); }},
        {"opens_netlink",
         [](const Arguments&) { return opens(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE); }},
        {"opens_packet",
         [](const Arguments&) { return becomes_own_root() && opens(AF_PACKET, SOCK_RAW, 0); }},
        {"opens_raw",
         [](const Arguments&) {
             return becomes_own_root() && opens(AF_INET, SOCK_RAW, IPPROTO_ICMP);
         }},
        {"opens_multipath",
         [](const Arguments&) { return opens(AF_INET, SOCK_STREAM, IPPROTO_MPTCP); }},
        {"opens_datagram", [](const Arguments&) { return opens(AF_INET, SOCK_DGRAM, 0); }},
    };
}

}  // namespace shoji::isolation::probe
