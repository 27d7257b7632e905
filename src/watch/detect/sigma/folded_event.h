// The values of an event in letters of one size (fold.h), each folded when it is first asked for:
// of most values nothing is asked that was not known before.
#pragma once

#include "watch/event/event.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::sigma {

class FoldedEvent {
  public:
    // The event must stay as it is until the next begin().
    void begin(const event::Event& event);

    // Of the field at that place of the event. Good until another one is asked for.
    [[nodiscard]] std::string_view value(std::uint32_t place) {
        const auto& part = parts_[place];
        if (part.begin == unknown) fold(place);
        return std::string_view(text_).substr(part.begin, part.size);
    }

  private:
    static constexpr std::size_t unknown = static_cast<std::size_t>(-1);
    struct Part {
        std::size_t begin = unknown;
        std::size_t size = 0;
    };
    void fold(std::uint32_t place);

    const event::Event* event_ = nullptr;
    std::string text_;
    std::vector<Part> parts_;
};

}  // namespace shoji::sigma
