// What the host writes down of a session, so that the host's next start finds it again. Pure.
//
// A file of lines "name value": it is written whole under another name and then renamed, so a
// record is either there or not.
#pragma once

#include "core/base/result.h"
#include "screen/control/control.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace shoji::host {

enum class Part : std::uint8_t { browser = 0, compositor = 1, egress = 2 };
inline constexpr std::array all_parts{Part::browser, Part::compositor, Part::egress};
std::string_view name_of(Part part);

// A process, told apart from a later one of the same number by when it began.
struct ProcessMark {
    pid_t process = 0;        // 0: not started yet
    std::uint64_t start = 0;  // ticks since boot: field 22 of /proc/<pid>/stat, proc(5)

    friend bool operator==(const ProcessMark&, const ProcessMark&) = default;
};

// The slot of a session of which nothing but the id is known: its record was never written, or is
// damaged.
inline constexpr std::uint32_t no_slot = 0xffffffff;

struct Record {
    control::SessionId id{};
    std::uint32_t slot = no_slot;
    std::string boot;                  // /proc/sys/kernel/random/boot_id
    std::uint64_t started = 0;         // seconds since 1970
    std::uint64_t expires = 0;         // seconds since 1970; 0: never
    std::vector<std::uint16_t> ports;  // of its packet rules
    std::vector<std::uint16_t> internal_ports;
    std::array<ProcessMark, 3> processes{};  // by Part

    friend bool operator==(const Record&, const Record&) = default;
};

inline constexpr std::size_t maximum_record = 4096;  // bytes

std::string format_record(const Record& record);
base::Result<Record> parse_record(std::string_view text);

// Field 22 of the text of /proc/<pid>/stat; the program's name in it may hold any character.
base::Result<std::uint64_t> parse_start_time(std::string_view stat);

}  // namespace shoji::host
