#include "screen/compositor/surface.h"

#include "screen/compositor/limits.h"
#include "screen/compositor/presentation.h"
#include "screen/compositor/server.h"
#include "screen/compositor/subsurface.h"
#include "viewporter-server-protocol.h"

#include <algorithm>
#include <utility>

#include <wayland-server-protocol.h>

namespace shoji::compositor {
namespace {

std::size_t count_of(Size size) {
    return static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
}

void discard(std::vector<std::shared_ptr<FrameCallback>>& frames) {
    for (const auto& frame : std::exchange(frames, {})) {
        if (frame->resource() != nullptr) wl_resource_destroy(frame->resource());
    }
}

void discard(std::vector<std::shared_ptr<PresentationFeedback>>& feedback) {
    for (const auto& one : std::exchange(feedback, {})) one->discard();
}

// Where [from, from + length) of `extent` surface pixels lies in the source, rounded outwards by
// one pixel more, because scaling blends neighbours.
struct Span {
    std::int64_t from;
    std::int64_t length;
};
Span project(Span span, int extent, std::int64_t source_from, std::int64_t source_length) {
    constexpr std::int64_t one = 1 << 16;
    if (source_length == extent * one && source_from % one == 0) {
        return {span.from + source_from / one, span.length};
    }
    const auto from = (source_from + span.from * source_length / extent) / one - 1;
    const auto end = span.from + span.length;
    const auto to = (source_from + (end * source_length + extent - 1) / extent + one - 1) / one + 1;
    return {from, to - from};
}

}  // namespace

Surface::Surface(Server& server) : server_(server), id_(server.next_surface_id()) {}

void Surface::destroyed() {
    drop_content();
    for (SurfaceState* state : {&pending_, &cached_, &current_}) {
        discard(state->frames);
        discard(state->feedback);
    }
    server_.scene_changed();
}

bool Surface::take_role(RoleKind kind, const std::shared_ptr<Role>& role) {
    const auto present = role_.lock();
    if (present && present != role) return false;
    if (role_kind_ != RoleKind::none && role_kind_ != kind) return false;
    role_kind_ = kind;
    role_ = role;
    return true;
}

void Surface::commit() {
    const auto role = role_.lock();
    if (role && !role->may_commit(pending_)) return;
    if (role_kind_ == RoleKind::subsurface) {
        const auto subsurface = std::dynamic_pointer_cast<Subsurface>(role);
        if (subsurface && subsurface->synchronised()) {
            cached_.absorb(pending_);
            has_cached_ = true;
            return;
        }
    }
    if (has_cached_) {
        cached_.absorb(pending_);
        apply_cached();
    } else {
        apply(pending_);
    }
}

void Surface::apply_cached() {
    if (!std::exchange(has_cached_, false)) return;
    apply(cached_);
}

void Surface::apply(SurfaceState& state) {
    if (state.attached) discard(current_.feedback);
    const bool viewport_changed = state.viewport != current_.viewport;
    current_.absorb(state);
    if (!update_content()) return;
    if (viewport_changed && pixels_) damage_.add({0, 0, pixels_->size.width, pixels_->size.height});
    current_.attached = false;
    current_.buffer.reset();
    current_.surface_damage.clear();
    current_.buffer_damage.clear();
    take_over_subsurfaces();
    if (const auto role = role_.lock()) role->committed();
    server_.scene_changed();
}

void Surface::take_over_subsurfaces() {
    order_ = pending_order_;
    const auto layers = order_;
    for (const Layer& layer : layers) {
        if (const auto subsurface = layer.subsurface.lock()) subsurface->parent_committed();
    }
}

bool Surface::update_content() {
    const auto buffer = current_.attached ? current_.buffer.lock() : nullptr;
    if (current_.attached && !current_.has_buffer) {
        drop_content();
        return true;
    }
    if (!buffer && !pixels_) return true;
    if (!update_size(buffer ? buffer->size() : pixels_->size)) return false;
    if (buffer && !copy_from(*buffer)) return false;
    opaque_ = pixels_->opaque || current_.opaque.covers({0, 0, size_.width, size_.height});
    return true;
}

void Surface::drop_content() {
    if (pixels_) server_.return_pixels(pixels_->values.size());
    pixels_.reset();
    size_ = {};
    opaque_ = false;
    damage_.clear();
}

bool Surface::copy_from(Buffer& buffer) {
    const Size size = buffer.size();
    const Rectangle all{0, 0, size.width, size.height};
    Region changed;
    if (pixels_ && pixels_->size == size && pixels_->opaque == buffer.opaque()) {
        changed = damaged_pixels(size);
    } else {
        drop_content();
        if (!server_.reserve_pixels(count_of(size))) {
            wl_client_post_no_memory(wl_resource_get_client(resource()));
            return false;
        }
        pixels_ = Pixels{size, buffer.opaque(), std::vector<std::uint32_t>(count_of(size))};
        changed.add(all);
        if (!update_size(size)) return false;
    }
    if (!buffer.read(changed, *pixels_)) return false;
    buffer.release();
    damage_.add(changed);
    damage_.simplify(max_damage_rectangles);
    return true;
}

bool Surface::refuse_viewport(std::uint32_t code, const char* why) {
    const auto viewport = viewport_object.lock();
    wl_resource* at = viewport ? viewport->resource() : nullptr;
    wl_resource_post_error(at != nullptr ? at : resource(), code, "%s", why);
    return false;
}

bool Surface::update_size(Size buffer) {
    const int scale = current_.buffer_scale;
    const Size whole{buffer.width / scale, buffer.height / scale};
    const auto& [source, destination] = current_.viewport;
    size_ = whole;
    if (source) {
        const auto right = std::int64_t{source->x} + source->width;
        const auto bottom = std::int64_t{source->y} + source->height;
        if (right > std::int64_t{whole.width} * 256 || bottom > std::int64_t{whole.height} * 256) {
            return refuse_viewport(WP_VIEWPORT_ERROR_OUT_OF_BUFFER, "source outside the buffer");
        }
        if (!destination && (source->width % 256 != 0 || source->height % 256 != 0)) {
            return refuse_viewport(WP_VIEWPORT_ERROR_BAD_SIZE, "a size must be whole");
        }
        size_ = {source->width / 256, source->height / 256};
    }
    if (destination) size_ = *destination;
    if (size_.width < 1 || size_.height < 1) {
        wl_resource_post_error(resource(), WL_SURFACE_ERROR_INVALID_SCALE, "an empty surface");
        return false;
    }
    return true;
}

Surface::Source Surface::source() const {
    const auto& source = current_.viewport.source;
    if (!source) {
        return {0, 0, std::int64_t{pixels_->size.width} << 16U,
                std::int64_t{pixels_->size.height} << 16U};
    }
    const std::int64_t factor = std::int64_t{current_.buffer_scale} * 256;
    return {source->x * factor, source->y * factor, source->width * factor,
            source->height * factor};
}

Region Surface::damaged_pixels(Size buffer) const {
    const Rectangle all{0, 0, buffer.width, buffer.height};
    Region damage = current_.buffer_damage;
    const Source from = source();
    for (const Rectangle& rectangle : current_.surface_damage.rectangles()) {
        const auto inside = intersection(rectangle, {0, 0, size_.width, size_.height});
        if (inside.width == 0) continue;
        const Span x = project({inside.x, inside.width}, size_.width, from.x, from.width);
        const Span y = project({inside.y, inside.height}, size_.height, from.y, from.height);
        damage.add(bounded(x.from, y.from, x.length, y.length));
    }
    damage.intersect(all);
    damage.simplify(max_damage_rectangles);
    return damage;
}

bool Surface::takes_input_at(double x, double y) const {
    if (x < 0 || y < 0 || x >= size_.width || y >= size_.height) return false;
    return !current_.input || current_.input->contains(static_cast<int>(x), static_cast<int>(y));
}

Region Surface::take_damage() {
    return std::exchange(damage_, Region());
}

void Surface::send_frame(std::chrono::nanoseconds now) {
    last_frame_ = now;
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    for (const auto& frame : current_.frames) {
        if (frame->resource() == nullptr) continue;
        wl_callback_send_done(frame->resource(), static_cast<std::uint32_t>(milliseconds));
    }
    discard(current_.frames);
    for (const auto& one : std::exchange(current_.feedback, {})) one->present(now);
}

void Surface::add_subsurface(const std::shared_ptr<Subsurface>& subsurface) {
    pending_order_.push_back({subsurface, false});
}

void Surface::remove_subsurface(const Subsurface& subsurface) {
    for (auto* layers : {&order_, &pending_order_}) {
        std::erase_if(*layers, [&](const Layer& layer) {
            return !layer.is_self &&
                   (layer.subsurface.expired() || layer.subsurface.lock().get() == &subsurface);
        });
    }
}

bool Surface::restack(const std::shared_ptr<Subsurface>& subsurface, const Subsurface* sibling,
                      bool above) {
    std::vector<Layer> rest;
    std::ptrdiff_t at = -1;
    for (const Layer& layer : pending_order_) {
        const auto child = layer.subsurface.lock();
        if (child == subsurface) continue;
        if (layer.is_self ? sibling == nullptr : child && child.get() == sibling) {
            at = std::ssize(rest);
        }
        rest.push_back(layer);
    }
    if (at < 0) return false;
    rest.insert(rest.begin() + at + (above ? 1 : 0), {subsurface, false});
    pending_order_ = std::move(rest);
    return true;
}

}  // namespace shoji::compositor
