// What the parts of the HTML report share.
#pragma once

#include "watch/detect/sigma/heading.h"

#include <string>
#include <string_view>

namespace shoji::cli {

// Text that cannot change the page around it; what cannot be printed is replaced.
std::string escaped(std::string_view text);
// The same for several lines: their ends stay.
std::string escaped_lines(std::string_view text);

// With a contrast of 4.5 to 1 on white (WCAG 2.2, 1.4.3).
std::string_view colour_of(sigma::Level level);

}  // namespace shoji::cli
