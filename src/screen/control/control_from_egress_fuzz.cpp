// Whatever decodes must survive being encoded and decoded again.
#include "screen/control/control.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji::control;
    const auto message = decode_from_egress({data, size});
    if (!message) return 0;
    const auto again = decode_from_egress(encode(*message));
    if (!again || *again != *message) std::abort();
    return 0;
}
