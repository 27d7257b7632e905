// What becomes of a field's value in OCSF.
#pragma once

#include "watch/event/ocsf_table.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shoji::event::ocsf {

// Paths, the attribute's own or below it, and their values as JSON. None: the value is none of that
// kind.
using Parts = std::vector<std::pair<std::string, std::string>>;
Parts parts_of(const Attribute& attribute, std::string_view value);

// The activity of HTTP Activity.
std::uint32_t activity_of_method(std::string_view method);

}  // namespace shoji::event::ocsf
