// What an event's ProcessGuid says: BOOT-PROCESS-START, hexadecimal (sensor/scene.h).
#pragma once

#include <cstdint>
#include <string_view>

namespace shoji::station {

// Zeros where it is none.
struct ProcessStart {
    std::uint32_t process = 0;
    std::uint64_t nanoseconds = 0;  // since the boot
};
ProcessStart start_in(std::string_view guid);

}  // namespace shoji::station
