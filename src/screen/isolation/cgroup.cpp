#include "screen/isolation/cgroup.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <set>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace shoji::isolation {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t cpu_period = 100000;  // microseconds

base::Result<void> write_control(const fs::path& file, const std::string& text) {
    const base::FileDescriptor descriptor(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
    if (!descriptor.valid() ||
        ::write(descriptor.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
        return base::fail_errno(errno, "writing " + file.native());
    }
    return {};
}

std::uint64_t read_number(const fs::path& file) {
    std::ifstream stream(file);
    std::uint64_t number = 0;
    stream >> number;
    return stream ? number : 0;
}

// The number after `name` in a file of "name number" lines.
std::uint64_t read_named_number(const fs::path& file, std::string_view name) {
    std::ifstream stream(file);
    std::string word;
    for (std::uint64_t number = 0; stream >> word >> number;) {
        if (word == name) return number;
    }
    return 0;
}

base::Result<void> make_folders(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return base::fail_errno(error.value(), "making the group " + folder.native());
    return {};
}

// Version 2 gives a group only the controllers that each group above it passes on.
base::Result<void> pass_controllers_on(const CgroupMounts& mounts, const std::string& path) {
    std::string wanted;
    for (const auto& name : mounts.unified_controllers) wanted += "+" + name + " ";
    if (wanted.empty()) return {};
    fs::path above = mounts.unified;
    for (const auto& part : fs::path(path)) {
        if (auto written = write_control(above / "cgroup.subtree_control", wanted); !written) {
            return written;
        }
        above /= part;
    }
    return {};
}

base::Result<void> limit_memory(const CgroupMounts& mounts, const std::string& path,
                                std::uint64_t bytes) {
    if (mounts.memory.empty()) {
        if (auto done = write_control(mounts.unified / path / "memory.max", std::to_string(bytes));
            !done) {
            return done;
        }
        // Nothing of a session is to reach a disk. The file is absent where there is no swap.
        const fs::path swap = mounts.unified / path / "memory.swap.max";
        return fs::exists(swap) ? write_control(swap, "0") : base::Result<void>{};
    }
    const fs::path folder = mounts.memory / path;
    if (auto done = write_control(folder / "memory.limit_in_bytes", std::to_string(bytes)); !done) {
        return done;
    }
    const fs::path swap = folder / "memory.memsw.limit_in_bytes";
    return fs::exists(swap) ? write_control(swap, std::to_string(bytes)) : base::Result<void>{};
}

base::Result<void> limit_cpu(const CgroupMounts& mounts, const std::string& path,
                             std::uint32_t percent) {
    const std::string quota = std::to_string(cpu_period * percent / 100);
    if (mounts.cpu.empty()) {
        return write_control(mounts.unified / path / "cpu.max",
                             quota + " " + std::to_string(cpu_period));
    }
    return write_control(mounts.cpu / path / "cpu.cfs_quota_us", quota);
}

bool has(const CgroupMounts& mounts, const std::string& controller) {
    const auto missing = mounts.missing();
    return std::ranges::find(missing, controller) == missing.end();
}

base::Result<void> limit(const CgroupMounts& mounts, const std::string& path,
                         const GroupLimits& limits) {
    if (limits.memory_bytes != 0 && has(mounts, "memory")) {
        if (auto done = limit_memory(mounts, path, limits.memory_bytes); !done) return done;
    }
    if (limits.processes != 0 && has(mounts, "pids")) {
        const fs::path base = mounts.pids.empty() ? mounts.unified : mounts.pids;
        if (auto done = write_control(base / path / "pids.max", std::to_string(limits.processes));
            !done) {
            return done;
        }
    }
    if (limits.cpu_percent != 0 && has(mounts, "cpu")) {
        if (auto done = limit_cpu(mounts, path, limits.cpu_percent); !done) return done;
    }
    return {};
}

void collect_processes(const fs::path& folder, std::set<pid_t>& into) {
    std::ifstream listed(folder / "cgroup.procs");
    for (pid_t process = 0; listed >> process;) into.insert(process);
    std::error_code error;  // a group that has just gone holds no process
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        if (entry.is_directory(error)) collect_processes(entry.path(), into);
    }
}

std::set<pid_t> processes_below(const std::vector<fs::path>& folders) {
    std::set<pid_t> processes;
    for (const auto& folder : folders) collect_processes(folder, processes);
    return processes;
}

// Depth first, for a group that has others below it cannot be removed.
base::Result<void> remove_folder(const fs::path& folder) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        if (!entry.is_directory(error)) continue;
        if (auto removed = remove_folder(entry.path()); !removed) return removed;
    }
    if (::rmdir(folder.c_str()) != 0 && errno != ENOENT) {
        return base::fail_errno(errno, "removing the group " + folder.native());
    }
    return {};
}

