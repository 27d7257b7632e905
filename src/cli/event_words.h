// What an event of the sensor is, in words.
#pragma once

#include "core/text/text.h"

#include <string>
#include <string_view>

namespace shoji::cli {

// By category (empty: what a log says) and EventType; what has no words is shown by its names.
std::string event_words(std::string_view category, std::string_view type, text::Language language);
// What it is about, behind its words: after a blank, in characters that a terminal can show.
std::string object_words(std::string_view object);

}  // namespace shoji::cli
