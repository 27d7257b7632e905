// Which events are which class of OCSF, and which of their fields are which attribute.
// Source: OCSF schema 1.5.0 with its extension 'win'; Sigma's taxonomy 2.1; Microsoft's and
// Sysmon's own descriptions of their events.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace shoji::event::ocsf {

struct Class {
    std::uint32_t uid;
    std::uint32_t category;
    std::string_view name;
    // Objects that it requires; of those joined by '|' one.
    std::string_view required;
    bool windows = false;  // of the extension 'win'
};

enum class ClassName : std::uint8_t {
    base,
    file,
    kernel_extension,
    module,
    job,
    process,
    script,
    registry_key,
    registry_value,
    service,
    authentication,
    network,
    http,
    dns,
};
inline constexpr Class classes[] = {
    {0, 0, "Base Event", ""},
    {1001, 1, "File System Activity", "actor file"},
    {1002, 1, "Kernel Extension Activity", "actor driver"},
    {1005, 1, "Module Activity", "actor module"},
    {1006, 1, "Scheduled Job Activity", "job"},
    {1007, 1, "Process Activity", "actor process"},
    {1009, 1, "Script Activity", "actor script"},
    {201001, 1, "Registry Key Activity", "actor reg_key", true},
    {201002, 1, "Registry Value Activity", "actor reg_value", true},
    {201004, 1, "Windows Service Activity", "actor win_service", true},
    {3002, 3, "Authentication", "user service|dst_endpoint"},
    {4001, 4, "Network Activity", ""},
    {4002, 4, "HTTP Activity", "http_request|http_response"},
    {4003, 4, "DNS Activity", ""},
};
// An object without at least one of these says nothing that its own description allows.
struct Object {
    std::string_view name;
    std::string_view one_of;
};
inline constexpr Object objects[] = {
    {"process", "pid uid"}, {"parent_process", "pid uid"},   {"logon_process", "pid uid"},
    {"user", "name uid"},   {"src_endpoint", "ip hostname"}, {"dst_endpoint", "ip hostname"},
    {"url", "url_string"},  {"query", "hostname"},           {"http_response", "code"},
    {"reg_value", "name"},  {"script", "script_content"},    {"win_service", "name"},
    {"file", "name"},
};

// Sets of fields that several sorts of events share.
enum class Shape : std::uint8_t {
    none,
    process,
    process_end,
    process_access,
    file,
    pipe,
    module,
    driver,
    registry_key,
    registry_rename,
    registry_value,
    network,
    dns,
    script,
    http,
    windows_process,
    windows_process_end,
    windows_registry,
    windows_file,
    windows_network,
    logon,
    explicit_logon,
    ticket,
    windows_service,
    system_service,
    windows_task,
    task,
    firewall,
    device_dns,
    host_logon,
    file_access,
    file_rename,
};

