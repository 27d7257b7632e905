// Rectangles and their bytes gathered into the messages of one frame (docs/wire.md, frame).
#pragma once

#include "screen/encode/compressor.h"
#include "screen/encode/scroll.h"
#include "screen/wire/wire.h"

#include <cstdint>
#include <vector>

namespace shoji::encode {

struct FrameHead {
    std::uint32_t serial = 1;
    int width = 0;
    int height = 0;
    bool fresh = false;
};

class FrameWriter {
  public:
    // A part is closed before it grows over this, so that its message stays under 2 MiB even where
    // nothing compresses: 4,096 rectangles of 13 bytes and zstd's own bytes fit in the rest.
    static constexpr std::size_t part_bytes = wire::maximum_from_session - std::size_t{96} * 1024;

    // `buffer` is used and left empty: kept from frame to frame it need not grow again.
    FrameWriter(const FrameHead& head, Compressor& compressor, std::vector<std::uint8_t>& buffer);

    void copy(const Move& move);
    // Where the bytes of the next rectangle go: append them, then say which rectangle they are.
    // Precondition: at most part_bytes of them.
    std::vector<std::uint8_t>& body() { return raw_; }
    // `colours`: of a palette, else 0.
    void add(wire::RectangleKind kind, const Rectangle& rectangle, std::size_t colours);

    // The messages; the writer is spent.
    std::vector<std::vector<std::uint8_t>> finish();

  private:
    void push(const wire::Rectangle& rectangle);
    void close_part(bool last);

    Compressor& compressor_;
    wire::Frame part_;
    std::vector<std::uint8_t>& raw_;  // of the part's rectangles, then of the next one
    std::size_t complete_ = 0;        // bytes of raw_ that are of the part's rectangles
    std::vector<std::vector<std::uint8_t>> messages_;
};

}  // namespace shoji::encode
