// Messages back to pictures, by the same rules as the viewer's: for tests, fuzzing and measuring.
// Pure.
#pragma once

#include "core/base/result.h"
#include "screen/wire/wire.h"

#include <cstdint>
#include <memory>

namespace shoji::encode {

class Canvas;

// One viewer connection's receiving half. The order of messages is not checked here, but in
// wire::Conversation.
class Decoder {
  public:
    Decoder();
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;
    ~Decoder();

    // Applies one part of a frame that wire::decode_from_session() let through. After an error the
    // picture is undefined and the connection must be closed.
    base::Result<void> apply(const wire::Frame& part);
    // XRGB8888 with X zero; to be shown after a frame's last part.
    [[nodiscard]] const Canvas& picture() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace shoji::encode
