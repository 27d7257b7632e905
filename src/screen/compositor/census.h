// Counts the client's living protocol objects, all and by interface, as libwayland makes them: one
// place bounds everything that a client can make us allocate. Over a limit it is disconnected.
#pragma once

#include <wayland-server-core.h>

namespace shoji::compositor {

// Watches `client` until it is gone.
void take_census(wl_client* client);

}  // namespace shoji::compositor
