#include "screen/compositor/server.h"

#include "screen/compositor/census.h"
#include "screen/compositor/cursor_shape.h"
#include "screen/compositor/decoration.h"
#include "screen/compositor/limits.h"
#include "screen/compositor/presentation.h"
#include "screen/compositor/scaling.h"
#include "screen/compositor/toplevel.h"
#include "screen/compositor/viewport.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace shoji::compositor {
namespace {

std::chrono::nanoseconds now() {
    return std::chrono::steady_clock::now().time_since_epoch();
}

// Chromium sometimes does not read for seconds while it loads a page.
constexpr int send_buffer_bytes = 1 << 20;

}  // namespace

Server::Server(const Compositor::Options& options, Keymap jp, Keymap us, Listener& listener)
    : listener_(listener),
      size_(options.size),
      scale_(options.scale),
      canvas_(options.size),
      seat_(*this, std::move(jp), std::move(us), options.layout) {
    client_end_.listener.notify = on_client_gone;
    client_end_.server = this;
}

Server::~Server() {
    if (client_ != nullptr) wl_client_destroy(client_);
    if (display_ != nullptr) wl_display_destroy(display_);
}

base::Result<void> Server::start(base::FileDescriptor client) {
    // libwayland would print what the client does wrong, and the client chooses how often.
    wl_log_set_handler_server([](const char*, va_list) {});
    display_ = wl_display_create();
    if (display_ == nullptr) return base::fail_errno(errno, "making a Wayland display");
    offer_surfaces(*this);
    offer_subsurfaces(*this);
    offer_shared_memory(*this);
    Output::offer(*this);
    XdgOutputs::offer(*this);
    Seat::offer(*this);
    offer_shell(*this);
    offer_decoration(*this);
    offer_viewports(*this);
    FractionalScales::offer(*this);
    offer_cursor_shapes(*this);
    TextInputs::offer(*this);
    offer_presentation(*this);
    DataDevices::offer(*this);

    const int socket = client.get();
    // As much as the system gives; libwayland needs the descriptor not to block.
    ::setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &send_buffer_bytes, sizeof send_buffer_bytes);
    socklen_t length = sizeof send_buffer_;
    if (::getsockopt(socket, SOL_SOCKET, SO_SNDBUF, &send_buffer_, &length) != 0) {
        return base::fail_errno(errno, "preparing the client's socket");
    }
    const int flags = ::fcntl(socket, F_GETFL);
    if (flags < 0 || ::fcntl(socket, F_SETFL, flags | O_NONBLOCK) != 0) {
        return base::fail_errno(errno, "preparing the client's socket");
    }
    client_ = wl_client_create(display_, socket);
    if (client_ == nullptr) return base::fail_errno(errno, "taking the client's socket");
    static_cast<void>(client.release());
    take_census(client_);
    wl_client_add_destroy_listener(client_, &client_end_.listener);
    return {};
}

void Server::on_client_gone(wl_listener* listener, void* /*client*/) {
    reinterpret_cast<ClientEnd*>(listener)->server->client_ = nullptr;
}

void Server::offer(const wl_interface& interface, int version, wl_global_bind_func_t bind) {
    wl_global_create(display_, &interface, version, this, bind);
}

int Server::descriptor() const {
    return wl_event_loop_get_fd(wl_display_get_event_loop(display_));
}

void Server::dispatch() {
    wl_event_loop_dispatch(wl_display_get_event_loop(display_), 0);
    seat_.pointer().refresh();
    settle();
}

void Server::settle() {
    if (std::exchange(settling_, true)) return;
    update_scene();
    serve_frames();
    flush();
    update_scene();  // the client may be gone now, and its windows with it
    report();
    settling_ = false;
}

void Server::update_scene() {
    // Telling windows that they are active, and popups that they are not, changes the scene no
    // further.
    if (!std::exchange(scene_changed_, false)) return;
    Scene next = build_scene(*this);
    canvas_.damage(difference(scene_, next));
    scene_ = std::move(next);
    collect_damage();
    windows_.activate_top();
    update_focus();
    seat_.pointer().refresh();
}

void Server::collect_damage() {
    for (const View& view : scene_) {
        const auto surface = view.surface.lock();
        if (!surface) continue;
        Region damage = surface->take_damage();
        if (damage.empty()) continue;
        const Size pixels = surface->pixels().size;
        const bool exact = !surface->viewport().source && pixels.width == view.device.width &&
                           pixels.height == view.device.height;
        if (exact) {
            damage.translate(view.device.x, view.device.y);
        } else {
            // Scaling spreads a pixel; a surface that is scaled is rare or soon redrawn.
            damage = Region(
                bounded(view.device.x, view.device.y, view.device.width, view.device.height));
        }
        canvas_.damage(damage);
    }
}

void Server::update_focus() {
    std::shared_ptr<Surface> focus;
    for (const auto& popup : popups_.living()) {
        const auto surface = popup->grabs() ? popup->shown_surface() : nullptr;
        if (surface) focus = surface;
    }
    const auto window = windows_.top();
    if (!focus && window) focus = window->shown_surface();
    seat_.keyboard().set_focus(focus);
    text_inputs_.set_focus(focus);
}

