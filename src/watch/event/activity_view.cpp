#include "watch/event/activity_view.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace shoji::event {
namespace {

using activity_tables::Condition;
using activity_tables::Number;
using Kind = ActivityKind;

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
    if (text.empty()) return;
    member = static_cast<T>(number_of(text, std::numeric_limits<T>::max()));
}

void put_duration(Activity& activity, std::string_view text, Time unit) {
    if (text.empty()) return;
    const auto most = static_cast<std::uint64_t>(std::numeric_limits<Time>::max() / unit);
    activity.duration = static_cast<Time>(number_of(text, most)) * unit;
}

void put_entropy(Activity& activity, std::string_view text) {
    constexpr double most = 8;  // bits a byte
    double entropy = 0;
    const auto* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, entropy);
    if (error == std::errc{} && at == end && entropy >= 0 && entropy <= most) {
        activity.entropy = entropy;
    }
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
        case Number::bytes_in:
            return put(activity.bytes_in, text);
        case Number::pages:
            return put(activity.pages, text);
        case Number::my_numbers:
            return put(activity.my_numbers, text);
        case Number::logon_type:
            return put(activity.logon_type, text);
        case Number::nanoseconds:
            return put_duration(activity, text, 1);
        case Number::milliseconds:
            return put_duration(activity, text, 1'000'000);
        case Number::seconds:
            return put_duration(activity, text, 1'000'000'000);
        case Number::entropy:
            return put_entropy(activity, text);
    }
}

char in_lower_case(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool contains(std::string_view text, std::string_view part) {
    return !std::ranges::search(text, part, {}, in_lower_case).empty();
}

bool is_equal(std::string_view one, std::string_view other) {
    return std::ranges::equal(one, other, {}, in_lower_case);
}

// Run, RunOnce, RunServices … of HKLM and of users: what starts when somebody signs in.
bool is_run_key(std::string_view key) {
    return contains(key, "\\currentversion\\run");
}

// Source: systemd.unit(5), "Unit File Load Path".
bool is_unit_file(std::string_view path) {
    constexpr std::array<std::string_view, 5> folders{"/etc/systemd/", "/usr/lib/systemd/",
                                                      "/lib/systemd/", "/run/systemd/system/",
                                                      "/usr/local/lib/systemd/"};
    constexpr std::array<std::string_view, 5> endings{".service", ".timer", ".socket", ".path",
                                                      ".mount"};
    const bool is_there =
        path.find("/systemd/user/") != std::string_view::npos ||
        std::ranges::any_of(folders, [&](auto folder) { return path.starts_with(folder); });
    return is_there &&
           std::ranges::any_of(endings, [&](auto ending) { return path.ends_with(ending); });
}

// Source: cron(8) of Debian and of cronie.
bool is_cron_file(std::string_view path) {
    return path.starts_with("/etc/cron") || path.starts_with("/var/spool/cron/");
}

// Windows' word for outgoing connections.
constexpr std::string_view outbound = "%%14593";

// Of AccessMask. Source: Microsoft, "File Access Rights Constants", "Process Security and Access
// Rights".
constexpr std::uint64_t reads_data = 0x1;
constexpr std::uint64_t writes_data = 0x6;  // or appends
constexpr std::uint64_t reads_memory = 0x10;

bool is_icmp(std::string_view protocol) {
    return protocol == "1" || protocol == "58" || is_equal(protocol, "icmp") ||
           is_equal(protocol, "icmpv6") || is_equal(protocol, "ipv6-icmp");
}

// The names of transports as detectors know them.
std::string_view plain_protocol(std::string_view protocol) {
    if (protocol == "6" || is_equal(protocol, "tcp")) return "tcp";
    if (protocol == "17" || is_equal(protocol, "udp")) return "udp";
    return protocol;
}

}  // namespace

ActivityView::ActivityView(Names& names)
    : windows_(names.add_source("windows")),
      initiated_(names.add_field("Initiated")),
      flow_id_(names.add_field("FlowId")),
      event_type_(names.add_field("EventType")),
      direction_(names.add_field("Direction")),
      target_object_(names.add_field("TargetObject")),
      target_file_(names.add_field("TargetFilename")),
      object_name_(names.add_field("ObjectName")),
      object_type_(names.add_field("ObjectType")),
      access_mask_(names.add_field("AccessMask")),
      outcome_(names.add_field("Outcome")),
      cron_table_(names.add_field("CronTable")),
      ip_protocol_(names.add_field("Protocol")),
      action_(names.add_field("action")),
      uri_(names.add_field("c-uri")) {
    for (const auto& sorts : {activity_tables::of_windows(), activity_tables::of_linux(),
                              activity_tables::of_networks()}) {
        for (const auto& sort : sorts) add(names, sort);
    }
}

void ActivityView::add(Names& names, const activity_tables::Sort& sort) {
    const auto product = sort.product.empty() ? no_source : names.add_source(sort.product);
    auto& known = known_[{product, names.add_source(sort.source), sort.event}].emplace_back();
    known.sort = &sort;
    for (const auto& [member, field] : sort.texts) {
        known.texts.emplace_back(names.add_field(field), member);
    }
    for (const auto& [member, field] : sort.numbers) {
        known.numbers.emplace_back(names.add_field(field), member);
    }
}

