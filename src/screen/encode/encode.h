// Frames to differences and back. Pure: pictures in, wire frames out.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace shoji::encode {

struct Rectangle {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;
};

struct Image {  // XRGB8888, X undefined, rows without padding
    int width = 0;
    int height = 0;
    std::span<const std::uint32_t> pixels;
};

// One viewer connection's sending half: it keeps the last frame sent and the one zstd stream.
class Encoder {
  public:
    Encoder();
    Encoder(const Encoder&) = delete;
    Encoder& operator=(const Encoder&) = delete;
    ~Encoder();

    // The messages (docs/wire.md, frame) that turn the last frame sent into `image`. Only pixels
    // inside `damage` can differ from the last image given; empty when nothing really changed. The
    // first call, and any with another size than before, sends the whole picture.
    std::vector<std::vector<std::uint8_t>> encode(const Image& image,
                                                  std::span<const Rectangle> damage);
    // Of the last frame that encode() made; 0 before the first.
    [[nodiscard]] std::uint32_t serial() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace shoji::encode
