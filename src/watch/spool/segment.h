// The form of a segment, one file of a spool: a header, then frames one after the other. Pure.
//
// Header, 24 bytes: "SHJSPOOL", class (32 bits), checksum of the other 20 bytes (32), the lowest
// sequence that a frame here may have (64). A frame: length of the record (32 bits, 1 to
// maximum_record), checksum of all that follows and of the length (32), sequence (64), class (8),
// the record. Little-endian; checksums are CRC-32C. Sequences grow from frame to frame.
//
// The first frame that is short, does not fit its checksum, or breaks a rule ends what can be
// read: after a power cut nothing behind it was ever promised to anybody.
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace shoji::spool {

// What a record is for; also the order in which they are delivered.
enum class Class : std::uint8_t {
    alert = 0,   // never dropped
    notice = 1,  // what the sensor says of itself: losses, throttling, recovery
    event = 2,   // detail: the oldest is dropped first
};
constexpr std::size_t classes = 3;
std::string_view name_of(Class kind);

constexpr std::size_t maximum_record = 65536;  // bytes
constexpr std::size_t header_bytes = 24;
constexpr std::size_t frame_overhead = 17;  // bytes of a frame besides its record

struct Header {
    Class kind = Class::event;
    std::uint64_t first = 1;
};
std::vector<std::uint8_t> encode(const Header& header);
base::Result<Header> decode_header(std::span<const std::uint8_t> bytes);

// Precondition: 1 to maximum_record bytes.
void append_frame(std::vector<std::uint8_t>& bytes, Class kind, std::uint64_t sequence,
                  std::span<const std::uint8_t> record);

struct Frame {
    std::uint64_t sequence = 0;
    std::span<const std::uint8_t> record;  // a view into what is read
};

// Frames from bytes that begin at a frame's border.
class FrameReader {
  public:
    // Every sequence must be at least `least`.
    FrameReader(Class kind, std::uint64_t least, std::span<const std::uint8_t> bytes)
        : kind_(kind), least_(least), bytes_(bytes) {}

    // None: the bytes are at their end, or what follows is no whole, sound frame.
    std::optional<Frame> next();
    // Bytes of the frames read so far.
    [[nodiscard]] std::size_t consumed() const { return consumed_; }
    // What follows cannot be a sound frame however many bytes come behind it.
    [[nodiscard]] bool broken() const { return broken_; }

  private:
    Class kind_;
    std::uint64_t least_;
    std::span<const std::uint8_t> bytes_;
    std::size_t consumed_ = 0;
    bool broken_ = false;
};

}  // namespace shoji::spool
