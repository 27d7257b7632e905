// The lines of a text, without their ends and without empty ones.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace shoji::event {

class TextLines {
  public:
    explicit TextLines(std::string_view text) : text_(text) {
        constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
        if (text_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
    }

    // The next line; nothing at the end.
    std::optional<std::string_view> next() {
        while (at_ < text_.size()) {
            offset_ = at_;
            const auto end = text_.find('\n', at_);
            auto line = text_.substr(at_, end == std::string_view::npos ? end : end - at_);
            at_ = end == std::string_view::npos ? text_.size() : end + 1;
            if (line.ends_with('\r')) line.remove_suffix(1);
            if (!line.empty()) return line;
        }
        offset_ = text_.size();
        return std::nullopt;
    }
    // Where in the text the last line began.
    [[nodiscard]] std::size_t offset() const { return offset_; }

  private:
    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t offset_ = 0;
};

}  // namespace shoji::event
