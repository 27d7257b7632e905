// What time it is, from events whose clocks may be wrong. An event far from the others is left out,
// unless so many follow in one row that the world must have moved.
#pragma once

#include <cstdint>

namespace shoji::beacon {

class Clock {
  public:
    static constexpr std::uint32_t day = 86'400;
    static constexpr std::uint32_t far_behind = 2 * day;
    static constexpr std::uint32_t far_ahead = day;
    static constexpr std::uint32_t patience = 64;

    // Seconds since 1970. False: this time is not to be believed.
    bool accept(std::uint32_t time) {
        if (began_ == 0) began_ = now_ = time;
        const bool ahead = time > now_ && time - now_ > far_ahead && time > present_;
        const bool behind = time < now_ && now_ - time > far_behind;
        if (!ahead && !behind) {
            strange_ = 0;
            if (time > now_) now_ = time;
            return true;
        }
        // Only those that agree with each other count.
        const std::uint32_t apart = time > stranger_ ? time - stranger_ : stranger_ - time;
        strange_ = apart <= far_ahead ? strange_ + 1 : 1;
        stranger_ = time;
        if (strange_ < patience) return false;
        strange_ = 0;
        if (behind && time < began_) began_ = time;
        now_ = time;
        return true;
    }
    // The real time, up to which time may pass as fast as it will; 0: not known. It is no part of
    // the saved state.
    void set_present(std::uint32_t present) { present_ = present; }
    [[nodiscard]] std::uint32_t now() const { return now_; }
    [[nodiscard]] std::uint32_t began() const { return began_; }

    template <class F>
    void fields(F&& field) {
        field(began_);
        field(now_);
        field(strange_);
        field(stranger_);
    }

  private:
    std::uint32_t began_ = 0;
    std::uint32_t now_ = 0;
    std::uint32_t strange_ = 0;
    std::uint32_t stranger_ = 0;
    std::uint32_t present_ = 0;
};

}  // namespace shoji::beacon
