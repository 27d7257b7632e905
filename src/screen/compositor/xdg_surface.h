// xdg_surface: what windows and popups have in common — the hand-shake of sizes, the geometry, and
// when they are shown.
#pragma once

#include "screen/compositor/resource.h"
#include "screen/compositor/surface.h"

#include <cstdint>
#include <memory>
#include <optional>

namespace shoji::compositor {

// The window or popup on an xdg_surface.
class XdgRole {
  public:
    virtual ~XdgRole() = default;
    // Tells its place and size; followed by xdg_surface.configure.
    virtual void send_configure() = 0;
    // The client has taken the newest of what it was told.
    virtual void acknowledged() {}
    virtual void mapped() = 0;
    virtual void unmapped() = 0;
    [[nodiscard]] virtual RoleKind kind() const = 0;
};

class XdgSurface : public Object, public Role {
  public:
    explicit XdgSurface(const std::shared_ptr<Surface>& surface)
        : server_(surface->server()), surface_(surface) {}

    [[nodiscard]] std::shared_ptr<Surface> surface() const { return surface_.lock(); }
    [[nodiscard]] Server& server() const { return server_; }
    [[nodiscard]] bool is_mapped() const { return mapped_; }
    // The part of the surface that counts as the window, without shadows; logical.
    [[nodiscard]] Rectangle geometry() const;
    [[nodiscard]] std::shared_ptr<XdgRole> window() const { return window_.lock(); }

    // False when the surface has another role already.
    bool take(const std::shared_ptr<XdgRole>& window);
    void window_destroyed();

    // Sends the role's configure and a serial, once the client has made its initial commit.
    void configure();
    [[nodiscard]] bool started() const { return started_; }
    void acknowledge(std::uint32_t serial);
    void set_geometry(const Rectangle& geometry) { pending_geometry_ = geometry; }
    [[nodiscard]] bool has_window() const { return !window_.expired(); }

    bool may_commit(const SurfaceState& pending) override;
    void committed() override;

  protected:
    void destroyed() override;

  private:
    void unmap();

    Server& server_;
    std::weak_ptr<Surface> surface_;
    std::weak_ptr<XdgRole> window_;
    std::optional<Rectangle> pending_geometry_;
    std::optional<Rectangle> geometry_;
    bool started_ = false;       // the initial commit was made
    bool acknowledged_ = false;  // any configure since then was
    bool mapped_ = false;
    // Serials sent and not acknowledged lie between these.
    std::uint32_t first_open_ = 0;
    std::uint32_t last_sent_ = 0;
    bool any_open_ = false;
};

void offer_shell(Server& server);  // xdg_wm_base

}  // namespace shoji::compositor
