// The page that a terminal gets which may not be here. Pure.
#pragma once

#include <string>
#include <string_view>

namespace shoji::gateway {

// HTML in Japanese and English, without script or style. `key`: of the message catalogue.
std::string refusal_page(std::string_view key);

}  // namespace shoji::gateway
