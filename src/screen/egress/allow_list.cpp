#include "screen/egress/allow_list.h"

#include <algorithm>

namespace shoji::egress {

using control::Origin;
using control::RefusalReason;
using control::Scheme;

base::Result<AllowList> AllowList::from(const control::Allowance& allowance) {
    AllowList list;
    list.origins_ = allowance.origins;
    for (const auto& text : allowance.terminal_networks) {
        const auto network = Network::from_text(text);
        if (!network) {
            return base::fail(base::ErrorKind::invalid, "reading terminal networks: '{}' is none",
                              text);
        }
        list.terminal_networks_.push_back(*network);
    }
    return list;
}

Verdict<Origin> AllowList::decide(RequestKind kind, const Authority& authority) const {
    const auto find = [&](Scheme scheme) {
        return std::ranges::find_if(origins_, [&](const Origin& origin) {
            return origin.scheme == scheme && !authority.host.empty() &&
                   origin.host == authority.host && origin.port == authority.port;
        });
    };
    if (kind == RequestKind::tunnel) {
        if (const auto secure = find(Scheme::https); secure != origins_.end()) return *secure;
    }
    if (const auto plain = find(Scheme::http); plain != origins_.end()) return *plain;
    const bool literal = authority.kind == HostKind::address || authority.kind == HostKind::numeric;
    return tl::unexpected(literal ? RefusalReason::address_literal : RefusalReason::not_listed);
}

Verdict<std::vector<Address>> AllowList::permit(const Origin& origin,
                                                std::span<const Address> addresses,
                                                std::span<const Address> own) const {
    std::vector<Address> permitted;
    auto reason = RefusalReason::private_address;
    for (const auto& address : addresses) {
        const auto behind = address.behind_nat64();
        const bool terminal = std::ranges::any_of(terminal_networks_, [&](const Network& network) {
            return network.contains(address) || (behind && network.contains(*behind));
        });
        if (terminal) {
            reason = RefusalReason::terminal_network;
            continue;
        }
        const Reach reach = reach_of(address);
        if (reach == Reach::never) continue;
        const bool inside = reach == Reach::inside || std::ranges::find(own, address) != own.end();
        if (!inside || origin.internal) permitted.push_back(address);
    }
    if (permitted.empty()) return tl::unexpected(reason);
    return permitted;
}

}  // namespace shoji::egress
