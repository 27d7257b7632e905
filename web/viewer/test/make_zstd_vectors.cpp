// Writes the recorded streams of zstd_streams/: pieces flushed by libzstd as the session flushes
// them.
//   g++ -std=c++20 make_zstd_vectors.cpp -lzstd -o /tmp/make && /tmp/make zstd_streams
// A file holds, for each piece: u32 bytes of the piece, u32 raw bytes, u32 FNV-1a of the raw bytes,
// then the piece.
#include <cstdint>
#include <cstdio>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include <zstd.h>

using Bytes = std::vector<std::uint8_t>;

static std::uint32_t fnv(const Bytes& bytes) {
    std::uint32_t hash = 2166136261U;
    for (auto byte : bytes) hash = (hash ^ byte) * 16777619U;
    return hash;
}

static void record(const std::string& path, int level, const std::vector<Bytes>& pieces) {
    auto* context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, 22);
    auto* file = std::fopen(path.c_str(), "wb");
    for (const auto& raw : pieces) {
        Bytes out(ZSTD_compressBound(raw.size()) + 64);
        ZSTD_inBuffer input{raw.data(), raw.size(), 0};
        ZSTD_outBuffer output{out.data(), out.size(), 0};
        while (ZSTD_compressStream2(context, &output, &input, ZSTD_e_flush) != 0) {
        }
        for (std::uint32_t number : {static_cast<std::uint32_t>(output.pos),
                                     static_cast<std::uint32_t>(raw.size()), fnv(raw)})
            std::fwrite(&number, 4, 1, file);
        std::fwrite(out.data(), 1, output.pos, file);
    }
    std::fclose(file);
    ZSTD_freeCCtx(context);
}

int main(int, char** arguments) {
    const std::string folder = arguments[1];
    std::mt19937 random(7);
    const auto below = [&](std::uint32_t n) { return random() % n; };
    // Text rows: palette indices, mostly paper, with strokes that come again.
    const auto text = [&](std::size_t size) {
        Bytes raw(size);
        for (std::size_t i = 0; i < size;) {
            if (i > 4000 && below(3) == 0) {
                const auto from = below(static_cast<std::uint32_t>(i - 200));
                for (auto n = below(180); n > 0 && i < size; --n, ++i) raw[i] = raw[from + n];
            } else {
                const auto colour = below(4) ? 0 : below(24);
                for (auto n = below(12); n > 0 && i < size; --n)
                    raw[i++] = static_cast<std::uint8_t>(colour);
            }
        }
        return raw;
    };
    const auto noise = [&](std::size_t size, std::uint32_t colours) {
        Bytes raw(size);
        for (auto& byte : raw) byte = static_cast<std::uint8_t>(below(colours) * below(3));
        return raw;
    };
    std::vector<Bytes> pieces;
    for (std::size_t size : {1, 3, 8, 100, 1000, 40000, 3, 17, 0, 260, 5000})
        pieces.push_back(text(size));
    record(folder + "/small_3.bin", 3, pieces);
    record(folder + "/small_1.bin", 1, pieces);
    pieces = {Bytes(300000, 7), text(300000), Bytes(10, 1), text(5)};
    record(folder + "/long_1.bin", 1, pieces);
    record(folder + "/long_9.bin", 9, pieces);
    pieces = {noise(9000, 256), noise(9000, 5), noise(100, 3), noise(20000, 90), noise(50, 256)};
    record(folder + "/noise_3.bin", 3, pieces);
    record(folder + "/noise_19.bin", 19, pieces);
    if (arguments[2] != nullptr) {  // another folder for bulky streams, for measuring
        pieces = {};
        for (int i = 0; i < 8; ++i) pieces.push_back(text(1024000));
        for (int i = 0; i < 4; ++i) pieces.push_back(noise(3072000, 90));
        record(std::string(arguments[2]) + "/bulk.bin", 3, pieces);
    }
}
