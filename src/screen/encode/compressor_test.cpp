#include "screen/encode/compressor.h"

#include "screen/encode/sample_pictures.h"

#include <gtest/gtest.h>

namespace shoji::encode {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes noise(samples::Random& random, std::size_t size) {
    Bytes bytes(size);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    return bytes;
}

TEST(Compressor, PiecesComeBackOneByOne) {
    auto random = samples::seeded(1);
    Compressor compressor;
    Decompressor decompressor;
    for (const std::size_t size : {1U, 100U, 70000U, 0U, 3U, 1500000U, 2U}) {
        Bytes raw = noise(random, size / 2);
        raw.resize(size, 'x');
        const auto piece = compressor.compress(raw);
        EXPECT_EQ(piece.empty(), raw.empty());
        const auto again = decompressor.decompress(piece, raw.size());
        ASSERT_TRUE(again) << again.error().message;
        EXPECT_EQ(Bytes(again->begin(), again->end()), raw);
    }
}

TEST(Compressor, IncompressibleBytesGrowLittle) {
    auto random = samples::seeded(2);
    Compressor compressor;
    for (const std::size_t size : {1U, 1000U, 2000000U}) {
        EXPECT_LE(compressor.compress(noise(random, size)).size(), size + size / 256 + 1024);
    }
}

TEST(Decompressor, MoreOrFewerBytesAreAnError) {
    const Bytes raw(1000, 'a');
    EXPECT_TRUE(Decompressor().decompress(Compressor().compress(raw), 1000));
    EXPECT_FALSE(Decompressor().decompress(Compressor().compress(raw), 999));
    EXPECT_FALSE(Decompressor().decompress(Compressor().compress(raw), 1001));
    EXPECT_FALSE(Decompressor().decompress(Compressor().compress(raw), 0));
    EXPECT_FALSE(Decompressor().decompress({}, 1000));
}

TEST(Decompressor, AHugeExpansionStopsAtTheStatedSize) {
    const Bytes raw(std::size_t{4} * 1024 * 1024, 0);
    const auto bomb = Compressor().compress(raw);
    EXPECT_LT(bomb.size(), 1000U);
    EXPECT_FALSE(Decompressor().decompress(bomb, 10));
}

TEST(Decompressor, CutAndMalformedPiecesAreErrors) {
    auto random = samples::seeded(3);
    const Bytes raw = noise(random, 500);
    auto piece = Compressor().compress(raw);
    for (std::size_t length = 0; length < piece.size(); ++length) {
        EXPECT_FALSE(Decompressor().decompress(std::span(piece).first(length), raw.size()));
    }
    piece[0] ^= 1;  // the magic number
    EXPECT_FALSE(Decompressor().decompress(piece, raw.size()));
}

TEST(Decompressor, AnEndedStreamIsAnError) {
    const Bytes raw(100, 'a');
    Bytes whole(200);
    const std::size_t size = ZSTD_compress(whole.data(), whole.size(), raw.data(), raw.size(), 3);
    ASSERT_EQ(ZSTD_isError(size), 0U);
    EXPECT_FALSE(Decompressor().decompress(std::span(whole).first(size), raw.size()));
}

TEST(Decompressor, AWindowOverFourMebibytesIsAnError) {
    for (const int window : {22, 23}) {
        ZSTD_CCtx* context = ZSTD_createCCtx();
        ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window);
        const Bytes raw(100, 'a');
        Bytes piece(200);
        ZSTD_inBuffer input{raw.data(), raw.size(), 0};
        ZSTD_outBuffer output{piece.data(), piece.size(), 0};
        ASSERT_EQ(ZSTD_compressStream2(context, &output, &input, ZSTD_e_flush), 0U);
        ZSTD_freeCCtx(context);
        const auto result = Decompressor().decompress(std::span(piece).first(output.pos), 100);
        EXPECT_EQ(result.has_value(), window == 22);
    }
}

}  // namespace
}  // namespace shoji::encode
