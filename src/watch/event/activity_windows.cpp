#include "watch/event/activity_tables.h"

namespace shoji::event::activity_tables {
namespace {

using Kind = ActivityKind;

constexpr Text sysmon_1[] = {{&Activity::user, "User"},
                             {&Activity::process, "Image"},
                             {&Activity::parent, "ParentImage"},
                             {&Activity::command, "CommandLine"}};
constexpr Numbered sysmon_1_numbers[] = {{Number::process_id, "ProcessId"},
                                         {Number::parent_id, "ParentProcessId"}};
constexpr Text sysmon_3[] = {{&Activity::user, "User"},
                             {&Activity::process, "Image"},
                             {&Activity::peer, "DestinationIp"},
                             {&Activity::domain, "DestinationHostname"},
                             {&Activity::protocol, "DestinationPortName"}};
constexpr Numbered sysmon_3_numbers[] = {{Number::process_id, "ProcessId"},
                                         {Number::port, "DestinationPort"}};
constexpr Text sysmon_10[] = {{&Activity::user, "SourceUser"},
                              {&Activity::process, "SourceImage"},
                              {&Activity::path, "TargetImage"}};
constexpr Numbered sysmon_10_numbers[] = {{Number::process_id, "SourceProcessId"}};
constexpr Text sysmon_11[] = {
    {&Activity::user, "User"}, {&Activity::process, "Image"}, {&Activity::path, "TargetFilename"}};
constexpr Numbered sysmon_11_numbers[] = {{Number::process_id, "ProcessId"}};
constexpr Text sysmon_13[] = {{&Activity::user, "User"},
                              {&Activity::process, "Image"},
                              {&Activity::target, "TargetObject"},
                              {&Activity::path, "Details"}};
constexpr Numbered sysmon_13_numbers[] = {{Number::process_id, "ProcessId"}};
constexpr Text sysmon_22[] = {
    {&Activity::user, "User"}, {&Activity::process, "Image"}, {&Activity::domain, "QueryName"}};
constexpr Numbered sysmon_22_numbers[] = {{Number::process_id, "ProcessId"}};
constexpr Text security_4624[] = {{&Activity::user, "TargetUserName"},
                                  {&Activity::process, "ProcessName"},
                                  {&Activity::peer, "IpAddress"},
                                  {&Activity::domain, "WorkstationName"}};
constexpr Numbered security_4624_numbers[] = {{Number::logon_type, "LogonType"}};
constexpr Text security_4688[] = {{&Activity::user, "SubjectUserName"},
                                  {&Activity::process, "NewProcessName"},
                                  {&Activity::parent, "ParentProcessName"},
                                  {&Activity::command, "CommandLine"}};
constexpr Numbered security_4688_numbers[] = {{Number::process_id, "NewProcessId"},
                                              {Number::parent_id, "ProcessId"}};
constexpr Text security_4697[] = {{&Activity::user, "SubjectUserName"},
                                  {&Activity::target, "ServiceName"},
                                  {&Activity::path, "ServiceFileName"}};
constexpr Text security_4698[] = {{&Activity::user, "SubjectUserName"},
                                  {&Activity::target, "TaskName"}};
constexpr Text security_5156[] = {{&Activity::process, "Application"},
                                  {&Activity::peer, "DestAddress"}};
constexpr Numbered security_5156_numbers[] = {{Number::process_id, "ProcessID"},
                                              {Number::port, "DestPort"}};
constexpr Text system_7045[] = {{&Activity::user, "AccountName"},
                                {&Activity::target, "ServiceName"},
                                {&Activity::path, "ImagePath"}};
constexpr Text printservice_307[] = {{&Activity::user, "Param3"}, {&Activity::path, "Param2"}};
constexpr Numbered printservice_307_numbers[] = {{Number::bytes_out, "Param7"},
                                                 {Number::pages, "Param8"}};
constexpr Text object_access[] = {{&Activity::user, "SubjectUserName"},
                                  {&Activity::process, "ProcessName"},
                                  {&Activity::path, "ObjectName"}};
constexpr Numbered object_access_numbers[] = {{Number::process_id, "ProcessId"}};
// The file server's view: the share is `target`.
constexpr Text security_5145[] = {{&Activity::user, "SubjectUserName"},
                                  {&Activity::peer, "IpAddress"},
                                  {&Activity::target, "ShareName"},
                                  {&Activity::path, "RelativeTargetName"}};
constexpr Text dns_client_3008[] = {{&Activity::domain, "QueryName"}};
// The server's view: whoever asked is the host.
constexpr Text dns_server_256[] = {{&Activity::host, "Source"}, {&Activity::domain, "QNAME"}};

constexpr Sort sorts[] = {
    {"windows", "sysmon", 1, Kind::process, Condition::none, false, "", sysmon_1, sysmon_1_numbers},
    {"windows", "sysmon", 3, Kind::connection, Condition::initiated, false, "", sysmon_3,
     sysmon_3_numbers},
    {"windows", "sysmon", 10, Kind::file_read, Condition::none, false, "memory", sysmon_10,
     sysmon_10_numbers},
    {"windows", "sysmon", 11, Kind::file_write, Condition::none, false, "", sysmon_11,
     sysmon_11_numbers},
    {"windows", "sysmon", 13, Kind::service, Condition::run_key, false, "key", sysmon_13,
     sysmon_13_numbers},
    {"windows", "sysmon", 22, Kind::query, Condition::none, false, "dns", sysmon_22,
     sysmon_22_numbers},
    {"windows", "security", 4624, Kind::logon, Condition::none, false, "", security_4624,
     security_4624_numbers},
    {"windows", "security", 4688, Kind::process, Condition::none, false, "", security_4688,
     security_4688_numbers},
    {"windows", "security", 4697, Kind::service, Condition::none, false, "service", security_4697},
    {"windows", "security", 4698, Kind::service, Condition::none, false, "task", security_4698},
    {"windows", "security", 5156, Kind::connection, Condition::outgoing, false, "", security_5156,
     security_5156_numbers},
    {"windows", "security", 5157, Kind::connection, Condition::outgoing, true, "", security_5156,
     security_5156_numbers},
    {"windows", "system", 7045, Kind::service, Condition::none, false, "service", system_7045},
    {"windows", "printservice-operational", 307, Kind::print, Condition::none, false, "",
     printservice_307, printservice_307_numbers},
    {"windows", "security", 4656, Kind::file_read, Condition::lsass, false, "memory", object_access,
     object_access_numbers},
    {"windows", "security", 4663, Kind::file_read, Condition::lsass, false, "memory", object_access,
     object_access_numbers},
    {"windows", "security", 4663, Kind::file_write, Condition::writes_file, false, "",
     object_access, object_access_numbers},
    {"windows", "security", 4663, Kind::file_read, Condition::reads_file, false, "", object_access,
     object_access_numbers},
    {"windows", "security", 5145, Kind::file_write, Condition::writes_file, false, "smb",
     security_5145},
    {"windows", "security", 5145, Kind::file_read, Condition::reads_file, false, "smb",
     security_5145},
    {"windows", "dns-client", 3008, Kind::query, Condition::none, false, "dns", dns_client_3008},
    {"windows", "dns-server-analytic", 256, Kind::query, Condition::none, false, "dns",
     dns_server_256},
};

}  // namespace

std::span<const Sort> of_windows() {
    return sorts;
}

}  // namespace shoji::event::activity_tables