std::vector<fs::path> hierarchies(const CgroupMounts& mounts) {
    std::vector<fs::path> all;
    for (const auto& base : {mounts.unified, mounts.memory, mounts.pids, mounts.cpu}) {
        // Version 1 may have two controllers in one hierarchy.
        if (!base.empty() && std::ranges::find(all, base) == all.end()) all.push_back(base);
    }
    return all;
}

}  // namespace

base::Result<Cgroup> Cgroup::create(const CgroupMounts& mounts, const std::string& path,
                                    const GroupLimits& limits) {
    for (const auto& base : hierarchies(mounts)) {
        if (auto made = make_folders(base / path); !made) return base::Failure(made.error());
    }
    if (!mounts.unified.empty()) {
        if (auto passed = pass_controllers_on(mounts, path); !passed) {
            return base::Failure(passed.error());
        }
    }
    if (auto limited = limit(mounts, path, limits); !limited) {
        return base::Failure(limited.error());
    }
    return open(mounts, path);
}

Cgroup Cgroup::open(const CgroupMounts& mounts, const std::string& path) {
    Cgroup group;
    group.mounts_ = mounts;
    group.path_ = path;
    if (!mounts.unified.empty()) {
        const fs::path folder = mounts.unified / path;
        group.descriptor_.reset(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    }
    return group;
}

std::vector<fs::path> Cgroup::folders() const {
    std::vector<fs::path> all = hierarchies(mounts_);
    for (auto& folder : all) folder /= path_;
    return all;
}

base::Result<void> Cgroup::add(pid_t process) const {
    for (const auto& folder : folders()) {
        if (auto added = write_control(folder / "cgroup.procs", std::to_string(process)); !added) {
            return added;
        }
    }
    return {};
}

std::uint64_t Cgroup::memory_kills() const {
    return mounts_.memory.empty()
               ? read_named_number(mounts_.unified / path_ / "memory.events", "oom_kill")
               : read_named_number(mounts_.memory / path_ / "memory.oom_control", "oom_kill");
}

std::uint64_t Cgroup::memory_bytes() const {
    return mounts_.memory.empty() ? read_number(mounts_.unified / path_ / "memory.current")
                                  : read_number(mounts_.memory / path_ / "memory.usage_in_bytes");
}

bool Cgroup::empty() const {
    return processes_below(folders()).empty();
}

base::Result<void> Cgroup::kill_all() const {
    const fs::path kill_file = mounts_.unified / path_ / "cgroup.kill";
    if (!mounts_.unified.empty() && fs::exists(kill_file)) return write_control(kill_file, "1");
    for (const pid_t process : processes_below(folders())) {
        // The number may belong to another process by now: hold the process, then look again.
        const base::FileDescriptor held(static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));
        if (!held.valid() || !processes_below(folders()).contains(process)) continue;
        if (::syscall(SYS_pidfd_send_signal, held.get(), SIGKILL, nullptr, 0) != 0 &&
            errno != ESRCH) {
            return base::fail_errno(errno, "ending the processes of the group " + path_);
        }
    }
    return {};
}

base::Result<void> Cgroup::remove() const {
    for (const auto& folder : folders()) {
        if (auto removed = remove_folder(folder); !removed) return removed;
    }
    return {};
}

std::vector<std::string> list_cgroups(const CgroupMounts& mounts, const std::string& path) {
    std::set<std::string> names;
    for (const auto& base : hierarchies(mounts)) {
        std::error_code error;  // no such folder: no groups
        for (const auto& entry : fs::directory_iterator(base / path, error)) {
            if (entry.is_directory(error)) names.insert(entry.path().filename().native());
        }
    }
    return {names.begin(), names.end()};
}

}  // namespace shoji::isolation
