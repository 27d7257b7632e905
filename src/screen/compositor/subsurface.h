// wl_subsurface: a surface that is drawn as a part of another.
#pragma once

#include "screen/compositor/resource.h"
#include "screen/compositor/surface.h"

#include <memory>

namespace shoji::compositor {

struct Position {
    int x = 0;
    int y = 0;
    friend bool operator==(const Position&, const Position&) = default;
};

class Subsurface : public Object, public Role {
  public:
    Subsurface(std::weak_ptr<Surface> surface, std::weak_ptr<Surface> parent)
        : surface_(std::move(surface)), parent_(std::move(parent)) {}

    [[nodiscard]] std::shared_ptr<Surface> surface() const { return surface_.lock(); }
    [[nodiscard]] std::shared_ptr<Surface> parent() const { return parent_.lock(); }
    [[nodiscard]] Position position() const { return position_; }  // in the parent, logical
    // Its commits wait for the parent's; so do those of a subsurface in a synchronised one.
    [[nodiscard]] bool synchronised() const;
    void parent_committed();

    void set_position(Position position) { pending_position_ = position; }
    void set_synchronised(bool synchronised);

    bool may_commit(const SurfaceState& /*pending*/) override { return true; }
    void committed() override {}

  protected:
    void destroyed() override;

  private:
    std::weak_ptr<Surface> surface_;
    std::weak_ptr<Surface> parent_;
    Position position_;
    Position pending_position_;
    bool synchronised_ = true;
};

void offer_subsurfaces(Server& server);

}  // namespace shoji::compositor
