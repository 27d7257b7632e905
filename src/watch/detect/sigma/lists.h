// Many lists of numbers in two pieces of memory.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace shoji::sigma {

class Lists {
  public:
    Lists() = default;
    explicit Lists(const std::vector<std::vector<std::uint32_t>>& lists) {
        for (const auto& list : lists) {
            values_.insert(values_.end(), list.begin(), list.end());
            ends_.push_back(static_cast<std::uint32_t>(values_.size()));
        }
    }

    [[nodiscard]] std::size_t size() const { return ends_.size(); }
    [[nodiscard]] std::span<const std::uint32_t> operator[](std::size_t index) const {
        const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
        return std::span(values_).subspan(begin, ends_[index] - begin);
    }
    [[nodiscard]] const std::vector<std::uint32_t>& values() const { return values_; }

    // After loading: no list reaches outside.
    [[nodiscard]] bool is_sound() const {
        return std::ranges::is_sorted(ends_) &&
               (ends_.empty() ? values_.empty() : ends_.back() == values_.size());
    }

    template <class Archive>
    friend void members(Archive& archive, Lists& lists) {
        archive(lists.ends_, lists.values_);
    }

  private:
    std::vector<std::uint32_t> ends_;  // of each list
    std::vector<std::uint32_t> values_;
};

}  // namespace shoji::sigma
