#include "screen/egress/own_addresses.h"

#include "core/base/file_descriptor.h"

#include <cstring>

#include <netinet/in.h>
#include <sys/socket.h>

namespace shoji::egress {
namespace {

constexpr std::uint16_t any_port = 9;  // connect(2) of a datagram socket wants one

// A datagram socket that is connected to an address takes as its own the one that the machine would
// send from; for an address of the machine this is that address itself.
bool is_own(const Address& address) {
    sockaddr_in four{};
    sockaddr_in6 six{};
    four.sin_family = AF_INET;
    six.sin6_family = AF_INET6;
    four.sin_port = six.sin6_port = htons(any_port);
    const auto bytes4 = address.version4();
    std::memcpy(&four.sin_addr, bytes4.data(), bytes4.size());
    std::memcpy(&six.sin6_addr, address.version6().data(), sizeof six.sin6_addr);
    const bool version4 = address.is_version4();
    auto* target =
        version4 ? reinterpret_cast<sockaddr*>(&four) : reinterpret_cast<sockaddr*>(&six);
    socklen_t size = version4 ? sizeof four : sizeof six;

    const base::FileDescriptor socket(::socket(target->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!socket.valid() || ::connect(socket.get(), target, size) != 0 ||
        ::getsockname(socket.get(), target, &size) != 0) {
        return false;
    }
    return version4
               ? std::memcmp(&four.sin_addr, bytes4.data(), bytes4.size()) == 0
               : std::memcmp(&six.sin6_addr, address.version6().data(), sizeof six.sin6_addr) == 0;
}

}  // namespace

std::vector<Address> own_addresses(std::span<const Address> addresses) {
    std::vector<Address> own;
    for (const auto& address : addresses) {
        if (is_own(address)) own.push_back(address);
    }
    return own;
}

}  // namespace shoji::egress
