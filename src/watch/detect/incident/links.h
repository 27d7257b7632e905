// Which hosts of the city were lately logged on to from which others (Windows' logon types 3 and
// 10), and which address is which host. Bounded: the hosts that were not heard of for the longest
// time are forgotten.
#pragma once

#include "watch/detect/incident/recent.h"
#include "watch/event/activity.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::incident {

class Links {
  public:
    static constexpr std::size_t most_peers = 16;  // of one host, in each direction

    explicit Links(std::size_t most_hosts) : hosts_(most_hosts), addresses_(most_hosts) {}

    // `address` is the host of that name, by an inventory. Logons that say both teach it as well.
    void name_address(std::string_view address, std::string_view host);
    // The host_key() of an address or a name; of an address that nobody named, the address.
    [[nodiscard]] std::string host_of(std::string_view peer) const;

    // A logon over the network; `now` is the time that it counts at.
    void observe(const event::Activity& logon, event::Time now);

    // Hosts tied to `host` since `since`: those that logged on to it, those it logged on to. A host
    // that more than `common` others log on to ties nobody.
    [[nodiscard]] std::vector<std::string> around(std::string_view host, event::Time since,
                                                  std::uint32_t common) const;

    [[nodiscard]] std::uint64_t displaced() const {
        return hosts_.displaced() + addresses_.displaced();
    }

    template <class Archive>
    void transfer(Archive& archive) {
        archive(hosts_, addresses_);
    }

  private:
    struct Peer {
        std::string host;
        event::Time last = 0;

        template <class Archive>
        void transfer(Archive& archive) {
            archive(host, last);
        }
    };
    struct Peers {
        std::vector<Peer> from;
        std::vector<Peer> to;

        template <class Archive>
        void transfer(Archive& archive) {
            archive.list(from, most_peers);
            archive.list(to, most_peers);
        }
    };
    struct Name {
        std::string host;

        template <class Archive>
        void transfer(Archive& archive) {
            archive(host);
        }
    };

    static void remember(std::vector<Peer>& peers, const std::string& host, event::Time now);
    [[nodiscard]] bool is_common(const Peers& peers, event::Time since, std::uint32_t common) const;

    Recent<Peers> hosts_;
    Recent<Name> addresses_;
};

// True for a logon from another host that attackers move by.
bool is_remote_logon(const event::Activity& activity);

}  // namespace shoji::incident
