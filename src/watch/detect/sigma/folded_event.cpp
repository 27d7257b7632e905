#include "watch/detect/sigma/folded_event.h"

#include "watch/detect/sigma/fold.h"

namespace shoji::sigma {

void FoldedEvent::fold(const event::Event& event) {
    // One long event does not hold its memory for good.
    constexpr std::size_t usual = 1 << 20;
    if (text_.capacity() > usual) text_ = {};
    text_.clear();
    ends_.clear();
    ends_.push_back(0);
    for (const auto& field : event.fields()) {
        append_folded(field.value, text_);
        text_ += '\n';
        ends_.push_back(text_.size());
    }
}

}  // namespace shoji::sigma
