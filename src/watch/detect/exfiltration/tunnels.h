// Information in DNS names, by registered domain: the characters of names that nobody has asked for
// before under it. After the information-based heavy hitters of Ozery, Nadler and Shabtai
// ("Information-Based Heavy Hitters for Real-Time DNS Data Exfiltration Detection", NDSS 2024),
// with a table that displaces the least instead of their sampling: a domain costs the same however
// many names it has, because the names are remembered as bits of a hash.
//
// Many hosts' domains (content delivery, mail lists) are allowed more: what is new to a domain is
// new for all who ask. The host told is the one by which most came, as its share of the week shows.
#pragma once

#include "watch/detect/exfiltration/bounded_table.h"
#include "watch/detect/exfiltration/seen.h"

#include <array>
#include <cstdint>

namespace shoji::exfiltration {

class Tunnels {
  public:
    explicit Tunnels(const Settings& settings);

    // A query for a name under seen.destination_name; `name` is in lower case, `hash` its hash.
    void observe(const Seen& seen, std::string_view name, std::uint64_t hash, Alerts& alerts);

    [[nodiscard]] std::uint64_t displaced() const { return table_.displaced(); }
    static std::size_t memory_limit(const Settings& settings);

    template <class Archive>
    void transfer(Archive& archive) {
        archive(table_);
    }

  private:
    static constexpr std::size_t words = 64;  // 4,096 bits

    struct Domain {
        std::array<std::uint64_t, words> seen{};
        std::uint16_t bits = 0;  // set in `seen`
        HostCount hosts;
        std::uint64_t main_host = 0;    // by majority (Boyer, Moore), each counted by its
        std::uint64_t main_weight = 0;  // characters
        std::int64_t hour = -1;
        std::int32_t day = -1;
        std::int32_t week_start = -1;
        std::int32_t told_day = -1;
        std::uint64_t in_hour = 0;
        std::uint64_t in_day = 0;
        std::uint64_t in_week = 0;
        std::uint32_t names = 0;  // new ones of the week
        event::Time since = 0;
        // Days before this one, to hold today against.
        History days;

        [[nodiscard]] std::int64_t standing() const;
        template <class Archive>
        void transfer(Archive& archive) {
            archive(seen, bits, hosts, main_host, main_weight, hour, day, week_start, told_day,
                    in_hour, in_day, in_week, names, since, days);
        }
        [[nodiscard]] bool sound() const;
    };

    void roll(Domain& domain, const Seen& seen) const;
    static bool is_new(Domain& domain, std::uint64_t hash);
    static void count(Domain& domain, const Seen& seen, std::uint64_t characters);

    const Settings& settings_;
    BoundedTable<Domain> table_;
};

}  // namespace shoji::exfiltration
