// What a client sets on a surface between two commits (wl_surface: "double-buffered state").
#pragma once

#include "screen/compositor/region.h"
#include "screen/compositor/shared_memory.h"

#include <memory>
#include <optional>
#include <vector>

namespace shoji::compositor {

class PresentationFeedback;

// wp_viewport's values; the source is in buffer pixels after buffer_scale, 24.8 fixed point.
struct ViewportState {
    struct Source {
        wl_fixed_t x = 0;
        wl_fixed_t y = 0;
        wl_fixed_t width = 0;
        wl_fixed_t height = 0;
        friend bool operator==(const Source&, const Source&) = default;
    };
    std::optional<Source> source;
    std::optional<Size> destination;
    friend bool operator==(const ViewportState&, const ViewportState&) = default;
};

class FrameCallback : public Object {};

struct SurfaceState {
    bool attached = false;  // `buffer` was set since the last commit
    std::weak_ptr<Buffer> buffer;
    bool has_buffer = false;  // false: the surface loses its content
    Region surface_damage;    // in surface coordinates
    Region buffer_damage;     // in buffer pixels
    std::vector<std::shared_ptr<FrameCallback>> frames;
    std::vector<std::shared_ptr<PresentationFeedback>> feedback;

    // These stay as they are until set anew.
    int buffer_scale = 1;
    ViewportState viewport;
    Region opaque;                // in surface coordinates
    std::optional<Region> input;  // nullopt: everywhere

    // Takes over what a later commit set; `later` keeps only what stays.
    void absorb(SurfaceState& later);
};

}  // namespace shoji::compositor
