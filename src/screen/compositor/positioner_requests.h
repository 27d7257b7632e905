// xdg_positioner, the protocol object that carries a popup's rules.
#pragma once

#include "screen/compositor/positioner.h"
#include "screen/compositor/resource.h"

#include <cstdint>

namespace shoji::compositor {

class Positioner : public Object {
  public:
    PopupRules rules;
};

void create_positioner(wl_client* client, wl_resource* shell, std::uint32_t id);

}  // namespace shoji::compositor
