#include "screen/isolation/cgroup.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <sstream>

namespace shoji::isolation {
namespace {

constexpr std::array<std::string_view, 3> controllers{"memory", "pids", "cpu"};

bool has_option(std::string_view options, std::string_view wanted) {
    while (!options.empty()) {
        const auto comma = options.find(',');
        if (options.substr(0, comma) == wanted) return true;
        if (comma == std::string_view::npos) return false;
        options.remove_prefix(comma + 1);
    }
    return false;
}

void take_mount(const std::string& line, CgroupMounts& mounts) {
    std::istringstream fields(line);
    const std::vector<std::string> words{std::istream_iterator<std::string>(fields), {}};
    const auto dash = std::ranges::find(words, "-");
    if (words.size() < 7 || words.end() - dash < 4) return;
    const std::filesystem::path folder = words[4];
    const std::string& kind = *(dash + 1);
    const std::string& options = *(dash + 3);
    if (kind == "cgroup2" && mounts.unified.empty()) mounts.unified = folder;
    if (kind != "cgroup") return;
    if (has_option(options, "memory")) mounts.memory = folder;
    if (has_option(options, "pids")) mounts.pids = folder;
    if (has_option(options, "cpu")) mounts.cpu = folder;
}

}  // namespace

std::vector<std::string> CgroupMounts::missing() const {
    std::vector<std::string> names;
    const auto check = [&](const std::filesystem::path& separate, const char* name) {
        if (separate.empty() &&
            std::ranges::find(unified_controllers, name) == unified_controllers.end()) {
            names.emplace_back(name);
        }
    };
    check(memory, "memory");
    check(pids, "pids");
    check(cpu, "cpu");
    return names;
}

CgroupMounts parse_cgroup_mounts(std::string_view mountinfo) {
    CgroupMounts mounts;
    std::istringstream lines{std::string(mountinfo)};
    for (std::string line; std::getline(lines, line);) take_mount(line, mounts);
    return mounts;
}

base::Result<CgroupMounts> find_cgroup_mounts() {
    std::ifstream file("/proc/self/mountinfo");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    CgroupMounts mounts = parse_cgroup_mounts(text);
    if (!mounts.unified.empty()) {
        std::ifstream available(mounts.unified / "cgroup.controllers");
        for (std::string name; available >> name;) {
            if (std::ranges::find(controllers, name) != controllers.end()) {
                mounts.unified_controllers.push_back(name);
            }
        }
    }
    if (mounts.unified.empty() && mounts.memory.empty()) {
        return base::fail(base::ErrorKind::unavailable, "no control groups are mounted");
    }
    return mounts;
}

}  // namespace shoji::isolation
