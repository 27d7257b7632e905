// Events as Sysmon writes them on an office's computers, one JSON object a line, in Winlogbeat's
// shape; the same for the same seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace shoji::bench {

std::string sysmon_events(std::size_t count, std::uint32_t seed);

}  // namespace shoji::bench
