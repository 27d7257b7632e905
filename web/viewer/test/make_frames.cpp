// Writes frames.bin: what src/screen/encode sends for a run of pictures, and the pictures' hashes.
// The viewer's decoder must make the same pixels of it. From web/viewer/test, with a built tree:
//   g++ -std=c++20 -I../../../src make_frames.cpp $BUILD/src/screen/{encode,wire,control}/lib*.a \
//       $BUILD/src/core/base/libshoji_base.a -lfmt -lzstd -o /tmp/make && /tmp/make frames.bin
// A frame is: u32 messages, each u32 length and bytes, then u32 FNV-1a of the pixels as 0x00rrggbb.
#include "screen/encode/encode.h"

#include <cstdio>
#include <random>

using shoji::encode::Encoder;
using shoji::encode::Rectangle;

struct Recording {
    std::FILE* file;
    Encoder encoder{};
    int width = 320;
    int height = 200;
    std::vector<std::uint32_t> pixels = std::vector<std::uint32_t>(320 * 200, 0xffffff);

    void number(std::uint32_t value) const { std::fwrite(&value, 4, 1, file); }

    void frame(std::vector<Rectangle> damage) {
        const auto messages = encoder.encode({width, height, pixels}, damage);
        number(static_cast<std::uint32_t>(messages.size()));
        for (const auto& message : messages) {
            number(static_cast<std::uint32_t>(message.size()));
            std::fwrite(message.data(), 1, message.size(), file);
        }
        std::uint32_t hash = 2166136261U;
        for (const auto pixel : pixels) hash = (hash ^ (pixel & 0xffffffU)) * 16777619U;
        number(hash);
    }
    void frame() { frame({{0, 0, width, height}}); }

    template <class Colour>
    void paint(Rectangle area, Colour colour) {
        for (int y = area.y; y < area.y + area.height; ++y)
            for (int x = area.x; x < area.x + area.width; ++x)
                pixels[static_cast<std::size_t>(y * width + x)] = colour(x, y);
    }
};

int main(int, char** arguments) {
    Recording recording{std::fopen(arguments[1], "wb")};
    std::mt19937 random(5);
    recording.frame();
    // Lines of "text": few colours.
    for (int line = 0; line < 12; ++line)
        recording.paint({8, 4 + line * 16, 300, 12}, [&](int x, int) {
            return x * 7 % 11 < 4 && random() % 3 ? 0x202020U + (random() % 6) * 0x222222U
                                                  : 0xffffffU;
        });
    recording.frame();
    // A scroll by five rows, with a new line at the bottom.
    recording.pixels.erase(recording.pixels.begin(),
                           recording.pixels.begin() + 5 * recording.width);
    recording.pixels.resize(320 * 200, 0xe0f0e0);
    recording.frame();
    recording.paint({40, 60, 48, 32},
                    [&](int x, int y) { return static_cast<std::uint32_t>(x * 5 + y * 1031); });
    recording.frame({{30, 50, 70, 60}});
    recording.paint({200, 100, 64, 64}, [](int, int) { return 0x00a000U; });
    recording.paint({10, 180, 2, 14}, [](int, int) { return 0U; });
    recording.frame({{190, 90, 80, 80}, {10, 180, 2, 14}});
    recording.width = 128;
    recording.height = 96;
    recording.pixels.assign(128 * 96, 0x334455);
    recording.frame();
    recording.paint({0, 0, 64, 48}, [&](int, int) { return random() & 0x3f3f3fU; });
    recording.frame();
    std::fclose(recording.file);
}
