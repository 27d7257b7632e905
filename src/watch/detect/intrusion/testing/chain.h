// An attack from the first mail to ransomware on five hosts, PC11 to PC15, in four hours.
#pragma once

#include "watch/detect/intrusion/testing/scene.h"

namespace shoji::intrusion::testing {

void add_attack(Scene& scene, event::Time start);

// A file that nobody touches but the attack.
inline constexpr std::string_view canary = "*\\keihi\\0000-canary.xlsx";

}  // namespace shoji::intrusion::testing
