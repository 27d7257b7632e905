// What the sources of a city share: its terminals, its people's days, the names of things.
// Unchanging once made.
#pragma once

#include "watch/detect/city/plan.h"
#include "watch/detect/city/random.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::city {

// One person's day at a terminal; on == off: nobody comes.
struct Shift {
    Time on = 0;
    Time lunch = 0;  // begins; it lasts an hour
    Time off = 0;
};

struct Site {
    std::string name;
    std::string address;
};

class World {
  public:
    explicit World(const CityPlan& plan);

    [[nodiscard]] const CityPlan& plan() const { return plan_; }
    [[nodiscard]] Time end() const { return plan_.start + Time{plan_.day_count} * days; }

    // Terminals come first, servers (one for 50 terminals) after them.
    [[nodiscard]] std::uint32_t terminals() const { return plan_.terminals; }
    [[nodiscard]] std::uint32_t hosts() const { return static_cast<std::uint32_t>(hosts_.size()); }
    [[nodiscard]] std::string_view host(std::uint32_t number) const { return hosts_[number]; }
    // The person at a terminal; servers run as "system".
    [[nodiscard]] std::string_view user(std::uint32_t number) const { return users_[number]; }
    [[nodiscard]] std::string_view address(std::uint32_t number) const {
        return addresses_[number];
    }
    [[nodiscard]] std::string_view share(std::uint32_t number) const {
        return shares_[number / 25 % shares_.size()];
    }
    // The person's department works with classified folders: three of ten do.
    [[nodiscard]] bool handles_classified(std::uint32_t number) const {
        return number / 25 % 10 < 3;
    }
    [[nodiscard]] bool always_on(std::uint32_t number) const;
    [[nodiscard]] std::string_view browser_signature(std::uint32_t number) const;

    [[nodiscard]] bool workday(std::int64_t day_number) const;  // days since plan.start
    [[nodiscard]] Shift shift(std::uint32_t terminal, std::int64_t day_number) const;

    // Sites that many visit, by rank.
    static constexpr unsigned popular_bits = 9;
    [[nodiscard]] const Site& popular(std::uint64_t rank) const { return popular_[rank]; }
    // What pages include: content delivery, fonts, counters, advertisements.
    [[nodiscard]] const Site& included(std::uint64_t rank) const { return included_[rank]; }
    static constexpr unsigned included_bits = 6;

    [[nodiscard]] Random random(std::uint64_t host, std::uint64_t purpose) const {
        return Random(mix(plan_.seed, host, purpose));
    }

  private:
    CityPlan plan_;
    std::vector<std::string> hosts_;
    std::vector<std::string> users_;
    std::vector<std::string> addresses_;
    std::vector<std::string> shares_;
    std::vector<Site> popular_;
    std::vector<Site> included_;
};

// Finds the times at which a person is there, or a machine switched on.
class Presence {
  public:
    enum class Of : std::uint8_t { person, machine };
    Presence(const World& world, std::uint32_t host, Of whose);

    // The earliest time from `time` on; Source::never when the city ends first. Times asked for do
    // not decrease.
    Time from(Time time);
    // What the last from() found stands in a lunch hour.
    [[nodiscard]] bool lunch(Time time) const {
        return time >= shift_.lunch && time < shift_.lunch + hours;
    }
    [[nodiscard]] const Shift& shift() const { return shift_; }

  private:
    const World* world_;
    std::uint32_t host_;
    bool always_;
    std::int64_t day_ = -1;
    Shift shift_;
};

}  // namespace shoji::city
