#include "screen/compositor/region.h"

#include "screen/compositor/limits.h"

#include <algorithm>

namespace shoji::compositor {
namespace {

unsigned as_unsigned(int value) {
    return static_cast<unsigned>(std::max(value, 0));
}

}  // namespace

Rectangle bounded(std::int64_t x, std::int64_t y, std::int64_t width, std::int64_t height) {
    constexpr std::int64_t limit = max_coordinate;
    if (width <= 0 || height <= 0) return {};
    if (x >= limit || y >= limit) return {};
    constexpr std::int64_t far = std::int64_t{1} << 40;
    const auto left = std::clamp(x, -limit, limit);
    const auto top = std::clamp(y, -limit, limit);
    const auto right = std::clamp(std::max(x, -far) + std::min(width, far), -limit, limit);
    const auto bottom = std::clamp(std::max(y, -far) + std::min(height, far), -limit, limit);
    if (right <= left || bottom <= top) return {};
    return {static_cast<int>(left), static_cast<int>(top), static_cast<int>(right - left),
            static_cast<int>(bottom - top)};
}

Rectangle intersection(const Rectangle& a, const Rectangle& b) {
    const int left = std::max(a.x, b.x);
    const int top = std::max(a.y, b.y);
    const int right = std::min(a.x + a.width, b.x + b.width);
    const int bottom = std::min(a.y + a.height, b.y + b.height);
    if (right <= left || bottom <= top) return {};
    return {left, top, right - left, bottom - top};
}

Region::Region() {
    pixman_region32_init(&region_);
}
Region::Region(const Rectangle& rectangle) : Region() {
    add(rectangle);
}
Region::Region(const Region& other) : Region() {
    pixman_region32_copy(&region_, other.pixman());
}
Region::Region(Region&& other) noexcept : region_(other.region_) {
    pixman_region32_init(&other.region_);
}
Region& Region::operator=(const Region& other) {
    if (this != &other) pixman_region32_copy(&region_, other.pixman());
    return *this;
}
Region& Region::operator=(Region&& other) noexcept {
    if (this != &other) {
        pixman_region32_fini(&region_);
        region_ = other.region_;
        pixman_region32_init(&other.region_);
    }
    return *this;
}
Region::~Region() {
    pixman_region32_fini(&region_);
}

void Region::add(const Rectangle& rectangle) {
    if (rectangle.width <= 0 || rectangle.height <= 0) return;
    pixman_region32_union_rect(&region_, &region_, rectangle.x, rectangle.y,
                               as_unsigned(rectangle.width), as_unsigned(rectangle.height));
}

void Region::add(const Region& other) {
    pixman_region32_union(&region_, &region_, other.pixman());
}

void Region::subtract(const Rectangle& rectangle) {
    const Region other(rectangle);
    pixman_region32_subtract(&region_, &region_, other.pixman());
}

void Region::intersect(const Rectangle& rectangle) {
    pixman_region32_intersect_rect(&region_, &region_, rectangle.x, rectangle.y,
                                   as_unsigned(rectangle.width), as_unsigned(rectangle.height));
}

void Region::translate(int x, int y) {
    pixman_region32_translate(&region_, x, y);
}
void Region::clear() {
    pixman_region32_clear(&region_);
}

void Region::simplify(int limit) {
    if (count() <= limit) return;
    const Rectangle box = extents();
    clear();
    add(box);
}

bool Region::empty() const {
    return pixman_region32_not_empty(&region_) == 0;
}
int Region::count() const {
    return pixman_region32_n_rects(&region_);
}

Rectangle Region::extents() const {
    const pixman_box32_t* box = pixman_region32_extents(&region_);
    return {box->x1, box->y1, box->x2 - box->x1, box->y2 - box->y1};
}

bool Region::contains(int x, int y) const {
    return pixman_region32_contains_point(&region_, x, y, nullptr) != 0;
}

bool Region::covers(const Rectangle& rectangle) const {
    pixman_box32_t box{rectangle.x, rectangle.y, rectangle.x + rectangle.width,
                       rectangle.y + rectangle.height};
    return pixman_region32_contains_rectangle(&region_, &box) == PIXMAN_REGION_IN;
}

std::vector<Rectangle> Region::rectangles() const {
    int number = 0;
    const pixman_box32_t* boxes = pixman_region32_rectangles(&region_, &number);
    std::vector<Rectangle> all;
    all.reserve(static_cast<std::size_t>(number));
    for (int i = 0; i < number; ++i) {
        all.push_back(
            {boxes[i].x1, boxes[i].y1, boxes[i].x2 - boxes[i].x1, boxes[i].y2 - boxes[i].y1});
    }
    return all;
}

}  // namespace shoji::compositor
