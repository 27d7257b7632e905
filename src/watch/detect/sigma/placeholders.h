// %name% in a value.
#pragma once

#include "watch/detect/sigma/glob.h"

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace shoji::sigma {

// The glob with each %name% replaced by each of the globs that values(name) gives; where it gives
// nothing, the placeholder stays. Nothing when that would be more than `most`.
std::optional<std::vector<Glob>> with_placeholders(
    const Glob& glob, std::size_t most,
    const std::function<std::optional<std::vector<Glob>>(std::string_view)>& values);

bool has_placeholders(const Glob& glob);

}  // namespace shoji::sigma
