#include "watch/detect/incident/links.h"

#include "watch/detect/incident/names.h"

#include <algorithm>

namespace shoji::incident {

bool is_remote_logon(const event::Activity& activity) {
    constexpr std::uint8_t network = 3;
    constexpr std::uint8_t remote_desktop = 10;
    return activity.kind == event::ActivityKind::logon && !activity.denied &&
           (activity.logon_type == network || activity.logon_type == remote_desktop);
}

void Links::name_address(std::string_view address, std::string_view host) {
    if (address.empty() || host.empty()) return;
    addresses_.touch(host_key(address)).host = host_key(host);
}

std::string Links::host_of(std::string_view peer) const {
    auto key = host_key(peer);
    if (const auto* name = addresses_.find(key)) return name->host;
    return key;
}

void Links::remember(std::vector<Peer>& peers, const std::string& host, event::Time now) {
    const auto found = std::ranges::find(peers, host, &Peer::host);
    if (found != peers.end()) {
        found->last = now;
        return;
    }
    if (peers.size() < most_peers) {
        peers.push_back({host, now});
        return;
    }
    *std::ranges::min_element(peers, {}, &Peer::last) = {host, now};
}

void Links::observe(const event::Activity& logon, event::Time now) {
    if (!is_remote_logon(logon)) return;
    if (!logon.peer.empty() && !logon.domain.empty()) name_address(logon.peer, logon.domain);
    const auto from = host_of(logon.peer.empty() ? logon.domain : logon.peer);
    const auto to = host_key(logon.host);
    if (from.empty() || to.empty() || from == to) return;
    remember(hosts_.touch(to).from, from, now);
    remember(hosts_.touch(from).to, to, now);
}

bool Links::is_common(const Peers& peers, event::Time since, std::uint32_t common) const {
    const auto many =
        std::ranges::count_if(peers.from, [since](const Peer& peer) { return peer.last >= since; });
    return many > static_cast<std::ptrdiff_t>(common);
}

std::vector<std::string> Links::around(std::string_view host, event::Time since,
                                       std::uint32_t common) const {
    std::vector<std::string> tied;
    const auto* peers = hosts_.find(host);
    if (peers == nullptr) return tied;
    if (!is_common(*peers, since, common)) {
        for (const auto& peer : peers->from) {
            if (peer.last >= since) tied.push_back(peer.host);
        }
    }
    for (const auto& peer : peers->to) {
        const auto* target = hosts_.find(peer.host);
        if (peer.last >= since && target != nullptr && !is_common(*target, since, common)) {
            tied.push_back(peer.host);
        }
    }
    return tied;
}

}  // namespace shoji::incident
