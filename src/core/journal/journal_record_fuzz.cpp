#include "core/journal/record.h"

#include <algorithm>
#include <cstdlib>

// What a program sends to shoji-audit: whatever is taken is spelt back to the same bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji::journal;
    const auto record = decode_record({data, size});
    if (record && !std::ranges::equal(encode(*record), std::span(data, size))) std::abort();
    return 0;
}
