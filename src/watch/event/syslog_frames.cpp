#include "watch/event/syslog_frames.h"

#include <charconv>

#include <fmt/format.h>

namespace shoji::event {

SyslogFrames::SyslogFrames(std::string_view text, Damages& damages)
    : text_(text), damages_(damages) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
}

// A message with its length before it; nothing when none begins here.
std::optional<std::string_view> SyslogFrames::counted() {
    const auto rest = text_.substr(at_);
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), length);
    const auto digits = static_cast<std::size_t>(end - rest.data());
    if (error != std::errc{} || rest.front() == '0' || !rest.substr(digits).starts_with(" <")) {
        return std::nullopt;
    }
    // A length that cannot be is no reason to swallow all that follows.
    if (length > rest.size() - digits - 1 || length > most_message) {
        damages_.add(at_, 0, "a message says that it has {} bytes", length);
        at_ += digits + 1;
        return line();
    }
    at_ += digits + 1 + length;
    return rest.substr(digits + 1, length);
}

std::string_view SyslogFrames::line() {
    const auto end = text_.find('\n', at_);
    const auto line = text_.substr(at_, end == std::string_view::npos ? end : end - at_);
    at_ = end == std::string_view::npos ? text_.size() : end + 1;
    return line;
}

std::optional<std::string_view> SyslogFrames::next() {
    while (at_ < text_.size()) {
        offset_ = at_;
        const auto with_length = counted();
        auto message = with_length ? *with_length : line();
        while (!message.empty() &&
               (message.back() == '\n' || message.back() == '\r' || message.back() == '\0')) {
            message.remove_suffix(1);
        }
        if (message.size() > most_message) {
            damages_.add(offset_, message.size(), "a message of {} bytes; at most {} are read",
                         message.size(), most_message);
        } else if (!message.empty()) {
            return message;
        }
    }
    offset_ = text_.size();
    return std::nullopt;
}

}  // namespace shoji::event
