// Refusals on their way to the store: equal ones are merged, and a page that asks for a thousand
// hosts a second costs a bounded amount of memory and one write a second. Pure.
#pragma once

#include "core/store/refusals.h"

#include <map>
#include <tuple>
#include <utility>

namespace shoji::gateway {

class RefusalLog {
  public:
    static constexpr std::size_t maximum_waiting = 1000;

    void add(const store::Refusal& refusal) {
        const Key key{refusal.destination, refusal.host, refusal.port, refusal.scheme,
                      refusal.reason};
        const auto found = waiting_.find(key);
        if (found != waiting_.end()) {
            found->second.times += refusal.times;
            found->second.last = refusal.last;
        } else if (waiting_.size() < maximum_waiting) {
            waiting_.emplace(key, refusal);
        } else {
            left_out_ += refusal.times;
        }
    }

    // What waits, which then no longer does.
    std::vector<store::Refusal> take() {
        std::vector<store::Refusal> taken;
        for (auto& [key, refusal] : waiting_) taken.push_back(std::move(refusal));
        waiting_.clear();
        return taken;
    }
    // How many found no room since this was asked last.
    std::uint64_t take_left_out() { return std::exchange(left_out_, 0); }
    [[nodiscard]] bool empty() const { return waiting_.empty(); }

  private:
    using Key = std::tuple<std::string, std::string, std::uint16_t, std::uint8_t, std::uint8_t>;

    std::map<Key, store::Refusal> waiting_;
    std::uint64_t left_out_ = 0;
};

}  // namespace shoji::gateway
