// The names of the fields and of the log sources that the sensor's events have: Sigma's taxonomy
// for Linux (https://sigmahq.io/docs/basics/log-sources.html, process_creation, file_event …), and
// beside it the sensor's own.
#pragma once

#include "watch/event/event.h"
#include "watch/event/names.h"

#include <charconv>
#include <string_view>

namespace shoji::sensor {

struct Word {
    event::FieldId id = event::other_field;
    std::string_view name;  // a literal
};

struct Words {
    // Adds the names: before the first event is read.
    explicit Words(event::Names& names);

    event::SourceId product;
    event::SourceId service;
    // Sigma's categories.
    event::SourceId process_creation;
    event::SourceId process_termination;
    event::SourceId file_event;
    event::SourceId file_change;
    event::SourceId file_rename;
    event::SourceId file_delete;
    event::SourceId file_access;
    event::SourceId image_load;
    event::SourceId network_connection;
    event::SourceId dns_query;
    event::SourceId process_access;
    event::SourceId driver_load;
    // The sensor's own.
    event::SourceId process_fork;
    event::SourceId process_running;
    event::SourceId network_flow;  // bytes of a connection
    event::SourceId dns_answer;
    event::SourceId socket_creation;
    event::SourceId process_act;
    event::SourceId privilege_change;
    event::SourceId network_listen;  // what a socket is bound to and listens on
    event::SourceId sensor_report;

    Word event_type, computer, process_guid, process_id, thread_id, image, command_line, script,
        current_directory, user, user_id, real_user_id, group_id, logon_id, login_user, hashes,
        parent_guid, parent_id, parent_image, parent_command_line, parent_user, terminal,
        standard_input, environment, capabilities, cgroup, container, session, role,
        mount_namespace, pid_namespace, network_namespace, user_namespace, device, inode, links,
        mode, owner, state, exit_code, signal, incomplete, name;
    // Files.
    Word target, source, bytes_written, size, truncated, inherited, folder, created, image_loaded,
        new_owner, new_group;
    // The network.
    Word source_ip, source_port, destination_ip, destination_port, destination_hostname, protocol,
        initiated, result, flow_id, bytes_sent, bytes_received, all_sent, all_received, duration;
    // DNS.
    Word query_name, query_type, query_status, query_results, server_ip, size_of_message;
    // Sockets of other sorts.
    Word address_family, socket_type, by_io_uring;
    // Access to other processes.
    Word source_image, source_process_id, source_process_guid, source_user, target_image,
        target_process_id, target_process_guid, target_user, request, descriptor, flags, entries;
    // Privileges.
    Word former_user, capabilities_permitted, capabilities_gained, namespaces, mount_point,
        mount_source, file_system, root_directory, bpf_command, bpf_type, bpf_id, bpf_name,
        parameter, parameter_value;
    // The sensor about itself.
    Word family, cause, count, backend;
};

// Puts fields into an event; empty texts are left out.
class EventWriter {
  public:
    explicit EventWriter(event::Event& event) : event_(event) {}

    // `value` must outlive the event, or be `kept`.
    void text(const Word& word, std::string_view value) {
        if (!value.empty()) event_.add({word.id, event::Type::text, word.name, value});
    }
    void kept(const Word& word, std::string_view value) { text(word, event_.keep(value)); }
    void number(const Word& word, std::uint64_t value) {
        char digits[20];
        const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
        const auto text = event_.keep({digits, static_cast<std::size_t>(end - digits)});
        event_.add({word.id, event::Type::number, word.name, text});
    }
    void truth(const Word& word, bool is) {
        event_.add({word.id, event::Type::boolean, word.name, is ? "true" : "false"});
    }
    void yes(const Word& word) { truth(word, true); }
    // For what has to be put together.
    event::Event& event() { return event_; }

  private:
    event::Event& event_;
};

}  // namespace shoji::sensor
