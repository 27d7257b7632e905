#include "watch/event/activity_tables.h"

namespace shoji::event::activity_tables {
namespace {

using Kind = ActivityKind;

constexpr Text process[] = {{&Activity::user, "User"},
                            {&Activity::process, "Image"},
                            {&Activity::parent, "ParentImage"},
                            {&Activity::command, "CommandLine"}};
constexpr Numbered process_numbers[] = {{Number::process_id, "ProcessId"},
                                        {Number::parent_id, "ParentProcessId"}};
constexpr Text file[] = {
    {&Activity::user, "User"}, {&Activity::process, "Image"}, {&Activity::path, "TargetFilename"}};
constexpr Numbered file_numbers[] = {{Number::process_id, "ProcessId"},
                                     {Number::bytes_out, "BytesWritten"},
                                     {Number::entropy, "Entropy"}};
constexpr Text read_file[] = {{&Activity::user, "User"},
                              {&Activity::process, "Image"},
                              {&Activity::path, "FileName"},
                              {&Activity::path, "TargetFilename"}};
constexpr Numbered read_numbers[] = {{Number::process_id, "ProcessId"},
                                     {Number::bytes_in, "BytesRead"}};
constexpr Text renamed[] = {{&Activity::user, "User"},
                            {&Activity::process, "Image"},
                            {&Activity::path, "SourceFilename"},
                            {&Activity::target, "TargetFilename"}};
constexpr Text memory[] = {{&Activity::user, "User"},
                           {&Activity::process, "SourceImage"},
                           {&Activity::path, "TargetImage"}};
constexpr Numbered memory_numbers[] = {{Number::process_id, "SourceProcessId"}};
constexpr Text connection[] = {
    {&Activity::user, "User"},          {&Activity::process, "Image"},
    {&Activity::peer, "DestinationIp"}, {&Activity::domain, "DestinationHostname"},
    {&Activity::protocol, "Protocol"},  {&Activity::protocol, "DestinationPortName"}};
constexpr Numbered connection_numbers[] = {{Number::process_id, "ProcessId"},
                                           {Number::port, "DestinationPort"},
                                           {Number::bytes_out, "BytesSent"},
                                           {Number::bytes_in, "BytesReceived"},
                                           {Number::nanoseconds, "DurationNanoseconds"}};
constexpr Text query[] = {
    {&Activity::user, "User"}, {&Activity::process, "Image"}, {&Activity::domain, "QueryName"}};
constexpr Text start[] = {{&Activity::user, "User"},
                          {&Activity::process, "Image"},
                          {&Activity::target, "TargetFilename"}};
constexpr Numbered start_numbers[] = {{Number::process_id, "ProcessId"}};
constexpr Text table[] = {{&Activity::user, "User"}, {&Activity::target, "CronTable"}};
constexpr Text logon[] = {
    {&Activity::user, "User"}, {&Activity::process, "Image"}, {&Activity::peer, "SourceIp"}};
constexpr Numbered logon_numbers[] = {{Number::process_id, "ProcessId"},
                                      {Number::logon_type, "LogonType"}};
constexpr Text sudo[] = {
    {&Activity::user, "User"}, {&Activity::process, "Image"}, {&Activity::command, "CommandLine"}};

constexpr Sort sorts[] = {
    {"linux", "process_creation", 0, Kind::process, Condition::none, false, "", process,
     process_numbers},
    {"linux", "file_event", 0, Kind::service, Condition::unit_file, false, "unit", start,
     start_numbers},
    {"linux", "file_event", 0, Kind::service, Condition::cron_file, false, "cron", start,
     start_numbers},
    {"linux", "file_event", 0, Kind::file_write, Condition::not_open, false, "", file,
     file_numbers},
    {"linux", "file_change", 0, Kind::file_write, Condition::closed, false, "", file, file_numbers},
    {"linux", "file_access", 0, Kind::file_read, Condition::none, false, "", read_file,
     read_numbers},
    {"linux", "file_rename", 0, Kind::file_rename, Condition::none, false, "", renamed,
     start_numbers},
    {"linux", "process_access", 0, Kind::file_read, Condition::none, false, "memory", memory,
     memory_numbers},
    {"linux", "network_connection", 0, Kind::connection, Condition::initiated, false, "",
     connection, connection_numbers},
    {"linux", "network_flow", 0, Kind::connection, Condition::flow_ended, false, "", connection,
     connection_numbers},
    {"linux", "network_flow", 0, Kind::transfer, Condition::flow_goes_on, false, "", connection,
     connection_numbers},
    {"linux", "dns_query", 0, Kind::query, Condition::none, false, "dns", query, start_numbers},
    {"", "authentication", 0, Kind::logon, Condition::succeeded, false, "", logon, logon_numbers},
    {"linux", "sudo", 0, Kind::process, Condition::succeeded, false, "", sudo},
    {"linux", "cron", 0, Kind::service, Condition::cron_table, false, "cron", table},
};

}  // namespace

std::span<const Sort> of_linux() {
    return sorts;
}

}  // namespace shoji::event::activity_tables
