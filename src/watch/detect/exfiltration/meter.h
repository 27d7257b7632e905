// One day's amount after the other, and whether today's is told.
#pragma once

#include "watch/detect/exfiltration/history.h"

#include <cstdint>
#include <optional>

namespace shoji::exfiltration {

class Meter {
  public:
    // Adds to `day`, which begins when it is later than the one before; an earlier one counts as
    // today. Gives the amount of a day that this ends.
    std::optional<std::uint64_t> add(std::int32_t day, std::uint64_t amount) {
        std::optional<std::uint64_t> over;
        if (day > day_) {
            if (today_ > 0) {
                over = told_day_ == day_ ? std::min(today_, told_limit_) : today_;
                history_.add(*over);
            }
            today_ = 0;
            day_ = day;
        }
        today_ += std::min(amount, most - std::min(today_, most));
        return over;
    }

    [[nodiscard]] std::uint64_t today() const { return today_; }
    [[nodiscard]] const History& history() const { return history_; }
    [[nodiscard]] std::int32_t day() const { return day_; }

    // True when today's amount has not been told yet, nor one half as large in the last week.
    [[nodiscard]] bool news() const {
        constexpr std::int32_t week = 7;
        if (told_day_ == never) return true;
        return told_day_ != day_ && (day_ - told_day_ > week || today_ / 2 > told_);
    }
    // An amount that was told goes into the history as its limit, so that what is wrong does not
    // become usual at once.
    void tell(std::uint64_t limit) {
        told_day_ = day_;
        told_ = today_;
        told_limit_ = limit;
    }

    // For the table's choice (bounded_table.h): four a day later, two an active day, the rest by
    // size.
    [[nodiscard]] std::int64_t standing() const {
        return std::int64_t{day_} * 4 + static_cast<std::int64_t>(history_.size()) * 2 +
               step_of(today_) / 8;
    }

    template <class Archive>
    void transfer(Archive& archive) {
        archive(day_, today_, told_day_, told_, told_limit_, history_);
    }
    [[nodiscard]] bool sound() const { return is_day(day_) && is_day(told_day_); }
    static bool is_day(std::int32_t day) { return day >= never && day <= -never; }

  private:
    static constexpr std::int32_t never = -1'000'000;
    static constexpr std::uint64_t most = std::uint64_t{1} << 62U;

    std::int32_t day_ = never;
    std::int32_t told_day_ = never;
    std::uint64_t today_ = 0;
    std::uint64_t told_ = 0;
    std::uint64_t told_limit_ = 0;
    History history_;
};

}  // namespace shoji::exfiltration
