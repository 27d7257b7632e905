// A stream of events as bytes, for a sensor's spool and for its way to a collector: blocks, each of
// which can be read without the others. Whole numbers are little-endian; a varint has seven bits a
// byte, the lowest first, the eighth bit says that more follow (LEB128).
//
// A block:
//   8 bytes   "SHOJIEV" and the version, 1
//   u64       the stream's number: all blocks of a stream, and of a file, have the same one. A
//   writer
//             draws it at random, so that text inside an event cannot pass for a block.
//   u32       bytes of the contents, at most most_contents
//   u32       how many events they hold
//   u64       how many events the stream had before this block: what is missing can be counted
//   u32       CRC-32 (as zlib has it) of the 32 bytes before and of the contents
//   contents  the events, one after the other
// An event:
//   varint    its time less that of the event before in the block (of the first: less 0), its sign
//             in the lowest bit ("zigzag")
//   varint    its record number
//   5 names   its product, service and three categories; 0: none
//   varint    how many of its fields were left out
//   varint    how many fields follow; of each: a name with the type (Type) in the lowest two bits,
//   and,
//             but for null, varint and bytes of the value
// A name is a varint. Names of fields have numbers from 0 in the order in which the block first has
// them, names of sources have theirs from 1; the next number that is still free stands for a new
// name, whose varint and bytes follow.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace shoji::event {

struct StreamBlock {
    static constexpr std::string_view magic{"SHOJIEV\x01", 8};
    static constexpr std::size_t head_size = 36;
    static constexpr std::size_t summed_size = 32;          // of the head
    static constexpr std::size_t most_contents = 32 << 20;  // bytes

    std::uint64_t stream = 0;
    std::uint32_t size = 0;  // of the contents
    std::uint32_t events = 0;
    std::uint64_t first = 0;
    std::uint32_t sum = 0;
};

// Nothing when the bytes do not begin with a block's head, or when its size is beyond the limit.
// Whoever reads from a line asks this with head_size bytes, then reads what it says.
std::optional<StreamBlock> parse_stream_block(std::span<const std::uint8_t> bytes);

// Of a head and its contents, as the block's `sum` has it.
std::uint32_t sum_of_stream_block(std::span<const std::uint8_t> head,
                                  std::span<const std::uint8_t> contents);

}  // namespace shoji::event
