#include "watch/hunt/testing/windows_log.h"

#include "watch/event/time.h"

#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace shoji::hunt::testing {
namespace {

using event::Activity;
using event::ActivityKind;
using Data = std::vector<std::pair<std::string_view, std::string>>;

constexpr std::string_view sysmon = "Microsoft-Windows-Sysmon/Operational";

std::string quoted(std::string_view text) {
    std::string whole = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') whole += '\\';
        whole += c;
    }
    return whole + '"';
}

std::string line(const Activity& activity, std::string_view channel, int event, const Data& data) {
    std::string fields;
    for (const auto& [name, value] : data) {
        fields += (fields.empty() ? "" : ",") + quoted(name) + ":" + quoted(value);
    }
    return fmt::format(
        R"({{"@timestamp":"{}","winlog":{{"event_id":{},"channel":{},"computer_name":{},"event_data":{{{}}}}}}})"
        "\n",
        event::format_time(activity.time), event, quoted(channel), quoted(activity.host), fields);
}

std::string text(std::string_view value) {
    return std::string(value);
}

// The fields that all of Sysmon's events share here.
Data by(const Activity& activity, std::string_view image = "Image",
        std::string_view id = "ProcessId", std::string_view user = "User") {
    return {{image, text(activity.process)},
            {id, std::to_string(activity.process_id)},
            {user, text(activity.user)}};
}

std::string service(const Activity& activity) {
    if (activity.protocol == "key") {
        auto data = by(activity);
        data.emplace_back("TargetObject", activity.target);
        data.emplace_back("Details", activity.path);
        return line(activity, sysmon, 13, data);
    }
    const bool is_task = activity.protocol == "task";
    return line(activity, "Security", is_task ? 4698 : 4697,
                {{"SubjectUserName", text(activity.user)},
                 {is_task ? "TaskName" : "ServiceName", text(activity.target)},
                 {"ServiceFileName", text(activity.path)}});
}

std::string connection(const Activity& activity) {
    if (activity.denied) {
        return line(activity, "Security", 5157,
                    {{"Application", text(activity.process)},
                     {"Direction", "%%14593"},
                     {"DestAddress", text(activity.peer)},
                     {"DestPort", std::to_string(activity.port)}});
    }
    auto data = by(activity);
    data.emplace_back("Initiated", "true");
    data.emplace_back("DestinationIp", activity.peer);
    data.emplace_back("DestinationHostname", activity.domain);
    data.emplace_back("DestinationPort", std::to_string(activity.port));
    return line(activity, sysmon, 3, data);
}

}  // namespace

std::string windows_line(const Activity& activity) {
    auto data = by(activity);
    switch (activity.kind) {
        case ActivityKind::process:
            data.emplace_back("ParentImage", activity.parent);
            data.emplace_back("ParentProcessId", std::to_string(activity.parent_id));
            data.emplace_back("CommandLine", activity.command);
            return line(activity, sysmon, 1, data);
        case ActivityKind::connection:
            return connection(activity);
        case ActivityKind::file_read:
            if (activity.protocol != "memory") return {};
            data = by(activity, "SourceImage", "SourceProcessId", "SourceUser");
            data.emplace_back("TargetImage", activity.path);
            return line(activity, sysmon, 10, data);
        case ActivityKind::file_write:
            data.emplace_back("TargetFilename", activity.path);
            return line(activity, sysmon, 11, data);
        case ActivityKind::query:
            data.emplace_back("QueryName", activity.domain);
            return line(activity, sysmon, 22, data);
        case ActivityKind::service:
            return service(activity);
        case ActivityKind::logon:
            return line(activity, "Security", 4624,
                        {{"TargetUserName", text(activity.user)},
                         {"IpAddress", activity.peer.empty() ? "-" : text(activity.peer)},
                         {"WorkstationName", text(activity.domain)},
                         {"LogonType", std::to_string(activity.logon_type)}});
        default:
            return {};
    }
}

}  // namespace shoji::hunt::testing
