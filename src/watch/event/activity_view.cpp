#include "watch/event/activity_view.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace shoji::event {
namespace {

using Known = ActivityView::Known;
using Condition = Known::Condition;
using Number = Known::Number;
using Kind = ActivityKind;

struct Sort {
    std::string_view service;
    std::uint32_t event;
    Kind kind;
    std::string_view protocol = {};
    Condition condition = Condition::none;
    bool denied = false;
};

constexpr Sort sorts[] = {
    {"sysmon", 1, Kind::process},
    {"sysmon", 3, Kind::connection, {}, Condition::initiated},
    {"sysmon", 10, Kind::file_read, "memory"},
    {"sysmon", 11, Kind::file_write},
    {"sysmon", 13, Kind::service, "key", Condition::run_key},
    {"sysmon", 22, Kind::query, "dns"},
    {"security", 4624, Kind::logon},
    {"security", 4688, Kind::process},
    {"security", 4697, Kind::service, "service"},
    {"security", 4698, Kind::service, "task"},
    {"security", 5156, Kind::connection, {}, Condition::outgoing},
    {"security", 5157, Kind::connection, {}, Condition::outgoing, true},
    {"system", 7045, Kind::service, "service"},
    {"printservice-operational", 307, Kind::print},
};

struct Text {
    std::string_view service;
    std::uint32_t event;
    std::string_view Activity::*member;
    std::string_view field;
};

constexpr Text texts[] = {
    {"sysmon", 1, &Activity::user, "User"},
    {"sysmon", 1, &Activity::process, "Image"},
    {"sysmon", 1, &Activity::parent, "ParentImage"},
    {"sysmon", 1, &Activity::command, "CommandLine"},
    {"sysmon", 3, &Activity::user, "User"},
    {"sysmon", 3, &Activity::process, "Image"},
    {"sysmon", 3, &Activity::peer, "DestinationIp"},
    {"sysmon", 3, &Activity::domain, "DestinationHostname"},
    {"sysmon", 3, &Activity::protocol, "DestinationPortName"},
    {"sysmon", 10, &Activity::user, "SourceUser"},
    {"sysmon", 10, &Activity::process, "SourceImage"},
    {"sysmon", 10, &Activity::path, "TargetImage"},
    {"sysmon", 11, &Activity::user, "User"},
    {"sysmon", 11, &Activity::process, "Image"},
    {"sysmon", 11, &Activity::path, "TargetFilename"},
    {"sysmon", 13, &Activity::user, "User"},
    {"sysmon", 13, &Activity::process, "Image"},
    {"sysmon", 13, &Activity::target, "TargetObject"},
    {"sysmon", 13, &Activity::path, "Details"},
    {"sysmon", 22, &Activity::user, "User"},
    {"sysmon", 22, &Activity::process, "Image"},
    {"sysmon", 22, &Activity::domain, "QueryName"},
    {"security", 4624, &Activity::user, "TargetUserName"},
    {"security", 4624, &Activity::process, "ProcessName"},
    {"security", 4624, &Activity::peer, "IpAddress"},
    {"security", 4624, &Activity::domain, "WorkstationName"},
    {"security", 4688, &Activity::user, "SubjectUserName"},
    {"security", 4688, &Activity::process, "NewProcessName"},
    {"security", 4688, &Activity::parent, "ParentProcessName"},
    {"security", 4688, &Activity::command, "CommandLine"},
    {"security", 4697, &Activity::user, "SubjectUserName"},
    {"security", 4697, &Activity::target, "ServiceName"},
    {"security", 4697, &Activity::path, "ServiceFileName"},
    {"security", 4698, &Activity::user, "SubjectUserName"},
    {"security", 4698, &Activity::target, "TaskName"},
    {"security", 5156, &Activity::process, "Application"},
    {"security", 5156, &Activity::peer, "DestAddress"},
    {"security", 5157, &Activity::process, "Application"},
    {"security", 5157, &Activity::peer, "DestAddress"},
    {"system", 7045, &Activity::user, "AccountName"},
    {"system", 7045, &Activity::target, "ServiceName"},
    {"system", 7045, &Activity::path, "ImagePath"},
    {"printservice-operational", 307, &Activity::user, "Param3"},
    {"printservice-operational", 307, &Activity::path, "Param2"},
};

struct Numbered {
    std::string_view service;
    std::uint32_t event;
    Number member;
    std::string_view field;
};

constexpr Numbered numbered[] = {
    {"sysmon", 1, Number::process_id, "ProcessId"},
    {"sysmon", 1, Number::parent_id, "ParentProcessId"},
    {"sysmon", 3, Number::process_id, "ProcessId"},
    {"sysmon", 3, Number::port, "DestinationPort"},
    {"sysmon", 10, Number::process_id, "SourceProcessId"},
    {"sysmon", 11, Number::process_id, "ProcessId"},
    {"sysmon", 13, Number::process_id, "ProcessId"},
    {"sysmon", 22, Number::process_id, "ProcessId"},
    {"security", 4624, Number::logon_type, "LogonType"},
    {"security", 4688, Number::process_id, "NewProcessId"},
    {"security", 4688, Number::parent_id, "ProcessId"},
    {"security", 5156, Number::process_id, "ProcessID"},
    {"security", 5156, Number::port, "DestPort"},
    {"security", 5157, Number::process_id, "ProcessID"},
    {"security", 5157, Number::port, "DestPort"},
    {"printservice-operational", 307, Number::bytes_out, "Param7"},
    {"printservice-operational", 307, Number::pages, "Param8"},
};

// Decimal, or hexadecimal behind 0x; 0 when it is no number, or larger than `most`.
std::uint64_t number_of(std::string_view text, std::uint64_t most) {
    const bool hexadecimal = text.starts_with("0x");
    if (hexadecimal) text.remove_prefix(2);
    std::uint64_t number = 0;
    const auto* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, number, hexadecimal ? 16 : 10);
    return error == std::errc{} && at == end && number <= most ? number : 0;
}

