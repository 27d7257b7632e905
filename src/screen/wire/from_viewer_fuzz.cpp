// A stream of messages from a viewer, as a session's socket or the gateway gets it.
#include "screen/wire/conversation.h"
#include "screen/wire/framing.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji::wire;
    Deframer deframer(maximum_from_viewer);
    deframer.feed({data, size});
    Conversation conversation;
    while (true) {
        const auto message = deframer.next();
        if (!message || !*message) return 0;
        const auto decoded = conversation.from_viewer(**message);
        if (!decoded) continue;
        const auto again = encode(*decoded);
        if (!std::equal(again.begin(), again.end(), (*message)->begin(), (*message)->end())) {
            std::abort();
        }
    }
}
