#include "watch/response/packet_rules.h"

#include "core/base/file_descriptor.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <nftables/libnftables.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace shoji::response {
namespace {

// States of TCP (RFC 9293) with another end that is spoken to: not time-wait (6), closed (7) and
// listening (10). Connected UDP sockets are in the first.
constexpr std::uint32_t connected_states =
    1U << 1U | 1U << 2U | 1U << 3U | 1U << 4U | 1U << 5U | 1U << 8U | 1U << 9U | 1U << 11U;

using Nft = std::unique_ptr<nft_ctx, decltype(&nft_ctx_free)>;

base::Result<Nft> make_nft() {
    Nft nft(nft_ctx_new(NFT_CTX_DEFAULT), &nft_ctx_free);
    if (!nft || nft_ctx_buffer_output(nft.get()) != 0 || nft_ctx_buffer_error(nft.get()) != 0) {
        return base::fail(base::ErrorKind::system, "nftables cannot be asked");
    }
    return nft;
}

struct Request {
    nlmsghdr head;
    inet_diag_req_v2 body;
};

base::Result<void> send(int socket, std::uint16_t kind, std::uint16_t flags,
                        const inet_diag_req_v2& body) {
    Request request{};
    request.head.nlmsg_len = sizeof request;
    request.head.nlmsg_type = kind;
    request.head.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
    request.body = body;
    if (::send(socket, &request, sizeof request, 0) != static_cast<ssize_t>(sizeof request)) {
        return base::fail_errno(errno, "asking for the sockets");
    }
    return {};
}

// Takes each message until the end of a dump, or the answer to one request.
template <class Take>
base::Result<void> receive(int socket, const Take& take) {
    alignas(nlmsghdr) std::array<std::uint8_t, 32768> buffer{};
    while (true) {
        const ssize_t got = ::recv(socket, buffer.data(), buffer.size(), 0);
        if (got < 0) return base::fail_errno(errno, "reading the sockets");
        auto left = static_cast<std::size_t>(got);
        for (std::size_t at = 0; left >= sizeof(nlmsghdr);) {
            nlmsghdr head{};
            std::memcpy(&head, buffer.data() + at, sizeof head);
            if (head.nlmsg_len < sizeof head || head.nlmsg_len > left) break;
            if (head.nlmsg_type == NLMSG_DONE) return {};
            if (head.nlmsg_type == NLMSG_ERROR) {
                int problem = 0;
                if (head.nlmsg_len < sizeof head + sizeof problem) break;
                std::memcpy(&problem, buffer.data() + at + sizeof head, sizeof problem);
                // Gone meanwhile, or of a kind that this kernel does not list: none to end.
                if (problem == 0 || problem == -ENOENT) return {};
                return base::fail_errno(-problem, "ending connections");
            }
            inet_diag_msg message{};
            if (head.nlmsg_len >= sizeof head + sizeof message) {
                std::memcpy(&message, buffer.data() + at + sizeof head, sizeof message);
                take(message);
            }
            const std::size_t step = std::min<std::size_t>(NLMSG_ALIGN(head.nlmsg_len), left);
            at += step;
            left -= step;
        }
    }
}

Network peer_of(const inet_diag_msg& message) {
    Network peer;
    peer.version_6 = message.idiag_family == AF_INET6;
    peer.prefix = peer.version_6 ? 128 : 32;
    std::memcpy(peer.bytes.data(), &message.id.idiag_dst, peer.version_6 ? 16 : 4);
    constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (peer.version_6 && std::equal(mapped.begin(), mapped.end(), peer.bytes.begin())) {
        std::rotate(peer.bytes.begin(), peer.bytes.begin() + 12, peer.bytes.end());
        std::fill(peer.bytes.begin() + 4, peer.bytes.end(), std::uint8_t{0});
        peer.version_6 = false;
        peer.prefix = 32;
    }
    return peer;
}

bool is_local_or_none(const Network& peer) {
    static const std::array<Network, 4> local{*parse_network("0.0.0.0"),
                                              *parse_network("127.0.0.0/8"), *parse_network("::"),
                                              *parse_network("::1")};
    return std::ranges::any_of(local, [&](const Network& one) { return contains(one, peer); });
}

// Local although by another address of this host: it never left.
bool same_ends(const inet_diag_msg& message) {
    return std::memcmp(message.id.idiag_src, message.id.idiag_dst, sizeof message.id.idiag_src) ==
           0;
}

}  // namespace

