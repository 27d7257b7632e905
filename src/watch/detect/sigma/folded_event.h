// All values of an event in letters of one size (fold.h), one behind the other in one text, so that
// what may stand in any field is looked for once.
#pragma once

#include "watch/event/event.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::sigma {

class FoldedEvent {
  public:
    void fold(const event::Event& event);

    // Of the field at that place of the event. Good until the next fold().
    [[nodiscard]] std::string_view value(std::uint32_t place) const {
        const auto begin = ends_[place];
        return std::string_view(text_).substr(begin, ends_[place + 1] - 1 - begin);
    }
    // Each value with a line feed behind it.
    [[nodiscard]] std::string_view text() const { return text_; }

  private:
    void fold_from(const event::Event& event, std::size_t place);

    std::string text_;
    std::string rest_;
    std::vector<std::size_t> ends_;  // behind the line feed of the value before
};

}  // namespace shoji::sigma