void Server::serve_frames() {
    if (!frames_allowed_) return;
    const auto time = now();
    for (const View& view : scene_) {
        const auto surface = view.surface.lock();
        if (surface && surface->awaits_frame() && time - surface->last_frame() >= frame_interval_) {
            surface->send_frame(time);
        }
    }
}

int Server::timeout() const {
    if (!frames_allowed_) return -1;
    std::optional<std::chrono::nanoseconds> next;
    for (const View& view : scene_) {
        const auto surface = view.surface.lock();
        if (!surface || !surface->awaits_frame()) continue;
        const auto due = surface->last_frame() + frame_interval_;
        next = next ? std::min(*next, due) : due;
    }
    if (!next) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - now()).count();
    return static_cast<int>(std::max<std::int64_t>(left, 0));
}

Picture Server::picture() {
    canvas_.draw(scene_);
    return canvas_.picture();
}

std::vector<Rectangle> Server::take_damage() {
    return canvas_.take_damage();
}

void Server::allow_frames(bool allowed) {
    frames_allowed_ = allowed;
    settle();
}

void Server::pace_frames(std::chrono::nanoseconds interval) {
    frame_interval_ = std::max(interval, least_frame_interval);
    settle();
}

void Server::resize(Size size, int scale) {
    if (size == size_ && scale == scale_) return;
    size_ = size;
    scale_ = scale;
    canvas_.resize(size);
    if (client_ != nullptr) {
        xdg_outputs_.tell(size, scale);
        output_.tell(size, scale);
        fractional_scales_.tell(scale);
        for (const auto& window : windows_.all()) window->configure_if_started();
    }
    scene_changed_ = true;
    settle();
}

void Server::close_window() {
    if (const auto window = windows_.top()) window->close();
    settle();
}

void Server::dismiss_popups() {
    auto all = popups_.living();
    std::reverse(all.begin(), all.end());
    for (const auto& popup : all) popup->dismiss();
}

std::uint32_t Server::milliseconds() const {
    return static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(now()).count());
}

int Server::unread_bytes() const {
    int unread = 0;
    if (client_ == nullptr || ::ioctl(wl_client_get_fd(client_), SIOCOUTQ, &unread) != 0) return 0;
    return unread;
}

bool Server::congested() const {
    return unread_bytes() > send_buffer_ / 4;
}

bool Server::reserve_pixels(std::size_t count) {
    const auto picture =
        static_cast<std::size_t>(size_.width) * static_cast<std::size_t>(size_.height);
    const std::size_t most = surface_budget_pictures * picture + surface_budget_pixels;
    if (count > most || reserved_pixels_ > most - count) return false;
    reserved_pixels_ += count;
    return true;
}

void Server::flush() {
    if (client_ == nullptr) return;
    wl_display_flush_clients(display_);
    if (client_ == nullptr) return;
    // What does not fit into the socket any more is lost: the client does not read.
    if (unread_bytes() > send_buffer_ / 4 * 3) wl_client_destroy(client_);
}

void Server::report() {
    if (canvas_.has_damage()) listener_.on_damage();
    if (std::exchange(told_cursor_, cursor_) != cursor_) listener_.on_cursor(cursor_);
    report_text_input();
    const auto window = windows_.top();
    const int count = windows_.count();
    const bool full_screen = window && window->page_is_full_screen();
    if (count != told_windows_ || full_screen != told_full_screen_) {
        told_windows_ = count;
        told_full_screen_ = full_screen;
        listener_.on_windows(count, full_screen);
    }
    if (client_ == nullptr && !std::exchange(told_gone_, true)) listener_.on_client_gone();
}

void Server::report_text_input() {
    const auto input = text_inputs_.active();
    const bool enabled = input != nullptr;
    const std::uint8_t purpose = enabled ? input->state().purpose : std::uint8_t{0};
    if (std::exchange(field_changed_, false) || enabled != told_enabled_ ||
        purpose != told_purpose_) {
        told_enabled_ = enabled;
        told_purpose_ = purpose;
        listener_.on_text_input(enabled, purpose);
    }
    // No caret has been told before it has a width.
    if (!enabled || input->state().caret.width == 0) return;
    const Rectangle caret = caret_of(*input);
    if (caret == told_caret_) return;
    told_caret_ = caret;
    listener_.on_caret(caret);
}

Rectangle Server::caret_of(const TextInput& input) const {
    const auto focus = text_inputs_.focus();
    Position at;
    for (const View& view : scene_) {
        if (focus && view.id == focus->id()) at = view.logical;
    }
    const Rectangle& caret = input.state().caret;
    const int left = std::clamp(to_device(caret.x + at.x, scale_), 0, size_.width - 1);
    const int top = std::clamp(to_device(caret.y + at.y, scale_), 0, size_.height - 1);
    const int right =
        std::clamp(to_device(caret.x + caret.width + at.x, scale_), left + 1, size_.width);
    const int bottom =
        std::clamp(to_device(caret.y + caret.height + at.y, scale_), top + 1, size_.height);
    return {left, top, right - left, bottom - top};
}

}  // namespace shoji::compositor
