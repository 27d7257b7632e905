// Chains for each network device, whatever it is called. Names that nft's language cannot hold are
// given to the kernel as they are (nfnetlink).
#include "core/base/file_descriptor.h"
#include "core/base/printable.h"
#include "watch/response/packet_rules.h"

#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <sys/socket.h>

namespace shoji::response {
namespace {

class Batch {
  public:
    void begin(std::uint16_t kind, std::uint16_t flags, std::uint8_t family,
               std::uint16_t resource) {
        at_ = bytes_.size();
        nlmsghdr head{};
        head.nlmsg_type = kind;
        head.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
        nfgenmsg body{};
        body.nfgen_family = family;
        body.version = NFNETLINK_V0;
        body.res_id = htons(resource);
        put(&head, sizeof head);
        put(&body, sizeof body);
    }
    void text(std::uint16_t kind, std::string_view value) {
        const std::string ended(value);
        attribute(kind, ended.c_str(), ended.size() + 1);
    }
    void number(std::uint16_t kind, std::uint32_t value) {
        const std::uint32_t sent = htonl(value);
        attribute(kind, &sent, sizeof sent);
    }
    std::size_t open(std::uint16_t kind) {
        const std::size_t place = bytes_.size();
        attribute(static_cast<std::uint16_t>(kind | NLA_F_NESTED), nullptr, 0);
        return place;
    }
    void close(std::size_t place) {
        const auto length = static_cast<std::uint16_t>(bytes_.size() - place);
        std::memcpy(bytes_.data() + place, &length, sizeof length);
    }
    void end() {
        const auto length = static_cast<std::uint32_t>(bytes_.size() - at_);
        std::memcpy(bytes_.data() + at_, &length, sizeof length);
    }
    [[nodiscard]] const std::vector<std::uint8_t>& bytes() const { return bytes_; }

  private:
    void put(const void* data, std::size_t size) {
        const auto* from = static_cast<const std::uint8_t*>(data);
        bytes_.insert(bytes_.end(), from, from + size);
        bytes_.resize(NLMSG_ALIGN(bytes_.size()));
    }
    void attribute(std::uint16_t kind, const void* data, std::size_t size) {
        const nlattr head{static_cast<std::uint16_t>(sizeof(nlattr) + size), kind};
        put(&head, sizeof head);
        if (size > 0) put(data, size);
    }

    std::vector<std::uint8_t> bytes_;
    std::size_t at_ = 0;
};

constexpr std::uint16_t new_chain = NFNL_SUBSYS_NFTABLES << 8U | NFT_MSG_NEWCHAIN;

void add_chain(Batch& batch, const std::string& device, bool outgoing, std::size_t place) {
    const auto table = device_table.substr(device_table.find(' ') + 1);
    batch.begin(new_chain, NLM_F_CREATE | NLM_F_ACK, NFPROTO_NETDEV, 0);
    batch.text(NFTA_CHAIN_TABLE, table);
    batch.text(NFTA_CHAIN_NAME, device_chain_name(outgoing, place));
    const auto hook = batch.open(NFTA_CHAIN_HOOK);
    batch.number(NFTA_HOOK_HOOKNUM, outgoing ? NF_NETDEV_EGRESS : NF_NETDEV_INGRESS);
    batch.number(NFTA_HOOK_PRIORITY, static_cast<std::uint32_t>(rules_priority));
    batch.text(NFTA_HOOK_DEV, device);
    batch.close(hook);
    batch.number(NFTA_CHAIN_POLICY, NF_DROP);
    batch.text(NFTA_CHAIN_TYPE, "filter");
    batch.end();
}

// Chains that drop everything, until device_chains() gives them their rules.
base::Result<void> hook_device(const std::string& device, std::size_t place) {
    const base::FileDescriptor socket(
        ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER));
    if (!socket.valid()) return base::fail_errno(errno, "asking for packet rules");
    Batch batch;
    batch.begin(NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
    batch.end();
    add_chain(batch, device, true, place);
    add_chain(batch, device, false, place);
    batch.begin(NFNL_MSG_BATCH_END, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
    batch.end();
    const auto& bytes = batch.bytes();
    if (::send(socket.get(), bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
        return base::fail_errno(errno, "asking for packet rules");
    }
    // One answer to each chain; the kernel has given them when the call above returns.
    for (int answered = 0; answered < 2; ++answered) {
        struct {
            nlmsghdr head;
            nlmsgerr body;
        } answer{};
        const auto got = ::recv(socket.get(), &answer, sizeof answer, MSG_DONTWAIT);
        if (got < static_cast<ssize_t>(sizeof answer)) {
            return base::fail_errno(got < 0 ? errno : EPROTO, "setting a device's packet rules");
        }
        if (answer.head.nlmsg_type != NLMSG_ERROR || answer.body.error != 0) {
            return base::fail_errno(-answer.body.error, "setting a device's packet rules");
        }
    }
    return {};
}

base::Result<void> apply_device(const std::string& device, std::size_t place) {
    if (!is_plain_device(device)) {
        if (auto hooked = hook_device(device, place); !hooked) return hooked;
    }
    return apply_packet_rules(device_chains(device, place));
}

}  // namespace

base::Result<void> apply_device_rules(const IsolationPolicy& policy,
                                      std::span<const std::string> devices) {
    if (devices.empty()) return apply_packet_rules(without_table(device_table));
    std::string text = device_sets(policy);
    std::size_t first = 0;
    for (; first < devices.size() && is_plain_device(devices[first]); ++first) {
        text += device_chains(devices[first], first);
    }
    // In one step where that can be: nothing goes through meanwhile.
    if (!apply_packet_rules(text)) {
        if (auto made = apply_packet_rules(device_sets(policy)); !made) return made;
        first = 0;
    }
    base::Result<void> result;
    for (std::size_t i = first; i < devices.size(); ++i) {
        const auto done = apply_device(devices[i], i);
        if (done || !result || ::if_nametoindex(devices[i].c_str()) == 0) continue;
        result = base::fail(base::ErrorKind::system, "the network device {}: {}",
                            base::printable(devices[i], IFNAMSIZ), done.error().message);
    }
    return result;
}

}  // namespace shoji::response
