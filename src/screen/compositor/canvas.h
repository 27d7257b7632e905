// The composed picture.
#pragma once

#include "screen/compositor/scene.h"

#include <cstdint>
#include <vector>

namespace shoji::compositor {

class Canvas {
  public:
    explicit Canvas(Size size) { resize(size); }
    // Everything is due afterwards.
    void resize(Size size);
    // Device pixels that have to be drawn again.
    void damage(const Region& region);
    [[nodiscard]] bool has_damage() const { return !changed_.empty(); }
    // Draws what is due.
    void draw(const Scene& scene);
    [[nodiscard]] Picture picture() const { return {size_, pixels_}; }
    // What was damaged since the last call.
    std::vector<Rectangle> take_damage();

  private:
    Size size_;
    std::vector<std::uint32_t> pixels_;
    Region due_;      // not drawn yet
    Region changed_;  // not taken yet
};

}  // namespace shoji::compositor
