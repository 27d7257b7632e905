#include "screen/compositor/surface_state.h"

#include "screen/compositor/limits.h"

#include <iterator>
#include <utility>

namespace shoji::compositor {

void SurfaceState::absorb(SurfaceState& later) {
    if (later.attached) {
        // A buffer that never gets shown goes back to the client.
        if (const auto unused = buffer.lock();
            attached && unused && unused != later.buffer.lock()) {
            unused->release();
        }
        attached = true;
        has_buffer = later.has_buffer;
        buffer = std::exchange(later.buffer, {});
        later.attached = false;
    }
    surface_damage.add(later.surface_damage);
    surface_damage.simplify(max_damage_rectangles);
    buffer_damage.add(later.buffer_damage);
    buffer_damage.simplify(max_damage_rectangles);
    later.surface_damage.clear();
    later.buffer_damage.clear();
    std::move(later.frames.begin(), later.frames.end(), std::back_inserter(frames));
    later.frames.clear();
    std::move(later.feedback.begin(), later.feedback.end(), std::back_inserter(feedback));
    later.feedback.clear();
    buffer_scale = later.buffer_scale;
    viewport = later.viewport;
    opaque = later.opaque;
    input = later.input;
}

}  // namespace shoji::compositor
