// How Chromium is started. Pure. Nothing from outside becomes an argument but the address that
// control::to_url makes of a checked origin, and the choice between two languages.
#pragma once

#include "screen/control/control.h"

#include <cstdint>
#include <string>
#include <vector>

namespace shoji::host {

inline constexpr std::uint16_t proxy_port = 3128;

std::vector<std::string> browser_arguments(const control::Start& start);

// `wayland_descriptor`: the number of the inherited socket to the compositor.
// `time_zone`: of the machine, such as "Asia/Tokyo".
std::vector<std::string> browser_environment(control::Locale locale, int wayland_descriptor,
                                             const std::string& time_zone);

}  // namespace shoji::host
