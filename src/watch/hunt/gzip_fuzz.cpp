#include "watch/hunt/gzip.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t most = 1 << 20;
    const std::span<const std::uint8_t> bytes(data, size);
    if (!shoji::hunt::is_gzip(bytes)) return 0;
    const auto unpacked = shoji::hunt::gunzip(bytes, most);
    if (unpacked && unpacked->file.bytes().size() > most) __builtin_trap();
    return 0;
}