struct Sort {
    std::string_view service;  // or a category, where `event` is 0
    std::uint32_t event;
    ClassName of;
    std::uint32_t activity;
    Shape shape;
    std::string_view where = {};  // a field that must have the value `is`
    std::string_view is = {};
};
constexpr std::uint32_t other_activity = 99;
// The first one that fits counts.
inline constexpr Sort sorts[] = {
    {"sysmon", 1, ClassName::process, 1, Shape::process},
    {"sysmon", 2, ClassName::file, 6, Shape::file},
    {"sysmon", 3, ClassName::network, 1, Shape::network},
    {"sysmon", 5, ClassName::process, 2, Shape::process_end},
    {"sysmon", 6, ClassName::kernel_extension, 1, Shape::driver},
    {"sysmon", 7, ClassName::module, 1, Shape::module},
    {"sysmon", 8, ClassName::process, 4, Shape::process_access},
    {"sysmon", 10, ClassName::process, 3, Shape::process_access},
    {"sysmon", 11, ClassName::file, 1, Shape::file},
    {"sysmon", 12, ClassName::registry_key, 1, Shape::registry_key, "EventType", "CreateKey"},
    {"sysmon", 12, ClassName::registry_key, 4, Shape::registry_key, "EventType", "DeleteKey"},
    {"sysmon", 12, ClassName::registry_value, 4, Shape::registry_value, "EventType", "DeleteValue"},
    {"sysmon", 13, ClassName::registry_value, 2, Shape::registry_value},
    {"sysmon", 14, ClassName::registry_key, 5, Shape::registry_rename},
    {"sysmon", 15, ClassName::file, 1, Shape::file},
    {"sysmon", 17, ClassName::file, 1, Shape::pipe},
    {"sysmon", 18, ClassName::file, 14, Shape::pipe},
    {"sysmon", 22, ClassName::dns, 1, Shape::dns},
    {"sysmon", 23, ClassName::file, 4, Shape::file},
    {"sysmon", 26, ClassName::file, 4, Shape::file},
    {"sysmon", 29, ClassName::file, 1, Shape::file},
    {"security", 4624, ClassName::authentication, 1, Shape::logon},
    {"security", 4625, ClassName::authentication, 1, Shape::logon},
    {"security", 4634, ClassName::authentication, 2, Shape::logon},
    {"security", 4647, ClassName::authentication, 2, Shape::logon},
    {"security", 4648, ClassName::authentication, 1, Shape::explicit_logon},
    {"security", 4657, ClassName::registry_value, 2, Shape::windows_registry},
    {"security", 4663, ClassName::file, 14, Shape::windows_file, "ObjectType", "File"},
    {"security", 4688, ClassName::process, 1, Shape::windows_process},
    {"security", 4689, ClassName::process, 2, Shape::windows_process_end},
    {"security", 4697, ClassName::service, 1, Shape::windows_service},
    {"security", 4698, ClassName::job, 1, Shape::windows_task},
    {"security", 4699, ClassName::job, 3, Shape::windows_task},
    {"security", 4700, ClassName::job, 4, Shape::windows_task},
    {"security", 4701, ClassName::job, 5, Shape::windows_task},
    {"security", 4702, ClassName::job, 2, Shape::windows_task},
    {"security", 4768, ClassName::authentication, 3, Shape::ticket},
    {"security", 4769, ClassName::authentication, 4, Shape::ticket},
    {"security", 4770, ClassName::authentication, 5, Shape::ticket},
    {"security", 4771, ClassName::authentication, 6, Shape::ticket},
    {"security", 5156, ClassName::network, 1, Shape::windows_network},
    {"security", 5157, ClassName::network, 5, Shape::windows_network},
    {"system", 7045, ClassName::service, 1, Shape::system_service},
    {"taskscheduler", 106, ClassName::job, 1, Shape::task},
    {"taskscheduler", 140, ClassName::job, 2, Shape::task},
    {"taskscheduler", 141, ClassName::job, 3, Shape::task},
    {"powershell", 4104, ClassName::script, 1, Shape::script},
    {"process_creation", 0, ClassName::process, 1, Shape::process},
    {"process_termination", 0, ClassName::process, 2, Shape::process_end},
    {"process_access", 0, ClassName::process, 3, Shape::process_access},
    {"create_remote_thread", 0, ClassName::process, 4, Shape::process_access},
    {"network_connection", 0, ClassName::network, 1, Shape::network},
    {"network_flow", 0, ClassName::network, 6, Shape::network},
    {"dns_query", 0, ClassName::dns, 1, Shape::dns},
    {"image_load", 0, ClassName::module, 1, Shape::module},
    {"driver_load", 0, ClassName::kernel_extension, 1, Shape::driver},
    {"file_event", 0, ClassName::file, 1, Shape::file},
    {"file_change", 0, ClassName::file, 6, Shape::file},
    {"file_delete", 0, ClassName::file, 4, Shape::file},
    {"registry_set", 0, ClassName::registry_value, 2, Shape::registry_value},
    {"registry_add", 0, ClassName::registry_key, 1, Shape::registry_key},
    {"registry_delete", 0, ClassName::registry_key, 4, Shape::registry_key},
    {"ps_script", 0, ClassName::script, 1, Shape::script},
    {"proxy", 0, ClassName::http, other_activity, Shape::http},
    {"webserver", 0, ClassName::http, other_activity, Shape::http},
    {"dns", 0, ClassName::dns, 1, Shape::device_dns},
    {"firewall", 0, ClassName::network, 6, Shape::firewall},
    {"authentication", 0, ClassName::authentication, 1, Shape::host_logon},
    {"file_access", 0, ClassName::file, 2, Shape::file_access},
    {"file_rename", 0, ClassName::file, 5, Shape::file_rename},
};

// How a field's value becomes an attribute, or several below its path.
enum class Kind : std::uint8_t {
    text,
    number,          // decimal, or hexadecimal behind 0x
    program,         // name of the process, and its file
    file,            // path, name, type_id
    pipe,            // the same of a named pipe
    user,            // name and domain, or uid
    hashes,          // "MD5=…,SHA256=…"
    direction,       // of a connection
    outcome,         // success or failure
    answers,         // of Sysmon's DNS event
    registry_value,  // path of the key and name of the value
    long_text,       // {"value": …}
    task,            // name and file of a job
};

// Values that an event of that shape has anyhow, as JSON. One of an object is there only when a
// field has made the object, unless it stands alone.
struct Constant {
    std::string_view path;
    std::string_view json;
    Shape shape;
    bool alone = false;
    std::uint32_t event = 0;  // 0: any
};
inline constexpr Constant constants[] = {
    {"injection_type_id", "1", Shape::process_access, false, 8},
    {"module.load_type_id", "0", Shape::module},
    {"connection_info.direction_id", "0", Shape::network},
    {"connection_info.direction_id", "0", Shape::windows_network},
    {"connection_info.direction_id", "0", Shape::firewall},
    {"actor.app_name", "\"Windows\"", Shape::driver, true},  // it loads its drivers itself
    {"script.type_id", "2", Shape::script},
    {"status_id", "1", Shape::logon, false, 4624},
    {"status_id", "2", Shape::logon, false, 4625},
    {"status_id", "2", Shape::ticket, false, 4771},
};

struct Attribute {
    Shape shape;
    std::string_view field;
    Kind kind;
    std::string_view path;
};
// Of a path that two fields give, the first one counts.
std::span<const Attribute> attributes();

}  // namespace shoji::event::ocsf
