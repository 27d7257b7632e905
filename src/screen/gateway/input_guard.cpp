#include "screen/gateway/input_guard.h"

#include <algorithm>
#include <utility>

namespace shoji::gateway {
namespace {

// Of UTF-8, which the message's decoder has checked.
std::uint64_t characters_of(const std::string& text) {
    constexpr unsigned lead_mask = 0xc0;
    constexpr unsigned continuation = 0x80;
    return static_cast<std::uint64_t>(std::ranges::count_if(text, [](char byte) {
        return (static_cast<unsigned char>(byte) & lead_mask) != continuation;
    }));
}

}  // namespace

void InputGuard::end_of_text() {
    typed_.finish(found_);
    tally_.my_numbers += std::exchange(found_, {}).size();
}

void InputGuard::observe(const wire::FromViewer& message) {
    if (const auto* key = std::get_if<wire::Key>(&message)) {
        const auto typed = keys_.press(key->code, key->pressed);
        if (!typed) return;
        ++tally_.characters;
        typed_.feed({&*typed, 1}, found_);
        tally_.my_numbers += std::exchange(found_, {}).size();
    } else if (const auto* commit = std::get_if<wire::Commit>(&message)) {
        // Digits that the viewer sends as text one by one are typed; more at once stand alone.
        const auto characters = characters_of(commit->text);
        tally_.characters += characters;
        if (characters != 1) end_of_text();
        typed_.feed(commit->text, found_);
        if (characters != 1) end_of_text();
    } else if (std::holds_alternative<wire::Focus>(message)) {
        keys_.release_all();
        end_of_text();
    }
}

InputTally InputGuard::take(bool over) {
    if (over) {
        keys_.release_all();
        end_of_text();
    }
    return std::exchange(tally_, {});
}

}  // namespace shoji::gateway
