// The process that is root: it loads and attaches, starts the analyst, gives up what it does not
// need any more, and waits. It reads nothing that the kernel's programs say.
#pragma once

#include "core/base/result.h"
#include "watch/sensor/analyst.h"
#include "watch/sensor/policy.h"

namespace shoji::sensor {

// What is seen and how, as one JSON object: {"families": [{"family", "backend" (null: not seen),
// "refused": [reasons], "absent": [programs]}]}.
std::string state_json(const std::vector<FamilyState>& state);

// `state_file` (empty: none) gets state_json() once the kernel's programs run, and goes with them.
// Until SIGTERM or SIGINT, or until the analyst ends, which is an error.
base::Result<void> run_watcher(const Policy& policy, const std::filesystem::path& state_file,
                               const MakeSink& make_sink);

}  // namespace shoji::sensor
