#include "screen/encode/compressor.h"

#include "screen/wire/wire.h"

#include <new>

namespace shoji::encode {
namespace {

// Faster levels cost a third more bytes on text, slower ones twice the time for a twentieth less.
constexpr int level = 3;

}  // namespace

Compressor::Compressor() : context_(ZSTD_createCCtx()) {
    if (context_ == nullptr) throw std::bad_alloc();
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, level);
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_windowLog, wire::window_log);
}

std::vector<std::uint8_t> Compressor::compress(std::span<const std::uint8_t> raw) {
    if (raw.empty()) return {};
    std::vector<std::uint8_t> piece(ZSTD_compressBound(raw.size()));
    ZSTD_inBuffer input{raw.data(), raw.size(), 0};
    ZSTD_outBuffer output{piece.data(), piece.size(), 0};
    while (true) {
        const std::size_t left =
            ZSTD_compressStream2(context_.get(), &output, &input, ZSTD_e_flush);
        if (left == 0) break;
        // Its buffers are made with the first piece; nothing else can fail.
        if (ZSTD_isError(left) != 0) throw std::bad_alloc();
        piece.resize(piece.size() + left);
        output.dst = piece.data();
        output.size = piece.size();
    }
    piece.resize(output.pos);
    return piece;
}

Decompressor::Decompressor() : context_(ZSTD_createDCtx()) {
    if (context_ == nullptr) throw std::bad_alloc();
    ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, wire::window_log);
}

base::Result<std::span<const std::uint8_t>> Decompressor::decompress(
    std::span<const std::uint8_t> piece, std::size_t raw) {
    if (raw == 0 && piece.empty()) return std::span<const std::uint8_t>();
    output_.resize(raw + 1);  // one more, to notice one more
    ZSTD_inBuffer input{piece.data(), piece.size(), 0};
    ZSTD_outBuffer output{output_.data(), output_.size(), 0};
    while (true) {
        const std::size_t before = output.pos + input.pos;
        const std::size_t left = ZSTD_decompressStream(context_.get(), &output, &input);
        if (ZSTD_isError(left) != 0) {
            return base::fail(base::ErrorKind::invalid, "a frame's body: {}",
                              ZSTD_getErrorName(left));
        }
        if (left == 0) {
            return base::fail(base::ErrorKind::invalid, "a frame's body ends the stream");
        }
        if (output.pos > raw || output.pos + input.pos == before) break;
    }
    if (output.pos != raw || input.pos != input.size) {
        return base::fail(base::ErrorKind::invalid, "a frame's body yields {} bytes instead of {}",
                          output.pos, raw);
    }
    return std::span<const std::uint8_t>(output_).first(raw);
}

}  // namespace shoji::encode
