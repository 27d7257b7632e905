// xdg_toplevel: a window, over the whole output; or, with a parent, a dialog in its middle.
#pragma once

#include "screen/compositor/resource.h"
#include "screen/compositor/xdg_surface.h"

#include <memory>

namespace shoji::compositor {

class Toplevel : public Object, public XdgRole {
  public:
    explicit Toplevel(const std::shared_ptr<XdgSurface>& xdg_surface);

    [[nodiscard]] std::shared_ptr<XdgSurface> xdg_surface() const { return xdg_surface_.lock(); }
    // Null when the client has destroyed it, or has drawn nothing yet.
    [[nodiscard]] std::shared_ptr<Surface> shown_surface() const;
    [[nodiscard]] bool is_dialog() const { return dialog_ && !full_screen_; }
    // The page in it asked for the whole screen; only known of a first window.
    [[nodiscard]] bool page_is_full_screen() const { return full_screen_ && !always_; }

    void close();
    void set_full_screen(bool full_screen);
    void set_parent(bool has_parent);
    void set_active(bool active);
    // Answers a request, or tells a new output size.
    void configure_if_started();
    // At most one at a time.
    std::weak_ptr<Object> decoration_object;

    void send_configure() override;
    void acknowledged() override;
    void mapped() override;
    void unmapped() override;
    [[nodiscard]] RoleKind kind() const override { return RoleKind::toplevel; }

  protected:
    void destroyed() override;

  private:
    Server& server_;
    std::weak_ptr<XdgSurface> xdg_surface_;
    bool dialog_ = false;
    bool full_screen_ = false;
    bool always_ = false;  // told that it is full screen, whatever it asks for
    bool active_ = true;
    bool leaving_ = false;  // full screen, and not yet back at the whole size
};

// xdg_surface.get_toplevel
void create_toplevel(wl_client* client, wl_resource* xdg_surface, std::uint32_t id);

}  // namespace shoji::compositor
