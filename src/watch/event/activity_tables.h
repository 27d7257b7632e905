// Which events are activities, and which of their fields fill which members: data, one file for
// each family of sources. Read by ActivityView only.
#pragma once

#include "watch/event/activity.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace shoji::event::activity_tables {

struct Text {
    std::string_view Activity::*member;
    std::string_view field;
};

// Members that are numbers; those of `duration` in the unit that the source has.
enum class Number : std::uint8_t {
    process_id,
    parent_id,
    port,
    bytes_out,
    bytes_in,
    pages,
    my_numbers,
    logon_type,
    nanoseconds,
    milliseconds,
    seconds,
    entropy
};

struct Numbered {
    Number member;
    std::string_view field;
};

// What an event must say besides its source to be of a sort.
enum class Condition : std::uint8_t {
    none,
    initiated,     // Initiated is true, and no flow with a FlowId will tell more
    flow_ended,    // of an initiated one, EventType is flow_end
    flow_goes_on,  // of an initiated one, EventType is flow_goes_on
    closed,        // EventType is close_write
    not_open,      // EventType is not open_write, after which a close_write will tell more
    outgoing,      // Direction is Windows' word for it
    run_key,       // TargetObject is a key whose programs start when somebody signs in
    succeeded,     // Outcome is success
    lsass,         // the memory of LSASS was opened for reading, by AccessMask
    reads_file,    // of a file, by AccessMask
    writes_file,   // of a file, by AccessMask
    unit_file,     // TargetFilename is a unit of systemd
    cron_file,     // TargetFilename is a table of cron
    cron_table     // CronTable is there
};

struct Sort {
    std::string_view product;  // empty: whatever it is
    std::string_view source;   // a category, or a service
    std::uint32_t event = 0;   // EventID; 0: whatever it is
    ActivityKind kind = ActivityKind::process;
    Condition condition = Condition::none;
    bool denied = false;
    std::string_view protocol;
    // Of several fields of one member the last that says something counts.
    std::span<const Text> texts;
    std::span<const Numbered> numbers = {};
};

// Of several sorts of one source the first whose condition holds counts.
std::span<const Sort> of_windows();
std::span<const Sort> of_linux();
std::span<const Sort> of_networks();  // proxies, firewalls, name servers, and Shoji's own sessions

}  // namespace shoji::event::activity_tables
