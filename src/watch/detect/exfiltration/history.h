// How much was usual: amounts on a scale of quarter octaves, one byte each, and what follows from
// their median and their median absolute deviation (MAD). Both stand still when fewer than half of
// the amounts are out of the ordinary.
#pragma once

#include "core/base/archive.h"

#include <array>
#include <cstdint>
#include <span>

namespace shoji::exfiltration {

// The step of an amount: four a doubling, 0 for 0. Amounts from 2^62 on share the last step.
std::uint8_t step_of(std::uint64_t amount);
// The least amount of that step.
std::uint64_t amount_of(std::uint32_t step);

// What an amount is held against.
struct Baseline {
    enum class From : std::uint8_t {
        own,    // this one's own past
        peers,  // what others do at the same place, or with the same program
        city,   // what is usual in the whole city
        fixed,  // nothing is known yet: a multiple of the floor
    };
    From from = From::fixed;
    std::uint32_t samples = 0;
    std::uint64_t median = 0;
    std::uint64_t limit = 0;
    std::uint64_t quartile =
        0;  // a quarter of the samples is above it; where samples are its own or peers'
};

// How a limit follows from samples (settings.h has the defaults).
struct Rule {
    std::uint32_t deviations = 6;    // of the MAD, scaled to a standard deviation
    std::uint32_t least_spread = 2;  // steps; what is perfectly regular still varies so
    std::uint32_t over_largest = 2;  // steps above the largest sample
};

// Precondition: not empty. `steps` is put in another order. `from` is left as it is.
Baseline baseline_of(std::span<std::uint8_t> steps, const Rule& rule);

// The last samples, up to 28: four weeks of days.
class History {
  public:
    static constexpr std::size_t most = 28;

    void add(std::uint64_t amount) {
        steps_.at(next_) = step_of(amount);
        next_ = static_cast<std::uint8_t>((next_ + 1U) % most);
        if (count_ < most) ++count_;
    }
    [[nodiscard]] std::size_t size() const { return count_; }
    // Precondition: size() > 0.
    [[nodiscard]] Baseline baseline(const Rule& rule) const;

    template <class Archive>
    void transfer(Archive& archive) {
        archive(steps_, count_, next_);
    }
    [[nodiscard]] bool sound() const {
        return count_ <= most && next_ < most && (count_ == most || next_ == count_);
    }

  private:
    std::array<std::uint8_t, most> steps_{};
    std::uint8_t count_ = 0;
    std::uint8_t next_ = 0;
};

// How often each amount came, in the whole city.
class Population {
  public:
    void add(std::uint64_t amount);
    [[nodiscard]] std::uint32_t size() const { return total_; }
    // The amount that `per_10000` of ten thousand samples stay below. Precondition: size() > 0.
    [[nodiscard]] std::uint64_t quantile(std::uint32_t per_10000) const;

    // Only amounts that came, since most never do.
    template <class Archive>
    void transfer(Archive& archive) {
        std::uint16_t used = Archive::loading ? 0 : used_amounts();
        archive(used);
        if constexpr (Archive::loading) {
            if (total_ > 0) *this = {};
            for (; used > 0 && archive.ok(); --used) load_one(archive);
        } else {
            for (std::size_t step = 0; used > 0; ++step) {
                if (counts_.at(step) == 0) continue;
                archive(static_cast<std::uint8_t>(step), counts_.at(step));
                --used;
            }
        }
    }

  private:
    // What came long ago counts less and less, and nothing overflows.
    static constexpr std::uint32_t most = 1'000'000;

    [[nodiscard]] std::uint16_t used_amounts() const;
    template <class Archive>
    void load_one(Archive& archive) {
        std::uint8_t step = 0;
        std::uint32_t count = 0;
        archive(step, count);
        if (count == 0 || counts_.at(step) != 0 || count > most - total_) return archive.fail();
        counts_.at(step) = count;
        total_ += count;
    }

    std::array<std::uint32_t, 256> counts_{};
    std::uint32_t total_ = 0;
};

// About how many different hosts: linear counting over 256 bits (Whang and others, 1990); from some
// 1,000 on it says no more than that.
class HostCount {
  public:
    void add(std::uint64_t host) {
        auto& word = bits_.at(host >> 62U);
        word |= std::uint64_t{1} << (host >> 56U & 63U);
    }
    [[nodiscard]] std::uint32_t estimate() const;

    template <class Archive>
    void transfer(Archive& archive) {
        archive(bits_);
    }

  private:
    std::array<std::uint64_t, 4> bits_{};
};

}  // namespace shoji::exfiltration
