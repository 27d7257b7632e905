#include "screen/compositor/canvas.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <pixman.h>

namespace shoji::compositor {
namespace {

constexpr int most_rectangles = 256;
// Where no window is: white, as an empty page.
constexpr std::uint32_t background = 0xffffffff;

struct Unreference {
    void operator()(pixman_image_t* image) const { pixman_image_unref(image); }
};
using Image = std::unique_ptr<pixman_image_t, Unreference>;

// pixman takes a pointer to non-const; it does not write into a source.
Image image_of(pixman_format_code_t format, Size size, const std::uint32_t* pixels) {
    return Image(pixman_image_create_bits_no_clear(
        format, size.width, size.height, const_cast<std::uint32_t*>(pixels), size.width * 4));
}

// Shows the surface's source rectangle over the whole of `view.device`.
void draw_view(pixman_image_t* canvas, const View& view, const Surface& surface) {
    const Pixels& pixels = surface.pixels();
    const Image image = image_of(surface.opaque() ? PIXMAN_x8r8g8b8 : PIXMAN_a8r8g8b8, pixels.size,
                                 pixels.values.data());
    if (!image) return;
    const Surface::Source source = surface.source();
    constexpr std::int64_t one = pixman_fixed_1;
    const Rectangle& to = view.device;
    const bool exact = source.width == to.width * one && source.height == to.height * one &&
                       source.x % one == 0 && source.y % one == 0;
    int from_x = static_cast<int>(source.x / one);
    int from_y = static_cast<int>(source.y / one);
    if (!exact) {
        pixman_transform_t transform{};
        pixman_transform_init_identity(&transform);
        transform.matrix[0][0] = static_cast<pixman_fixed_t>(source.width / to.width);
        transform.matrix[1][1] = static_cast<pixman_fixed_t>(source.height / to.height);
        transform.matrix[0][2] = static_cast<pixman_fixed_t>(source.x);
        transform.matrix[1][2] = static_cast<pixman_fixed_t>(source.y);
        pixman_image_set_transform(image.get(), &transform);
        pixman_image_set_filter(image.get(), PIXMAN_FILTER_BILINEAR, nullptr, 0);
        pixman_image_set_repeat(image.get(), PIXMAN_REPEAT_PAD);
        from_x = 0;
        from_y = 0;
    }
    pixman_image_composite32(surface.opaque() ? PIXMAN_OP_SRC : PIXMAN_OP_OVER, image.get(),
                             nullptr, canvas, from_x, from_y, 0, 0, to.x, to.y, to.width,
                             to.height);
}

bool drawable(const Rectangle& device) {
    const Rectangle within = bounded(device.x, device.y, device.width, device.height);
    return within == device && device.width > 0;
}

bool hides(const View& view, const Rectangle& area) {
    return view.opaque && intersection(view.device, area) == area;
}

}  // namespace

void Canvas::resize(Size size) {
    size_ = size;
    pixels_.assign(static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height),
                   background);
    const Region all(Rectangle{0, 0, size.width, size.height});
    due_ = all;
    changed_ = all;
}

void Canvas::damage(const Region& region) {
    Region inside = region;
    inside.intersect({0, 0, size_.width, size_.height});
    due_.add(inside);
    due_.simplify(most_rectangles);
    changed_.add(inside);
    changed_.simplify(most_rectangles);
}

void Canvas::draw(const Scene& scene) {
    if (due_.empty()) return;
    const Region due = std::exchange(due_, Region());
    const Image canvas = image_of(PIXMAN_x8r8g8b8, size_, pixels_.data());
    if (!canvas) return;
    pixman_image_set_clip_region32(canvas.get(), due.pixman());

    // What an opaque view hides wholly need not be drawn.
    const Rectangle area = due.extents();
    auto first = std::find_if(scene.rbegin(), scene.rend(), [&](const View& view) {
        return drawable(view.device) && hides(view, area);
    });
    if (first == scene.rend()) {
        const pixman_color_t colour{0xffff, 0xffff, 0xffff, 0xffff};
        const pixman_box32_t box{0, 0, size_.width, size_.height};
        pixman_image_fill_boxes(PIXMAN_OP_SRC, canvas.get(), &colour, 1, &box);
    }
    const auto start = first == scene.rend() ? scene.begin() : first.base() - 1;
    for (auto view = start; view != scene.end(); ++view) {
        const auto surface = view->surface.lock();
        if (surface && surface->has_content() && drawable(view->device)) {
            draw_view(canvas.get(), *view, *surface);
        }
    }
}

std::vector<Rectangle> Canvas::take_damage() {
    return std::exchange(changed_, Region()).rectangles();
}

}  // namespace shoji::compositor
