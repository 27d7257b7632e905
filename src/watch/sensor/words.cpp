#include "watch/sensor/words.h"

namespace shoji::sensor {

Words::Words(event::Names& names)
    : product(names.add_source("linux")),
      service(names.add_source("shoji-sensor")),
      process_creation(names.add_source("process_creation")),
      process_termination(names.add_source("process_termination")),
      file_event(names.add_source("file_event")),
      file_change(names.add_source("file_change")),
      file_rename(names.add_source("file_rename")),
      file_delete(names.add_source("file_delete")),
      file_access(names.add_source("file_access")),
      image_load(names.add_source("image_load")),
      network_connection(names.add_source("network_connection")),
      dns_query(names.add_source("dns_query")),
      process_fork(names.add_source("process_fork")),
      process_running(names.add_source("process_running")),
      network_flow(names.add_source("network_flow")),
      dns_answer(names.add_source("dns_answer")),
      socket_creation(names.add_source("socket_creation")),
      network_listen(names.add_source("network_listen")),
      sensor_report(names.add_source("sensor_report")) {
    const auto add = [&names](Word& word, std::string_view text) {
        word = {names.add_field(text), text};
    };
    add(event_type, "EventType");
    add(computer, "Computer");
    add(process_guid, "ProcessGuid");
    add(process_id, "ProcessId");
    add(thread_id, "ThreadId");
    add(image, "Image");
    add(command_line, "CommandLine");
    add(script, "Script");
    add(current_directory, "CurrentDirectory");
    add(user, "User");
    add(user_id, "UserId");
    add(real_user_id, "RealUserId");
    add(group_id, "GroupId");
    add(logon_id, "LogonId");
    add(login_user, "LoginUser");
    add(hashes, "Hashes");
    add(parent_guid, "ParentProcessGuid");
    add(parent_id, "ParentProcessId");
    add(parent_image, "ParentImage");
    add(parent_command_line, "ParentCommandLine");
    add(parent_user, "ParentUser");
    add(terminal, "Terminal");
    add(standard_input, "StandardInput");
    add(environment, "Environment");
    add(capabilities, "Capabilities");
    add(cgroup, "Cgroup");
    add(container, "ContainerId");
    add(session, "ShojiSession");
    add(mount_namespace, "MountNamespace");
    add(pid_namespace, "PidNamespace");
    add(network_namespace, "NetworkNamespace");
    add(user_namespace, "UserNamespace");
    add(device, "FileDevice");
    add(inode, "FileInode");
    add(links, "FileLinks");
    add(mode, "FileMode");
    add(owner, "FileOwner");
    add(state, "FileState");
    add(exit_code, "ExitCode");
    add(signal, "Signal");
    add(incomplete, "Incomplete");
    add(name, "ProcessName");
    add(target, "TargetFilename");
    add(source, "SourceFilename");
    add(bytes_written, "BytesWritten");
    add(size, "FileSize");
    add(truncated, "Truncated");
    add(inherited, "Inherited");
    add(folder, "Folder");
    add(created, "Created");
    add(image_loaded, "ImageLoaded");
    add(new_owner, "NewOwner");
    add(new_group, "NewGroup");
    add(source_ip, "SourceIp");
    add(source_port, "SourcePort");
    add(destination_ip, "DestinationIp");
    add(destination_port, "DestinationPort");
    add(destination_hostname, "DestinationHostname");
    add(protocol, "Protocol");
    add(initiated, "Initiated");
    add(result, "Result");
    add(flow_id, "FlowId");
    add(bytes_sent, "BytesSent");
    add(bytes_received, "BytesReceived");
    add(all_sent, "BytesSentInAll");
    add(all_received, "BytesReceivedInAll");
    add(duration, "DurationNanoseconds");
    add(query_name, "QueryName");
    add(query_type, "QueryType");
    add(query_status, "QueryStatus");
    add(query_results, "QueryResults");
    add(server_ip, "ServerIp");
    add(size_of_message, "MessageBytes");
    add(address_family, "AddressFamily");
    add(socket_type, "SocketType");
    add(by_io_uring, "ByIoUring");
    add(family, "Family");
    add(cause, "Cause");
    add(count, "Count");
    add(backend, "Backend");
}

}  // namespace shoji::sensor
