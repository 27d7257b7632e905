// A stream of messages from a session, as the gateway gets it, and the gateway's own as the viewer
// gets them.
#include "screen/wire/conversation.h"
#include "screen/wire/framing.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji::wire;
    Conversation conversation;
    if (!conversation.from_viewer(encode(FromViewer(Hello{1, 1280, 800, 120, 0})))) std::abort();
    Deframer deframer(maximum_from_session);
    deframer.feed({data, size});
    while (true) {
        const auto message = deframer.next();
        if (!message || !*message) return 0;
        std::vector<std::uint8_t> again;
        if (const auto decoded = conversation.from_session(**message)) {
            again = encode(*decoded);
        } else if (const auto own = decode_from_gateway(**message)) {
            again = encode(*own);
        } else {
            continue;
        }
        if (!std::equal(again.begin(), again.end(), (*message)->begin(), (*message)->end())) {
            std::abort();
        }
    }
}
