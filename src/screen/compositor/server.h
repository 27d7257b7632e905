// What the protocol objects share: the display with its one client, the output, the seat, the
// windows, and the picture that comes of them.
#pragma once

#include "screen/compositor/canvas.h"
#include "screen/compositor/compositor.h"
#include "screen/compositor/data_device.h"
#include "screen/compositor/fractional_scale.h"
#include "screen/compositor/output.h"
#include "screen/compositor/popup.h"
#include "screen/compositor/seat.h"
#include "screen/compositor/text_input.h"
#include "screen/compositor/windows.h"
#include "screen/compositor/xdg_output.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include <wayland-server-core.h>

namespace shoji::compositor {

// 60 pictures a second; the limit is a little under that interval, so that a client that keeps the
// pace itself is never made to wait.
constexpr std::chrono::nanoseconds refresh_interval{16'666'667};
constexpr std::chrono::nanoseconds least_frame_interval{16'000'000};

class Server {
  public:
    Server(const Compositor::Options& options, Keymap jp, Keymap us, Listener& listener);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

    base::Result<void> start(base::FileDescriptor client);

    // For the owner's calls.
    [[nodiscard]] int descriptor() const;
    void dispatch();
    [[nodiscard]] int timeout() const;
    [[nodiscard]] Picture picture();
    std::vector<Rectangle> take_damage();
    void allow_frames(bool allowed);
    void pace_frames(std::chrono::nanoseconds interval);
    void resize(Size size, int scale);
    void close_window();
    // Ends every call that may have changed something: brings the picture, the focus and the
    // listener up to date and sends what waits.
    void settle();

    // For the protocol objects.
    void offer(const wl_interface& interface, int version, wl_global_bind_func_t bind);
    [[nodiscard]] std::uint32_t next_serial() { return wl_display_next_serial(display_); }
    [[nodiscard]] std::uint64_t next_surface_id() { return ++last_surface_id_; }
    [[nodiscard]] std::uint32_t milliseconds() const;   // for input events
    [[nodiscard]] Size size() const { return size_; }   // device pixels
    [[nodiscard]] int scale() const { return scale_; }  // 1/120
    [[nodiscard]] Output& output() { return output_; }
    [[nodiscard]] XdgOutputs& xdg_outputs() { return xdg_outputs_; }
    [[nodiscard]] FractionalScales& fractional_scales() { return fractional_scales_; }
    [[nodiscard]] Seat& seat() { return seat_; }
    [[nodiscard]] DataDevices& data_devices() { return data_devices_; }
    [[nodiscard]] TextInputs& text_inputs() { return text_inputs_; }
    [[nodiscard]] Windows& windows() { return windows_; }
    [[nodiscard]] const Windows& windows() const { return windows_; }
    [[nodiscard]] WeakList<Popup>& popups() { return popups_; }
    [[nodiscard]] const WeakList<Popup>& popups() const { return popups_; }
    [[nodiscard]] const Scene& scene() const { return scene_; }
    void scene_changed() { scene_changed_ = true; }
    void set_cursor(std::uint8_t shape) { cursor_ = shape; }
    // Another field of the page takes text now.
    void field_changed() { field_changed_ = true; }
    void dismiss_popups();
    // The client is behind in reading: motion can wait, and new input is better lost than piled up.
    [[nodiscard]] bool congested() const;
    // Room for a surface's copy of its pixels; false when the client has too much already.
    [[nodiscard]] bool reserve_pixels(std::size_t count);
    void return_pixels(std::size_t count) { reserved_pixels_ -= count; }

  private:
    struct ClientEnd {
        wl_listener listener{};  // first: it is cast back to the whole
        Server* server = nullptr;
    };
    static void on_client_gone(wl_listener* listener, void* client);

    // Counted as the kernel counts them: with its own overhead for each piece sent.
    [[nodiscard]] int unread_bytes() const;
    void update_scene();
    void collect_damage();
    void update_focus();
    void serve_frames();
    void report();
    void report_text_input();
    void flush();
    [[nodiscard]] Rectangle caret_of(const TextInput& input) const;

    Listener& listener_;
    Size size_;
    int scale_;
    wl_display* display_ = nullptr;
    wl_client* client_ = nullptr;
    ClientEnd client_end_;
    int send_buffer_ = 0;  // of the client's socket, in bytes

    Canvas canvas_;
    Scene scene_;
    bool scene_changed_ = false;
    std::uint64_t last_surface_id_ = 0;
    std::size_t reserved_pixels_ = 0;
    bool frames_allowed_ = true;
    std::chrono::nanoseconds frame_interval_ = least_frame_interval;

    Output output_;
    XdgOutputs xdg_outputs_;
    FractionalScales fractional_scales_;
    Windows windows_;
    WeakList<Popup> popups_;
    TextInputs text_inputs_;
    DataDevices data_devices_{*this};
    Seat seat_;

    // What the listener was told last, and what is true now.
    std::uint8_t cursor_ = 1;
    std::uint8_t told_cursor_ = 1;
    bool field_changed_ = false;
    bool told_enabled_ = false;
    std::uint8_t told_purpose_ = 0;
    Rectangle told_caret_;
    int told_windows_ = 0;
    bool told_full_screen_ = false;
    bool told_gone_ = false;
    bool settling_ = false;
};

class ServerObject : public Object {
  public:
    explicit ServerObject(Server& owner) : server(owner) {}
    Server& server;
};

}  // namespace shoji::compositor
