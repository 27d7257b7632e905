// Chromium's managed policies (chromeenterprise.google/policies) for a session: everything that
// could carry data past the screen, or speak to anyone but the destination, is off. Pure.
#pragma once

#include "screen/control/control.h"

#include <string>

namespace shoji::host {

// Where Chromium reads them.
inline constexpr const char* browser_policy_file = "/etc/chromium/policies/managed/shoji.json";

std::string browser_policy(control::Locale locale);

}  // namespace shoji::host
