// The screen for one viewer's connection: input in, frames out, as fast as the viewer takes them.
// No sockets and no clock of its own: messages come and go through the owner.
#pragma once

#include "core/base/result.h"
#include "screen/compositor/compositor.h"
#include "screen/encode/encode.h"
#include "screen/session/key_filter.h"
#include "screen/session/pace.h"
#include "screen/session/screen_state.h"
#include "screen/session/send_window.h"
#include "screen/wire/conversation.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace shoji::session {

// Where a stream's messages go.
class Outlet {
  public:
    virtual ~Outlet() = default;
    virtual void send(std::vector<std::uint8_t> message) = 0;
    // It is behind: nothing that can wait should be sent.
    [[nodiscard]] virtual bool congested() const = 0;
};

// Whether and how often the page may draw. Tells the compositor only what is new, for each telling
// makes it look through its windows.
class FrameGate {
  public:
    explicit FrameGate(compositor::Compositor& compositor) : compositor_(compositor) {}
    void allow(bool allowed) {
        if (allowed_ == allowed) return;
        allowed_ = allowed;
        compositor_.allow_frames(allowed);
    }
    void pace(Duration interval) {
        if (interval_ == interval) return;
        interval_ = interval;
        compositor_.pace_frames(interval);
    }

  private:
    compositor::Compositor& compositor_;
    std::optional<bool> allowed_;
    std::optional<Duration> interval_;
};

class Stream {
  public:
    // What the stream works on; all must outlive it.
    struct Surroundings {
        compositor::Compositor& compositor;
        ScreenState& state;
        FrameGate& gate;
        Outlet& outlet;
    };
    explicit Stream(const Surroundings& surroundings);
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    // Releases what the viewer held down.
    ~Stream();

    // One message of the viewer. After an error the connection must be closed.
    base::Result<void> receive(std::span<const std::uint8_t> message, Time now);
    // Sends what is due and has room. To be called after everything that may have changed either.
    base::Result<void> update(Time now);

    // What the program did since it last waited, as Pace takes it.
    void worked(Duration elapsed, Duration processor, Time now) {
        pace_.worked(elapsed, processor, now);
    }

    [[nodiscard]] const SendWindow& window() const { return window_; }

  private:
    void obey(const wire::FromViewer& message, Time now);
    void greet(const wire::Hello& hello);
    base::Result<void> send(std::vector<std::uint8_t> message);
    base::Result<void> send_frame(Time now);

    compositor::Compositor& compositor_;
    ScreenState& state_;
    FrameGate& gate_;
    Outlet& outlet_;
    wire::Conversation conversation_;
    encode::Encoder encoder_;
    SendWindow window_;
    Pace pace_;
    KeyFilter keys_;
    bool welcomed_ = false;
};

}  // namespace shoji::session
