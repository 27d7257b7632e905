// When and how much one terminal talked to one destination, in 400 bytes: the last pauses and
// sizes, and histograms after three clocks. Pauses are seconds in which the terminal was on, so
// that nights between two days of work are none.
#pragma once

#include "watch/detect/beacon/alert.h"
#include "watch/detect/beacon/score.h"

#include <array>
#include <cstdint>

namespace shoji::beacon {

// A size in 16 bits, exact below 2,048, else to one part in two thousand; order is kept.
std::uint16_t coded_size(std::uint64_t bytes);
double decoded_size(std::uint16_t code);

// The last 24 bins of a clock that only goes forward.
class Bars {
  public:
    // Bins older than the 24 are left out.
    void add(std::uint32_t bin);
    // From the oldest to the newest, with `now` the newest.
    [[nodiscard]] Bins until(std::uint32_t now) const;
    [[nodiscard]] std::uint32_t newest() const { return newest_; }

    template <class F>
    void fields(F&& field) {
        field(newest_);
        for (auto& count : counts_) field(count);
    }

  private:
    std::uint32_t newest_ = 0;
    std::array<std::uint16_t, bins> counts_{};
};

// One moment by all clocks.
struct Moment {
    std::uint32_t active = 0;  // seconds in which the terminal has been on, since it was first seen
    std::uint32_t office = 0;  // hours of the office since 1970
    bool in_office = false;
};

class Rhythm {
  public:
    static constexpr std::size_t kept = 48;

    // The first contact has no pause before it.
    void add(const Moment& moment, std::uint64_t bytes);
    // A name that was asked for, by its hash.
    void add_name(std::uint64_t hash) { names_ |= std::uint64_t{1} << (hash >> 58); }
    // About how many different names; at most 266.
    [[nodiscard]] std::uint32_t names() const;
    // In a bin of the first view or the office's that add() did not see yet: time to look again.
    [[nodiscard]] bool opens_bin(const Moment& moment) const;

    struct Judgement {
        Scores scores;
        View view = View::hours;
        double middle_pause = 0;
        double middle_size = 0;
    };
    // By the view that scores highest. Of DNS queries the sizes say nothing, because a name's
    // length is always the same: there the score of sizes is the share of new names among the last
    // ones.
    [[nodiscard]] Judgement judge(bool dns) const;
    // The last 24 hours in which the terminal was on.
    struct Recent {
        std::uint32_t hours = 0;  // with contacts
        std::uint32_t contacts = 0;
    };
    [[nodiscard]] Recent recent() const;

    // Threat in hundredths when it was judged last: what is dropped last when room is short.
    std::uint8_t worth = 0;
    std::uint32_t pair = 0;  // whose it is

    template <class F>
    void fields(F&& field) {
        field(worth);
        field(pair);
        field(last_active_);
        field(filled_);
        field(next_);
        field(names_);
        for (auto& pause : pauses_) field(pause);
        for (auto& size : sizes_) field(size);
        hours_.fields(field);
        shifts_.fields(field);
        office_.fields(field);
    }
    // Numbers from outside may break what add() keeps; false then.
    [[nodiscard]] bool sound() const { return filled_ <= kept && next_ < kept; }

  private:
    std::uint32_t last_active_ = 0;
    std::uint8_t filled_ = 0;
    std::uint8_t next_ = 0;
    std::uint64_t names_ = 0;
    std::array<std::uint16_t, kept> pauses_{};  // 0: none before it
    std::array<std::uint16_t, kept> sizes_{};
    Bars hours_;
    Bars shifts_;
    Bars office_;
};

}  // namespace shoji::beacon
