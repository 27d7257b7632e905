#include "screen/host/record.h"

#include <cstdlib>

// What is accepted is what would be written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji::host;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static_cast<void>(parse_start_time(text));
    const auto record = parse_record(text);
    if (!record) return 0;
    const auto again = parse_record(format_record(*record));
    if (!again || *again != *record) std::abort();
    return 0;
}
