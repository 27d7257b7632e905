// What records are read against: the processes so far, the names of users and control groups, the
// clock. Filled by the records themselves and, once in a while, by the analyst.
#pragma once

#include "watch/sensor/address_names.h"
#include "watch/sensor/cgroup_names.h"
#include "watch/sensor/opened_files.h"
#include "watch/sensor/process_table.h"
#include "watch/sensor/record.h"
#include "watch/sensor/words.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace shoji::sensor {

// Finds out the hash of a program that has just been started, if it can.
class ProgramHasher {
  public:
    ProgramHasher() = default;
    ProgramHasher(const ProgramHasher&) = delete;
    ProgramHasher& operator=(const ProgramHasher&) = delete;
    virtual ~ProgramHasher() = default;
    // SHA-256 in lower-case hexadecimal, or empty.
    virtual std::string hash(const sensor_file& file, std::uint32_t process,
                             std::string_view path) = 0;
};

// Who has which user number: the lines of passwd(5). Lines that are none are passed over.
std::unordered_map<std::uint32_t, std::string> parse_users(std::string_view passwd);

CgroupName describe_cgroup(std::string_view path);

struct Scene {
    explicit Scene(const Words& the_words) : words(the_words) {}

    const Words& words;
    ProcessTable processes;
    OpenedFiles opened;
    AddressNames names_of_addresses;
    std::unordered_map<std::uint32_t, std::string> users;
    CgroupNames cgroups;
    std::int64_t boot_time = 0;  // what is added to a record's time: nanoseconds since 1970
    std::string boot;            // the kernel's boot_id, without dashes
    std::string computer;
    ProgramHasher* hasher = nullptr;  // null: nothing is hashed

    void add_cgroup(std::uint64_t id, std::string_view path);

    // What all events have: source, time, computer, process.
    void begin(event::Event& event, const sensor_head& head, event::SourceId category) const;
    void add_process(EventWriter& writer, const Process& process) const;
    // Who did it: process, thread, user, control group.
    void add_actor(EventWriter& writer, const sensor_head& head) const;
    void add_user(EventWriter& writer, const Word& word, std::uint32_t user) const;
    void add_cgroup(EventWriter& writer, std::uint64_t cgroup) const;
    // BOOT-PROCESS-START, all hexadecimal.
    void add_guid(EventWriter& writer, const Word& word, ProcessKey key) const;
    // What a system call gave: "success", or the error's name.
    void add_result(EventWriter& writer, std::int32_t result) const;
    void add_incomplete(EventWriter& writer, std::uint16_t flags) const;
};

inline ProcessKey key_of(const sensor_head& head) {
    return {head.process, head.start};
}

}  // namespace shoji::sensor
