// Extended key usages (RFC 5280, section 4.2.1.12) of the certificates between sensors and the hub.
// Random numbers below 2.25 (ITU-T X.667, 7): nobody else uses them for anything.
#pragma once

#include <string_view>

namespace shoji::access {

inline constexpr std::string_view sensor_purpose = "2.25.217824231362070929215658095373577278834";
inline constexpr std::string_view hub_purpose = "2.25.201149421818459052210057309717139447215";

}  // namespace shoji::access
