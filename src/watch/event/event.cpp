#include "watch/event/event.h"

#include <algorithm>
#include <cstring>

namespace shoji::event {

void Event::clear() {
    // One long event does not hold its memory for good.
    if (blocks_.size() > 1) blocks_.resize(1);
    fields_.clear();
    block_ = 0;
    used_ = 0;
    kept_ = 0;
    lost_fields_ = 0;
    local_time = false;
    source = {};
    time = 0;
    record = 0;
}

std::string_view Event::keep(std::string_view text) {
    if (text.empty()) return {};
    if (text.size() > most_kept_bytes - kept_) {
        ++lost_fields_;
        return {};
    }
    if (blocks_.empty() || blocks_[block_].size - used_ < text.size()) {
        constexpr std::size_t usual = 16384;
        const std::size_t size = std::max(usual, text.size());
        blocks_.push_back({std::make_unique_for_overwrite<char[]>(size), size});
        block_ = blocks_.size() - 1;
        used_ = 0;
    }
    char* at = blocks_[block_].bytes.get() + used_;
    std::memcpy(at, text.data(), text.size());
    used_ += text.size();
    kept_ += text.size();
    return {at, text.size()};
}

const Field* Event::find(FieldId id) const {
    const auto found = std::ranges::find(fields_, id, &Field::id);
    return found == fields_.end() ? nullptr : &*found;
}

std::string_view Event::value(FieldId id) const {
    const Field* found = find(id);
    return found == nullptr ? std::string_view() : found->value;
}

}  // namespace shoji::event