base::Result<void> apply_packet_rules(const std::string& rules) {
    const auto nft = make_nft();
    if (!nft) return base::Failure(nft.error());
    if (nft_run_cmd_from_buffer(nft->get(), rules.c_str()) != 0) {
        return base::fail(base::ErrorKind::system, "setting packet rules: {}",
                          nft_ctx_get_error_buffer(nft->get()));
    }
    return {};
}

base::Result<std::string> list_packet_rules() {
    const auto nft = make_nft();
    if (!nft) return base::Failure(nft.error());
    nft_ctx_output_set_flags(nft->get(), NFT_CTX_OUTPUT_STATELESS);
    if (nft_run_cmd_from_buffer(nft->get(), "list ruleset") != 0) {
        return base::fail(base::ErrorKind::system, "listing packet rules: {}",
                          nft_ctx_get_error_buffer(nft->get()));
    }
    return std::string(nft_ctx_get_output_buffer(nft->get()));
}

std::string list_packet_table(std::string_view table) {
    const auto nft = make_nft();
    if (!nft) return {};
    nft_ctx_output_set_flags(nft->get(), NFT_CTX_OUTPUT_STATELESS);
    const auto command = fmt::format("list table {}", table);
    if (nft_run_cmd_from_buffer(nft->get(), command.c_str()) != 0) return {};
    return nft_ctx_get_output_buffer(nft->get());
}

base::Result<std::vector<std::string>> network_devices() {
    const base::FileDescriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const std::unique_ptr<struct if_nameindex, decltype(&if_freenameindex)> all(::if_nameindex(),
                                                                                &if_freenameindex);
    if (!socket.valid() || !all) return base::fail_errno(errno, "listing network devices");
    std::vector<std::string> names;
    for (const auto* one = all.get(); one->if_index != 0; ++one) {
        ifreq request{};
        std::strncpy(request.ifr_name, one->if_name, sizeof request.ifr_name - 1);
        const bool loopback = ::ioctl(socket.get(), SIOCGIFHWADDR, &request) == 0 &&
                              request.ifr_hwaddr.sa_family == ARPHRD_LOOPBACK;
        if (!loopback) names.emplace_back(one->if_name);
    }
    std::ranges::stable_partition(names, is_plain_device);
    return names;
}

base::Result<std::size_t> cut_connections(const IsolationPolicy& policy) {
    const base::FileDescriptor socket(
        ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
    if (!socket.valid()) return base::fail_errno(errno, "asking for the sockets");
    std::size_t count = 0;
    for (const int family : {AF_INET, AF_INET6}) {
        for (const int protocol : {IPPROTO_TCP, IPPROTO_UDP}) {
            inet_diag_req_v2 all{};
            all.sdiag_family = static_cast<std::uint8_t>(family);
            all.sdiag_protocol = static_cast<std::uint8_t>(protocol);
            all.idiag_states = connected_states;
            std::vector<inet_diag_msg> ended;
            if (auto sent = send(socket.get(), SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, all); !sent) {
                return base::Failure(sent.error());
            }
            const auto read = receive(socket.get(), [&](const inet_diag_msg& one) {
                const Network peer = peer_of(one);
                if (is_local_or_none(peer) || same_ends(one)) return;
                if (!may_stay(policy, peer, ntohs(one.id.idiag_dport))) ended.push_back(one);
            });
            if (!read) return base::Failure(read.error());
            for (const auto& one : ended) {
                inet_diag_req_v2 which = all;
                which.id = one.id;
                if (auto sent = send(socket.get(), SOCK_DESTROY, NLM_F_ACK, which); !sent) {
                    return base::Failure(sent.error());
                }
                if (auto done = receive(socket.get(), [](const inet_diag_msg&) {}); !done) {
                    return base::Failure(done.error());
                }
                ++count;
            }
        }
    }
    return count;
}

}  // namespace shoji::response
