// The families of events. Each has a kernel part (NAME.bpf.c), a header of its records that both
// sides share (NAME.h), and a user part (NAME.cpp) that turns the bytes of one record into an
// event. A family may have several kernel parts; the first one that the running kernel takes is
// used.
#pragma once

#include "core/base/result.h"
#include "watch/event/event.h"
#include "watch/sensor/record_reader.h"
#include "watch/sensor/scene.h"

#include <span>
#include <string_view>

namespace shoji::sensor {

// One kernel part: an object file, and what is said of it in the sensor's state.
struct Backend {
    std::string_view name;  // "tracepoints", "fentry" …
    std::span<const std::uint8_t> (*object)();
};

struct Family {
    std::string_view name;              // as in the policy
    std::uint16_t number;               // the upper byte of its kinds
    std::span<const Backend> backends;  // the best first
    // True when the record is an event for others, false when it only told the scene something. The
    // event's texts are good as long as the record is.
    base::Result<bool> (*read)(Record record, Scene& scene, event::Event& event);
    // A family before this one whose programs, when they are there, tell of this one as well, if
    // the policy wants it: its own are not loaded then.
    std::string_view told_by = {};
};

std::span<const Family> families();

// Of the family that the record's kind names. A kind that no family has is an error.
base::Result<bool> read_record(Record record, Scene& scene, event::Event& event);

// Pure: bytes of a record in, an event out.
base::Result<bool> read_process(Record record, Scene& scene, event::Event& event);
base::Result<bool> read_file(Record record, Scene& scene, event::Event& event);
base::Result<bool> read_network(Record record, Scene& scene, event::Event& event);
base::Result<bool> read_dns(Record record, Scene& scene, event::Event& event);
base::Result<bool> read_sockets(Record record, Scene& scene, event::Event& event);
base::Result<bool> read_access(Record record, Scene& scene, event::Event& event);
base::Result<bool> read_privileges(Record record, Scene& scene, event::Event& event);

}  // namespace shoji::sensor
