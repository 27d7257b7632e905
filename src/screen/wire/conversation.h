// One connection between a viewer and a session, as whoever stands on it sees it: each message is
// checked against docs/wire.md and against the messages before it. Used by the gateway for both
// directions, and by the session for what it receives.
//
// Pure. Bodies of frames are looked at but never copied or decompressed: whether they yield `raw`
// bytes is the viewer's to find out. After an error the connection must be closed.
#pragma once

#include "screen/wire/wire.h"

namespace shoji::wire {

class Conversation {
  public:
    // What a viewer sent: well-formed, `hello` first and once, acknowledgements of frames that were
    // sent whole, each of a later one than before.
    base::Result<FromViewer> from_viewer(std::span<const std::uint8_t> message);
    // What a session sent: well-formed, `welcome` first and once and after a `hello`, frames in
    // order, their parts in order and of one size, a fresh canvas where one is due.
    base::Result<FromSession> from_session(std::span<const std::uint8_t> message);

    // The same, for a relay that needs no more than the verdict.
    base::Result<void> check_from_session(std::span<const std::uint8_t> message);

    // Serial of the last frame whose last part was sent; 0: none.
    [[nodiscard]] std::uint32_t sent() const { return sent_; }
    // Serial of the last frame acknowledged; 0: none.
    [[nodiscard]] std::uint32_t acknowledged() const { return acknowledged_; }
    [[nodiscard]] bool greeted() const { return hello_; }

  private:
    base::Result<void> follow(const Frame& frame);

    bool hello_ = false;
    bool welcome_ = false;
    std::uint32_t sent_ = 0;
    std::uint32_t acknowledged_ = 0;
    bool in_frame_ = false;    // a first part came, its last part has not
    std::uint16_t width_ = 0;  // of the newest frame; 0: none yet
    std::uint16_t height_ = 0;
};

}  // namespace shoji::wire
