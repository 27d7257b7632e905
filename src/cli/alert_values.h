// The values of an alert as people read them: amounts with their units, ways and baselines in
// words. Whatever stands in them was printable before.
#pragma once

#include "core/text/text.h"
#include "watch/detect/incident/alert.h"

#include <string>
#include <utility>
#include <vector>

namespace shoji::cli {

using ShownValues = std::vector<std::pair<std::string, std::string>>;

ShownValues shown_values(const incident::Alert& alert, text::Language language);

}  // namespace shoji::cli
