#include "watch/event/json_documents.h"

namespace shoji::event {
namespace {

constexpr std::string_view blank = " \t\r\n";
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

}  // namespace

JsonDocuments::JsonDocuments(std::string_view text) : text_(text) {
    if (text_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
    const auto start = text_.find_first_not_of(blank, at_);
    if (start == std::string_view::npos) return;
    const auto line = text_.substr(start, text_.find('\n', start) - start);
    const auto last = line.find_last_not_of(blank);
    lines_ = line.front() == '{' && line[last] == '}' && line.size() > 1;
}

bool JsonDocuments::is_cut() const {
    const auto begin = text_.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
    const auto first = text_.find_first_not_of(blank, begin);
    if (first == std::string_view::npos || text_[first] != '[') return false;
    const auto last = text_.find_last_not_of(blank);
    return last == first || text_[last] != ']';
}

// The index behind the object that begins at at_; its line's end when it is never closed.
std::size_t JsonDocuments::end_of_object() const {
    std::size_t depth = 0;
    std::size_t at = at_;
    while ((at = text_.find_first_of("{}\"", at)) != std::string_view::npos) {
        const char c = text_[at++];
        if (c == '{') {
            ++depth;
        } else if (c == '}') {
            if (--depth == 0) return at;
        } else {
            while ((at = text_.find_first_of("\"\\", at)) != std::string_view::npos) {
                if (text_[at] == '"') break;
                at += 2;
            }
            if (at == std::string_view::npos) break;
            ++at;
        }
    }
    const auto line = text_.find('\n', at_);
    return line == std::string_view::npos ? text_.size() : line;
}

std::optional<std::string_view> JsonDocuments::next() {
    const std::string_view between = lines_ ? blank : std::string_view(" \t\r\n,[]");
    at_ = text_.find_first_not_of(between, at_);
    if (at_ == std::string_view::npos) {
        at_ = text_.size();
        return std::nullopt;
    }
    offset_ = at_;
    if (!lines_ && text_[at_] == '{') {
        at_ = end_of_object();
    } else {
        const auto line = text_.find('\n', at_);
        at_ = line == std::string_view::npos ? text_.size() : line;
    }
    return text_.substr(offset_, at_ - offset_);
}

}  // namespace shoji::event
