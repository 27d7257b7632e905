#include "watch/event/stream_reader.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

using namespace shoji::event;

std::size_t read_all(std::span<const std::uint8_t> bytes, const Names& names) {
    StreamReader reader(bytes, names);
    Event event;
    std::size_t read = 0;
    while (reader.next(event)) {
        for (const auto& field : event.fields()) read += field.name.size() + field.value.size();
    }
    return read;
}

}  // namespace

// The bytes as they are, and as the contents of a block whose sum fits, which no fuzzer finds
// alone.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Names names;
    std::size_t bytes = read_all({data, size}, names);
    std::vector<std::uint8_t> block(StreamBlock::magic.begin(), StreamBlock::magic.end());
    const auto put = [&](std::uint64_t number, std::size_t width) {
        for (std::size_t i = 0; i < width; ++i) {
            block.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
        }
    };
    constexpr std::uint64_t events = 5;
    put(1, 8);
    put(size, 4);
    put(events, 4);
    put(0, 8);
    put(sum_of_stream_block(block, {data, size}), 4);
    block.insert(block.end(), data, data + size);
    bytes += read_all(block, names);
    return bytes == SIZE_MAX ? -1 : 0;
}
