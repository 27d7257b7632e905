#include "watch/response/freezer.h"

#include "watch/response/small_file.h"

#include <chrono>
#include <sstream>
#include <thread>

namespace shoji::response {
namespace {

constexpr std::size_t most_small = 1U << 20U;

// True when it was not frozen before, and could be asked to be.
bool ask(const std::filesystem::path& folder) {
    const auto before = read_small_file(folder / "cgroup.freeze", most_small);
    return before && before->starts_with('0') &&
           write_control_file(folder / "cgroup.freeze", "1").has_value();
}

bool stands_still(const std::filesystem::path& folder) {
    const auto events = read_small_file(folder / "cgroup.events", most_small);
    return events && events->find("frozen 1") != std::string::npos;
}

}  // namespace

std::filesystem::path unified_mount(std::string_view mountinfo) {
    std::istringstream lines{std::string(mountinfo)};
    for (std::string line; std::getline(lines, line);) {
        if (line.find(" - cgroup2 ") == std::string::npos) continue;
        std::istringstream words(line);
        std::string word;
        constexpr int place = 5;
        for (int i = 0; i < place; ++i) words >> word;
        return word;
    }
    return {};
}

std::optional<Frozen> Frozen::freeze(const std::string& cgroup) {
    const auto mounts = read_small_file("/proc/self/mountinfo", most_small);
    if (!mounts || cgroup.size() < 2 || cgroup.find("/..") != std::string::npos) return {};
    const auto mount = unified_mount(*mounts);
    if (mount.empty()) return {};
    const auto folder = mount / cgroup.substr(1);
    if (!ask(folder)) return {};
    Frozen frozen(folder);
    constexpr std::chrono::milliseconds step{2};
    constexpr int steps = 1000;
    for (int i = 0; i < steps; ++i) {
        if (stands_still(folder)) return frozen;
        std::this_thread::sleep_for(step);
    }
    return {};
}

Frozen::~Frozen() {
    // The group may be gone with its last process.
    if (!folder_.empty()) (void)write_control_file(folder_ / "cgroup.freeze", "0");
}

}  // namespace shoji::response
