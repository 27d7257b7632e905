#include "watch/detect/sigma/folded_event.h"

#include "watch/detect/sigma/fold.h"

namespace shoji::sigma {
void FoldedEvent::begin(const event::Event& event) {
    event_ = &event;
    // One long event does not hold its memory for good.
    constexpr std::size_t usual = 1 << 20;
    if (text_.capacity() > usual) text_ = {};
    text_.clear();
    parts_.assign(event.fields().size(), {});
}

void FoldedEvent::fold(std::uint32_t place) {
    const auto begin = text_.size();
    append_folded(event_->fields()[place].value, text_);
    parts_[place] = {begin, text_.size() - begin};
}

}  // namespace shoji::sigma
