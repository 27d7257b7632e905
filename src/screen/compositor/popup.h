// xdg_popup: menus, select lists, tooltips.
#pragma once

#include "screen/compositor/positioner.h"
#include "screen/compositor/resource.h"
#include "screen/compositor/xdg_surface.h"

#include <cstdint>
#include <memory>

namespace shoji::compositor {

class Popup : public Object, public XdgRole {
  public:
    Popup(const std::shared_ptr<XdgSurface>& xdg_surface, std::weak_ptr<XdgSurface> parent,
          const PopupRules& rules)
        : server_(xdg_surface->server()),
          xdg_surface_(xdg_surface),
          parent_(std::move(parent)),
          rules_(rules) {}

    [[nodiscard]] std::shared_ptr<XdgSurface> xdg_surface() const { return xdg_surface_.lock(); }
    [[nodiscard]] std::shared_ptr<XdgSurface> parent() const { return parent_.lock(); }
    // Of its geometry in its parent's geometry; logical.
    [[nodiscard]] const Rectangle& place() const { return place_; }
    // Null when it is not drawn, dismissed, or destroyed.
    [[nodiscard]] std::shared_ptr<Surface> shown_surface() const;
    [[nodiscard]] bool grabs() const { return grabs_; }

    void grab() { grabs_ = true; }
    // Tells the client once that it is no longer shown.
    void dismiss();
    void reposition(const PopupRules& rules, std::uint32_t token);

    void send_configure() override;
    void mapped() override;
    void unmapped() override;
    [[nodiscard]] RoleKind kind() const override { return RoleKind::popup; }

  protected:
    void destroyed() override;

  private:
    void compute_place();

    Server& server_;
    std::weak_ptr<XdgSurface> xdg_surface_;
    std::weak_ptr<XdgSurface> parent_;
    PopupRules rules_;
    Rectangle place_;
    bool grabs_ = false;
    bool dismissed_ = false;
};

// xdg_surface.get_popup
void create_popup(wl_client* client, wl_resource* xdg_surface, std::uint32_t id,
                  wl_resource* parent, wl_resource* positioner);

}  // namespace shoji::compositor
