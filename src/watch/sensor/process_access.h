// The members of an event on what one process does to another: Sigma's names for process_access.
#pragma once

#include "watch/sensor/scene.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace shoji::sensor {

// `target`: a number in the first pid namespace; 0, or `is_inside` (of another namespace): whose it
// is is not looked for.
void add_access(EventWriter& writer, const Scene& scene, const sensor_head& source,
                std::uint32_t target, bool is_inside);

// The process whose memory a file of procfs is, by its path: …/NUMBER/mem,
// …/NUMBER/task/NUMBER/mem.
std::optional<std::uint32_t> process_of_memory(std::string_view path);

}  // namespace shoji::sensor
