// wl_surface: a rectangle of pixels that the client draws, with the role that it plays.
#pragma once

#include "screen/compositor/resource.h"
#include "screen/compositor/surface_state.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace shoji::compositor {

class Server;
class Subsurface;
class Surface;

// A role is for life; its object may come and go.
enum class RoleKind : std::uint8_t { none, toplevel, popup, subsurface, cursor, drag_icon };

class Role {
  public:
    virtual ~Role() = default;
    // Before a commit takes effect. False: it breaks the role's rules, and an error was posted.
    virtual bool may_commit(const SurfaceState& pending) = 0;
    // After a commit has taken effect.
    virtual void committed() = 0;
};

class Surface : public Object {
  public:
    explicit Surface(Server& server);

    // Identifies it for as long as the server runs; never reused.
    [[nodiscard]] std::uint64_t id() const { return id_; }
    [[nodiscard]] Server& server() const { return server_; }
    [[nodiscard]] bool has_content() const { return pixels_.has_value(); }
    [[nodiscard]] const Pixels& pixels() const { return *pixels_; }  // when has_content()
    [[nodiscard]] Size size() const { return size_; }                // logical
    [[nodiscard]] bool opaque() const { return opaque_; }            // as a whole
    [[nodiscard]] const ViewportState& viewport() const { return current_.viewport; }
    // The part of pixels() that is shown, in 16.16 fixed point: x, y, width, height.
    struct Source {
        std::int64_t x, y, width, height;
    };
    [[nodiscard]] Source source() const;
    // Surface coordinates.
    [[nodiscard]] bool takes_input_at(double x, double y) const;

    // False when it has another role, or the same one in another living object.
    bool take_role(RoleKind kind, const std::shared_ptr<Role>& role);
    // An xdg_surface takes the place of the role's object before it is known which role.
    void reserve_role(const std::shared_ptr<Role>& role) { role_ = role; }
    [[nodiscard]] RoleKind role_kind() const { return role_kind_; }
    [[nodiscard]] std::shared_ptr<Role> role() const { return role_.lock(); }

    // What changed in pixels() since the last call, in buffer pixels.
    Region take_damage();
    // What the client waits for before it draws again.
    [[nodiscard]] bool awaits_frame() const { return !current_.frames.empty(); }
    void send_frame(std::chrono::nanoseconds now);
    [[nodiscard]] std::chrono::nanoseconds last_frame() const { return last_frame_; }

    // Requests of wl_surface, and of its extensions.
    [[nodiscard]] SurfaceState& pending() { return pending_; }
    void commit();
    // The parent's commit has taken effect: so does what a synchronised subsurface committed.
    void apply_cached();
    // At most one of each at a time.
    std::weak_ptr<Object> viewport_object;
    std::weak_ptr<Object> fractional_scale_object;

    // This surface and its subsurfaces, from the lowest to the highest.
    struct Layer {
        std::weak_ptr<Subsurface> subsurface;
        bool is_self = false;
    };
    [[nodiscard]] const std::vector<Layer>& order() const { return order_; }
    void add_subsurface(const std::shared_ptr<Subsurface>& subsurface);
    void remove_subsurface(const Subsurface& subsurface);
    // Puts it right above or below `sibling`, which is null for this surface itself. False when
    // the sibling is none.
    bool restack(const std::shared_ptr<Subsurface>& subsurface, const Subsurface* sibling,
                 bool above);

  protected:
    void destroyed() override;

  private:
    void apply(SurfaceState& state);
    bool update_content();
    bool copy_from(Buffer& buffer);
    bool update_size(Size buffer);
    bool refuse_viewport(std::uint32_t code, const char* why);
    [[nodiscard]] Region damaged_pixels(Size buffer) const;
    void take_over_subsurfaces();
    void drop_content();

    Server& server_;
    const std::uint64_t id_;
    SurfaceState pending_;
    SurfaceState cached_;  // of a synchronised subsurface
    bool has_cached_ = false;
    SurfaceState current_;

    std::optional<Pixels> pixels_;
    Size size_;
    bool opaque_ = false;
    Region damage_;
    std::chrono::nanoseconds last_frame_{0};

    RoleKind role_kind_ = RoleKind::none;
    std::weak_ptr<Role> role_;

    std::vector<Layer> order_{{{}, true}};
    std::vector<Layer> pending_order_{{{}, true}};
};

void offer_surfaces(Server& server);  // wl_compositor

}  // namespace shoji::compositor
