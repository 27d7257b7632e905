#include "watch/station/held.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

namespace shoji::station {
namespace {

std::string text_of(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

bool is_frozen(std::string_view events) {
    return events.starts_with("frozen 1") || events.find("\nfrozen 1") != std::string_view::npos;
}

}  // namespace

// The state is behind the program's name, which may have any bytes in it.
bool is_stopped(std::string_view stat) {
    const auto name_end = stat.rfind(") ");
    if (name_end == std::string_view::npos || name_end + 2 >= stat.size()) return false;
    const char state = stat[name_end + 2];
    return state == 'T' || state == 't';
}

std::string unified_group(std::string_view groups) {
    constexpr std::string_view mark = "0::";
    while (!groups.empty()) {
        const auto line = groups.substr(0, groups.find('\n'));
        if (line.starts_with(mark)) return std::string(line.substr(mark.size()));
        groups.remove_prefix(std::min(line.size() + 1, groups.size()));
    }
    return {};
}

bool is_held(pid_t process) {
    const auto folder = fmt::format("/proc/{}/", process);
    if (is_stopped(text_of(folder + "stat"))) return true;
    const auto group = unified_group(text_of(folder + "cgroup"));
    if (group.empty()) return false;
    for (const auto* mount : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}) {
        if (is_frozen(text_of(mount + group + "/cgroup.events"))) return true;
    }
    return false;
}

}  // namespace shoji::station
