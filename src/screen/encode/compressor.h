// One zstd stream (RFC 8878), a piece at a time: whatever was given to one side and flushed can be
// taken from the other.
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <zstd.h>

namespace shoji::encode {

class Compressor {
  public:
    Compressor();
    // The stream's next flushed piece; empty for no bytes. At most raw.size() + raw.size() / 256 +
    // 1024 bytes long.
    std::vector<std::uint8_t> compress(std::span<const std::uint8_t> raw);

  private:
    struct Free {
        void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
    };
    std::unique_ptr<ZSTD_CCtx, Free> context_;
};

class Decompressor {
  public:
    Decompressor();
    // Exactly `raw` bytes, or an error (malformed, a window over 4 MiB, more or fewer bytes, the
    // stream's end) after which the stream is of no more use.
    base::Result<std::span<const std::uint8_t>> decompress(std::span<const std::uint8_t> piece,
                                                           std::size_t raw);

  private:
    struct Free {
        void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
    };
    std::unique_ptr<ZSTD_DCtx, Free> context_;
    std::vector<std::uint8_t> output_;
};

}  // namespace shoji::encode
