#include "screen/host/record.h"

#include <algorithm>
#include <charconv>
#include <map>

namespace shoji::host {
namespace {

constexpr std::string_view version = "1";
constexpr std::size_t maximum_ports = control::maximum_origins;

template <class T>
bool parse_number(std::string_view text, T& into) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
    return error == std::errc() && end == text.data() + text.size();
}

bool parse_ports(std::string_view text, std::vector<std::uint16_t>& into) {
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        std::uint16_t port = 0;
        if (!parse_number(text.substr(0, comma), port) || into.size() == maximum_ports) {
            return false;
        }
        into.push_back(port);
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return true;
}

bool parse_process(std::string_view text, ProcessMark& into) {
    const auto comma = text.find(',');
    return comma != std::string_view::npos && parse_number(text.substr(0, comma), into.process) &&
           parse_number(text.substr(comma + 1), into.start) && into.process >= 0;
}

base::Failure malformed(std::string_view what) {
    return base::fail(base::ErrorKind::corrupt, "a session's record has no valid '{}'", what);
}

}  // namespace

std::string_view name_of(Part part) {
    switch (part) {
        case Part::browser:
            return "browser";
        case Part::compositor:
            return "compositor";
        case Part::egress:
            return "egress";
    }
    return "";
}

std::string format_record(const Record& record) {
    std::string text = fmt::format(
        "version {}\nid {}\nslot {}\nboot {}\nstarted {}\nexpires {}\nports {}\n"
        "internal_ports {}\n",
        version, control::to_text(record.id), record.slot, record.boot, record.started,
        record.expires, fmt::join(record.ports, ","), fmt::join(record.internal_ports, ","));
    for (const Part part : all_parts) {
        const auto& mark = record.processes[static_cast<std::size_t>(part)];
        text += fmt::format("{} {},{}\n", name_of(part), mark.process, mark.start);
    }
    return text;
}

base::Result<Record> parse_record(std::string_view text) {
    if (text.size() > maximum_record || !text.ends_with('\n')) return malformed("end");
    std::map<std::string_view, std::string_view> values;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(line.size() + 1);
        const auto space = line.find(' ');
        if (space == std::string_view::npos) return malformed("line");
        values[line.substr(0, space)] = line.substr(space + 1);
    }
    Record record;
    if (values["version"] != version) return malformed("version");
    const auto id = control::session_id_from(values["id"]);
    if (!id) return malformed("id");
    record.id = *id;
    record.boot = values["boot"];
    if (!parse_number(values["slot"], record.slot)) return malformed("slot");
    if (!parse_number(values["started"], record.started)) return malformed("started");
    if (!parse_number(values["expires"], record.expires)) return malformed("expires");
    if (!parse_ports(values["ports"], record.ports)) return malformed("ports");
    if (!parse_ports(values["internal_ports"], record.internal_ports)) {
        return malformed("internal_ports");
    }
    for (const Part part : all_parts) {
        auto& mark = record.processes[static_cast<std::size_t>(part)];
        if (!parse_process(values[name_of(part)], mark)) return malformed(name_of(part));
    }
    return record;
}

base::Result<std::uint64_t> parse_start_time(std::string_view stat) {
    const auto name_end = stat.rfind(')');
    if (name_end == std::string_view::npos) return malformed("stat");
    std::string_view rest = stat.substr(name_end + 1);
    // Behind the name, which is field 2, a space stands before each field.
    for (int field = 3; field <= 22; ++field) {
        const auto space = rest.find(' ');
        if (space == std::string_view::npos) return malformed("stat");
        rest.remove_prefix(space + 1);
    }
    std::uint64_t start = 0;
    if (!parse_number(rest.substr(0, rest.find(' ')), start)) return malformed("stat");
    return start;
}

}  // namespace shoji::host
