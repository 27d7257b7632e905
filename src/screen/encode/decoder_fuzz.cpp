// A stream of messages from a session, as a viewer gets and draws it.
#include "screen/encode/decode.h"
#include "screen/wire/conversation.h"
#include "screen/wire/framing.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji;
    // Large pictures only make the search slow.
    constexpr int largest_side = 256;
    wire::Conversation conversation;
    if (!conversation.from_viewer(wire::encode(wire::FromViewer(wire::Hello{1, 64, 64})))) {
        std::abort();
    }
    wire::Deframer deframer(wire::maximum_from_session);
    deframer.feed({data, size});
    encode::Decoder decoder;
    while (true) {
        const auto message = deframer.next();
        if (!message || !*message) return 0;
        const auto decoded = conversation.from_session(**message);
        if (!decoded) return 0;
        const auto* part = std::get_if<wire::Frame>(&*decoded);
        if (part == nullptr) continue;
        if (part->width > largest_side || part->height > largest_side) return 0;
        if (!decoder.apply(*part)) return 0;
    }
}
