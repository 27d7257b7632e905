// The paths of files that are open for writing, for the records of their closing that do not have
// them. Bounded: the one that was opened first goes first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace shoji::sensor {

class OpenedFiles {
  public:
    static constexpr std::size_t most = 16384;

    void add(std::uint64_t open, std::string_view path) {
        if (!paths_.emplace(open, path).second) return;
        order_.push_back(open);
        // Those that were taken since stand in the order still.
        while (order_.size() > most) {
            paths_.erase(order_.front());
            order_.pop_front();
        }
    }
    // Empty when it is not known (any more).
    std::string take(std::uint64_t open) {
        const auto found = paths_.find(open);
        if (found == paths_.end()) return {};
        std::string path = std::move(found->second);
        paths_.erase(found);
        return path;
    }
    [[nodiscard]] std::size_t size() const { return paths_.size(); }

  private:
    std::unordered_map<std::uint64_t, std::string> paths_;
    std::deque<std::uint64_t> order_;
};

}  // namespace shoji::sensor
