// wp_cursor_shape_v1: the cursor's shape by name, which the viewer shows.
#pragma once

#include <cstdint>

namespace shoji::compositor {

class Server;

// Numbers as in the protocol, with 0 for none.
constexpr std::uint8_t cursor_hidden = 0;
constexpr std::uint8_t cursor_default = 1;
constexpr std::uint8_t cursor_last = 34;

void offer_cursor_shapes(Server& server);

}  // namespace shoji::compositor
