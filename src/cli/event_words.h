// What an event of the sensor is, in words.
#pragma once

#include "core/text/text.h"

#include <string>
#include <string_view>

namespace shoji::cli {

// By category and EventType; what has no words yet is shown by its names.
std::string event_words(std::string_view category, std::string_view type, text::Language language);

}  // namespace shoji::cli