bool ActivityView::is_of_type(const Event& event, Condition condition) const {
    const auto type = event.value(event_type_);
    switch (condition) {
        case Condition::flow_ended:
            return event.value(initiated_) == "true" && type == "flow_end";
        case Condition::flow_goes_on:
            return event.value(initiated_) == "true" && type == "flow_goes_on";
        case Condition::closed:
            return type == "close_write";
        default:
            return type != "open_write";
    }
}

bool ActivityView::holds(const Event& event, Condition condition) const {
    constexpr std::uint64_t most_mask = 0xffffffff;
    const auto mask = [&] { return number_of(event.value(access_mask_), most_mask); };
    // 5145 says no type.
    const auto is_file = [&] {
        const auto type = event.value(object_type_);
        return type.empty() || type == "File";
    };
    switch (condition) {
        case Condition::none:
            return true;
        case Condition::initiated:
            return event.value(initiated_) == "true" && event.value(flow_id_).empty();
        case Condition::flow_ended:
        case Condition::flow_goes_on:
        case Condition::closed:
        case Condition::not_open:
            return is_of_type(event, condition);
        case Condition::outgoing:
            return event.value(direction_) == outbound;
        case Condition::run_key:
            return is_run_key(event.value(target_object_));
        case Condition::succeeded:
            return event.value(outcome_) == "success";
        case Condition::lsass:
            return event.value(object_type_) == "Process" && (mask() & reads_memory) != 0 &&
                   contains(event.value(object_name_), "\\lsass.exe");
        case Condition::reads_file:
            return is_file() && (mask() & reads_data) != 0;
        case Condition::writes_file:
            return is_file() && (mask() & writes_data) != 0;
        case Condition::unit_file:
            return is_unit_file(event.value(target_file_));
        case Condition::cron_file:
            return is_cron_file(event.value(target_file_));
        case Condition::cron_table:
            return !event.value(cron_table_).empty();
    }
    return false;
}

const ActivityView::Known* ActivityView::find(const Event& event, const Key& key) const {
    const auto found = known_.find(key);
    if (found == known_.end()) return nullptr;
    for (const auto& known : found->second) {
        if (holds(event, known.sort->condition)) return &known;
    }
    return nullptr;
}

const ActivityView::Known* ActivityView::find(const Event& event) const {
    const auto& source = event.source;
    if (source.product == windows_) {
        constexpr std::uint64_t most_number = 0xffffffff;
        const auto number = number_of(event.value(field::event_id), most_number);
        return find(event, {windows_, source.service, static_cast<std::uint32_t>(number)});
    }
    for (const auto category : source.categories) {
        if (category == no_source) continue;
        if (const auto* known = find(event, {source.product, category, 0})) return known;
        if (const auto* known = find(event, {no_source, category, 0})) return known;
    }
    return find(event, {source.product, source.service, 0});
}

// What firewalls and proxies call it when they let nothing through. Any field of the name
// counts: a line of Shoji's journal has an "action" of its own before it.
bool ActivityView::is_denied(const Event& event) const {
    constexpr std::array<std::string_view, 9> words{
        "deny", "denied", "block", "blocked", "drop", "dropped", "reject", "rejected", "refused"};
    return std::ranges::any_of(event.fields(), [&](const Field& field) {
        return field.id == action_ && std::ranges::any_of(words, [&](std::string_view word) {
                   return is_equal(field.value, word);
               });
    });
}

// What no single field says.
void ActivityView::complete(const Event& event, Activity& activity) const {
    const bool is_request = activity.kind == Kind::request;
    if (is_request && activity.protocol.empty()) {
        const bool is_tls = activity.method == "CONNECT" || event.value(uri_).starts_with("https:");
        activity.protocol = is_tls ? "tls" : "http";
    }
    if (is_request || activity.kind == Kind::connection) {
        activity.denied = activity.denied || is_denied(event);
    }
    if (activity.kind != Kind::connection) return;
    activity.protocol = plain_protocol(activity.protocol);
    if (is_icmp(event.value(ip_protocol_)) || is_icmp(activity.protocol)) {
        activity.kind = Kind::icmp;
    }
}

bool ActivityView::view(const Event& event, Activity& activity) const {
    const auto* known = find(event);
    if (known == nullptr) return false;
    activity = {};
    activity.kind = known->sort->kind;
    activity.time = event.time;
    activity.host = event.value(field::computer);
    activity.protocol = known->sort->protocol;
    activity.denied = known->sort->denied;
    for (const auto& [field, member] : known->texts) {
        const auto value = event.value(field);
        // What Windows and Sysmon write for nothing.
        if (!value.empty() && value != "-") activity.*member = value;
    }
    for (const auto& [field, member] : known->numbers) put(activity, member, event.value(field));
    complete(event, activity);
    return true;
}

}  // namespace shoji::event
