// A viewer for this room's tests: checks messages as the gateway does and draws them.
#pragma once

#include "screen/encode/canvas.h"
#include "screen/encode/decode.h"
#include "screen/wire/conversation.h"

#include <algorithm>
#include <string>

namespace shoji::encode::samples {

class Viewer {
  public:
    Viewer() {
        (void)conversation_.from_viewer(wire::encode(wire::FromViewer(wire::Hello{1, 800, 600})));
        (void)conversation_.from_session(wire::encode(wire::FromSession(wire::Welcome{})));
    }
    // What is wrong with the messages of one frame; empty: nothing.
    std::string receive(const std::vector<std::vector<std::uint8_t>>& messages) {
        for (const auto& message : messages) {
            const auto checked = conversation_.from_session(message);
            if (!checked) return checked.error().message;
            const auto drawn = decoder_.apply(std::get<wire::Frame>(*checked));
            if (!drawn) return drawn.error().message;
        }
        return {};
    }
    [[nodiscard]] bool shows(const Image& image) const {
        const Canvas& canvas = decoder_.picture();
        return canvas.width() == image.width && canvas.height() == image.height &&
               std::equal(image.pixels.begin(), image.pixels.end(), canvas.pixels().begin(),
                          [](std::uint32_t a, std::uint32_t b) { return (a & colour_mask) == b; });
    }
    [[nodiscard]] std::uint32_t serial() const { return conversation_.sent(); }

  private:
    wire::Conversation conversation_;
    Decoder decoder_;
};

}  // namespace shoji::encode::samples
