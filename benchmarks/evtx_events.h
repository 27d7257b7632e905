// Events as a file of Windows' event log, for measurements.
#pragma once

#include <filesystem>
#include <string>

namespace shoji::bench {

// `json`: events in Winlogbeat's form, one a line, whose data become EventData.
void write_evtx(const std::filesystem::path& path, std::string json);

}  // namespace shoji::bench
