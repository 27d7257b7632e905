#include "cli/event_words.h"

#include <array>
#include <utility>

#include <gtest/gtest.h>

namespace shoji::cli {
namespace {

// All that the sensor tells (docs/sensor.md), as category and EventType.
constexpr std::array<std::pair<std::string_view, std::string_view>, 53> events{
    {{"process_creation", ""},
     {"process_fork", ""},
     {"process_termination", ""},
     {"process_running", ""},
     {"file_event", "open_write"},
     {"file_event", "link"},
     {"file_event", "symlink"},
     {"file_change", "close_write"},
     {"file_change", "chmod"},
     {"file_change", "chown"},
     {"file_rename", "rename"},
     {"file_delete", "unlink"},
     {"file_access", "open_read"},
     {"image_load", "map"},
     {"network_connection", "connect"},
     {"network_connection", "accept"},
     {"network_flow", "flow_goes_on"},
     {"network_flow", "flow_end"},
     {"network_listen", "bind"},
     {"network_listen", "listen"},
     {"dns_query", "question"},
     {"dns_query", "no_dns"},
     {"dns_answer", "answer"},
     {"dns_answer", "no_dns"},
     {"socket_creation", "raw"},
     {"process_access", "ptrace"},
     {"process_access", "read_memory"},
     {"process_access", "write_memory"},
     {"process_access", "take_descriptor"},
     {"process_access", "open_memory"},
     {"process_act", "memory_file"},
     {"process_act", "io_uring"},
     {"process_act", "io_uring_request"},
     {"privilege_change", "users"},
     {"privilege_change", "capabilities"},
     {"privilege_change", "namespaces"},
     {"privilege_change", "mount"},
     {"privilege_change", "unmount"},
     {"privilege_change", "move_mount"},
     {"privilege_change", "pivot_root"},
     {"privilege_change", "chroot"},
     {"privilege_change", "bpf"},
     {"privilege_change", "kernel_parameter"},
     {"driver_load", "module_load"},
     {"driver_load", "module_unload"},
     {"authentication", "logon"},
     {"", "session_opened"},
     {"", ""},
     {"sensor_report", "seen"},
     {"sensor_report", "not_seen"},
     {"sensor_report", "loss"},
     {"sensor_report", "flood_begins"},
     {"sensor_report", "flood_ends"}}};

TEST(EventWordsTest, SaysAllThatTheSensorTells) {
    for (const auto& [category, type] : events) {
        for (const auto language : {text::Language::ja, text::Language::en}) {
            const auto words = event_words(category, type, language);
            EXPECT_TRUE(category.empty() || words.find(category) == std::string::npos) << words;
        }
    }
    EXPECT_EQ(event_words("never_heard", "of", text::Language::en), "never_heard of");
}

TEST(EventWordsTest, WhatItIsAboutCannotSteerATerminal) {
    EXPECT_EQ(object_words(""), "");
    EXPECT_EQ(object_words("/tmp/\x1b[2J").find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace shoji::cli
