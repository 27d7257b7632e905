// Chromium's managed policies (chromeenterprise.google/policies) for a session: everything that
// could carry data past the screen, or speak to anyone but the destination, is off. Pure.
#pragma once

#include "screen/control/control.h"

#include <string>
#include <vector>

namespace shoji::host {

// Where Chromium reads them.
inline constexpr const char* browser_policy_file = "/etc/chromium/policies/managed/shoji.json";

// `authorities`: base64 of certificates that are trusted besides Chromium's own.
std::string browser_policy(control::Locale locale, const std::vector<std::string>& authorities);

}  // namespace shoji::host
