// Configurations for the tests of this room.
#pragma once

#include "core/policy/policy.h"

#include <random>

namespace shoji::policy {

// Sound: one zone of terminals, one far zone, one role, one destination, one route.
Configuration example();

// Any configuration over few ids, so that references often meet; often unsound: ids that stand
// twice, references that lead nowhere, dates before and after `middle`.
Configuration random_configuration(std::mt19937& random, Day middle);

// Sound, and different for each state of the generator.
Configuration random_sound_configuration(std::mt19937& random);

}  // namespace shoji::policy
