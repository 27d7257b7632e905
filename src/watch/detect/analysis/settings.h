// All that the detectors and the gatherer can be told, from one file of TOML. What each means, with
// its default, stands in their own settings.h; the file's names are those, with the unit behind
// where it is a time ("learning_days", "half_life_hours"). docs/detection/analysis.md lists them.
#pragma once

#include "core/base/result.h"
#include "watch/detect/beacon/settings.h"
#include "watch/detect/exfiltration/settings.h"
#include "watch/detect/incident/settings.h"
#include "watch/detect/intrusion/settings.h"

#include <cstddef>
#include <string_view>

namespace shoji::analysis {

struct Settings {
    // The same for beacon and for exfiltration: what is inside, and the zone of the terminals.
    Settings();

    exfiltration::Settings exfiltration;
    beacon::Settings beacon;
    intrusion::Settings intrusion;
    incident::Settings incident;

    // Bytes that all of it takes at most, lists aside; with the defaults some 1 GiB if all names
    // are as long as they may be. Names of a city take less than half.
    [[nodiscard]] std::size_t memory_limit() const;
};

constexpr std::size_t most_settings_bytes = 1 << 20;

// What the text does not say stays as `settings` has it. An error names `file`, the line and the
// key: one that is not known, of another type, or out of its range.
base::Result<Settings> parse_settings(std::string_view toml, std::string_view file,
                                      Settings settings = {});

}  // namespace shoji::analysis
