// However the bytes are cut, the body ends at the same place. The first byte says where to cut.
#include "screen/egress/chunked_body.h"

#include <algorithm>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using shoji::egress::ChunkedBody;
    if (size == 0) return 0;
    const std::span<const std::uint8_t> bytes(data + 1, size - 1);
    const auto cut = std::min<std::size_t>(data[0], bytes.size());
    ChunkedBody whole;
    const auto used = whole.consume(bytes);
    ChunkedBody parts;
    auto first = parts.consume(bytes.first(cut));
    if (first && !parts.ended()) {
        const auto second = parts.consume(bytes.subspan(cut));
        if (second) *first += *second;
        if (second.has_value() != used.has_value()) std::abort();
    }
    if (first && used && (*first != *used || parts.ended() != whole.ended())) std::abort();
    return 0;
}