template <class T>
void put(T& member, std::string_view text) {
    member = static_cast<T>(number_of(text, std::numeric_limits<T>::max()));
}

void put(Activity& activity, Number member, std::string_view text) {
    switch (member) {
        case Number::process_id:
            return put(activity.process_id, text);
        case Number::parent_id:
            return put(activity.parent_id, text);
        case Number::port:
            return put(activity.port, text);
        case Number::bytes_out:
            return put(activity.bytes_out, text);
        case Number::pages:
            return put(activity.pages, text);
        case Number::logon_type:
            return put(activity.logon_type, text);
    }
}

char in_lower_case(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

// Run, RunOnce, RunServices … of HKLM and of users: what starts when somebody signs in.
bool is_run_key(std::string_view key) {
    constexpr std::string_view part = "\\currentversion\\run";
    return !std::ranges::search(key, part, {}, in_lower_case).empty();
}

// Windows' word for outgoing connections.
constexpr std::string_view outbound = "%%14593";

bool is_icmp(std::string_view ip_protocol) {
    return ip_protocol == "1" || ip_protocol == "58";
}

}  // namespace

ActivityView::ActivityView(Names& names)
    : initiated_(names.add_field("Initiated")),
      direction_(names.add_field("Direction")),
      target_object_(names.add_field("TargetObject")),
      ip_protocol_(names.add_field("Protocol")) {
    for (const auto& sort : sorts) {
        auto& known = known_[{names.add_source(sort.service), sort.event}];
        known.kind = sort.kind;
        known.protocol = sort.protocol;
        known.condition = sort.condition;
        known.denied = sort.denied;
    }
    for (const auto& text : texts) {
        known_[{names.source(text.service), text.event}].texts.emplace_back(
            names.add_field(text.field), text.member);
    }
    for (const auto& number : numbered) {
        known_[{names.source(number.service), number.event}].numbers.emplace_back(
            names.add_field(number.field), number.member);
    }
}

bool ActivityView::is_wanted(const Event& event, const Known& known) const {
    switch (known.condition) {
        case Condition::none:
            return true;
        case Condition::initiated:
            return event.value(initiated_) == "true";
        case Condition::outgoing:
            return event.value(direction_) == outbound;
        case Condition::run_key:
            return is_run_key(event.value(target_object_));
    }
    return false;
}

bool ActivityView::view(const Event& event, Activity& activity) const {
    constexpr std::uint64_t most_number = 0xffffffff;
    const auto number = number_of(event.value(field::event_id), most_number);
    const auto found = known_.find({event.source.service, static_cast<std::uint32_t>(number)});
    if (found == known_.end() || !is_wanted(event, found->second)) return false;
    const auto& known = found->second;
    activity = {};
    activity.kind = known.kind;
    activity.time = event.time;
    activity.host = event.value(field::computer);
    activity.protocol = known.protocol;
    activity.denied = known.denied;
    for (const auto& [field, member] : known.texts) {
        const auto value = event.value(field);
        // What Windows and Sysmon write for nothing.
        if (!value.empty() && value != "-") activity.*member = value;
    }
    for (const auto& [field, member] : known.numbers) put(activity, member, event.value(field));
    if (known.kind == Kind::connection && is_icmp(event.value(ip_protocol_))) {
        activity.kind = Kind::icmp;
    }
    return true;
}

}  // namespace shoji::event
