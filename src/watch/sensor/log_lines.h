// Lines out of bytes that come in pieces.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace shoji::sensor {

class LogLines {
  public:
    static constexpr std::size_t longest = 8192;  // what is beyond is left out

    // Calls `each` with every line that these bytes end, without its end; empty ones are left out.
    template <class Each>
    void add(std::string_view bytes, const Each& each) {
        while (!bytes.empty()) {
            const auto end = bytes.find('\n');
            const auto part = bytes.substr(0, end);
            line_.append(part.substr(0, longest - line_.size()));
            waiting_ += part.size();
            if (end == std::string_view::npos) return;
            bytes.remove_prefix(end + 1);
            if (!line_.empty()) each(std::string_view(line_));
            forget();
        }
    }
    // Bytes of the line that has not ended yet, those that are left out included.
    [[nodiscard]] std::size_t waiting() const { return waiting_; }
    void forget() {
        line_.clear();
        waiting_ = 0;
    }

  private:
    std::string line_;
    std::size_t waiting_ = 0;
};

}  // namespace shoji::sensor
