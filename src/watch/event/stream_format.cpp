#include "watch/event/stream_format.h"

#include "core/base/bytes.h"

#include <cstring>

#include <zlib.h>

namespace shoji::event {

std::optional<StreamBlock> parse_stream_block(std::span<const std::uint8_t> bytes) {
    constexpr auto magic = StreamBlock::magic;
    if (bytes.size() < StreamBlock::head_size ||
        std::memcmp(bytes.data(), magic.data(), magic.size()) != 0) {
        return std::nullopt;
    }
    base::ByteReader reader(bytes.subspan(magic.size()));
    StreamBlock block;
    block.stream = reader.read<std::uint64_t>();
    block.size = reader.read<std::uint32_t>();
    block.events = reader.read<std::uint32_t>();
    block.first = reader.read<std::uint64_t>();
    block.sum = reader.read<std::uint32_t>();
    if (block.size > StreamBlock::most_contents) return std::nullopt;
    return block;
}

std::uint32_t sum_of_stream_block(std::span<const std::uint8_t> head,
                                  std::span<const std::uint8_t> contents) {
    const auto of_head = ::crc32(0, head.data(), StreamBlock::summed_size);
    return static_cast<std::uint32_t>(
        ::crc32(of_head, contents.data(), static_cast<unsigned int>(contents.size())));
}

}  // namespace shoji::event
