#include "watch/detect/sigma/folded_event.h"

#include "watch/detect/sigma/fold.h"

#include <algorithm>

namespace shoji::sigma {

void FoldedEvent::fold(const event::Event& event) {
    // One long event does not hold its memory for good.
    constexpr std::size_t usual = 1 << 20;
    if (text_.capacity() > usual) text_ = {};
    text_.clear();
    ends_.clear();
    ends_.push_back(0);
    for (const auto& field : event.fields()) {
        text_ += field.value;
        text_ += '\n';
        ends_.push_back(text_.size());
    }
    // In nearly all events most values are ASCII: their letters change in place, all at once.
    const std::size_t ascii = fold_ascii(text_);
    if (ascii == text_.size()) return;
    const auto place =
        static_cast<std::size_t>(std::ranges::upper_bound(ends_, ascii) - ends_.begin()) - 1;
    fold_from(event, place);
}

// The values from that place on: those that are not all ASCII may get longer or shorter.
void FoldedEvent::fold_from(const event::Event& event, std::size_t place) {
    rest_.assign(text_, ends_[place], std::string::npos);
    const std::size_t moved = ends_[place];
    text_.resize(moved);
    for (std::size_t begin = moved; place < event.fields().size(); ++place) {
        const std::size_t end = ends_[place + 1];
        const auto folded = std::string_view(rest_).substr(begin - moved, end - begin);
        if (is_ascii(folded)) {
            text_ += folded;
        } else {
            append_folded(event.fields()[place].value, text_);
            text_ += '\n';
        }
        ends_[place + 1] = text_.size();
        begin = end;
    }
}

}  // namespace shoji::sigma
