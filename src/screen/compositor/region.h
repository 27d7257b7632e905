// Sets of pixels as disjoint rectangles; and the arithmetic on rectangles that come from a client.
#pragma once

#include "screen/compositor/compositor.h"

#include <cstdint>
#include <vector>

#include <pixman.h>

namespace shoji::compositor {

// The rectangle as far as it lies within ±max_coordinate; empty (all zero) when nothing does.
// Takes any numbers.
Rectangle bounded(std::int64_t x, std::int64_t y, std::int64_t width, std::int64_t height);
Rectangle intersection(const Rectangle& a, const Rectangle& b);

class Region {
  public:
    Region();
    explicit Region(const Rectangle& rectangle);
    Region(const Region& other);
    Region(Region&& other) noexcept;
    Region& operator=(const Region& other);
    Region& operator=(Region&& other) noexcept;
    ~Region();

    // Rectangles given here lie within ±max_coordinate (see bounded()).
    void add(const Rectangle& rectangle);
    void add(const Region& other);
    void subtract(const Rectangle& rectangle);
    void intersect(const Rectangle& rectangle);
    void translate(int x, int y);
    void clear();
    // Becomes its bounding box when it has more than `limit` rectangles.
    void simplify(int limit);

    [[nodiscard]] bool empty() const;
    [[nodiscard]] int count() const;
    [[nodiscard]] Rectangle extents() const;
    [[nodiscard]] bool contains(int x, int y) const;
    [[nodiscard]] bool covers(const Rectangle& rectangle) const;
    [[nodiscard]] std::vector<Rectangle> rectangles() const;
    [[nodiscard]] pixman_region32_t* pixman() const { return &region_; }

  private:
    // pixman's reading functions take a pointer to non-const too.
    mutable pixman_region32_t region_;
};

}  // namespace shoji::compositor
