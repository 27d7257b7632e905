// What keeps others from tampering with the programs in the kernel, as far as a user's process can.
#include "watch/sensor/kernel_side.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <set>
#include <string_view>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace shoji::sensor {
namespace {

// Of all links only those to control groups can be taken off while somebody holds them: then they
// name no group any more. One that cannot be asked counts as attached.
bool is_taken_off(const bpf_link* link) {
    bpf_link_info info{};
    std::uint32_t size = sizeof info;
    if (bpf_obj_get_info_by_fd(bpf_link__fd(link), &info, &size) != 0) return false;
    return info.type == BPF_LINK_TYPE_CGROUP && info.cgroup.cgroup_id == 0;
}

// 0 takes all programs off the kernel's functions; their links stay as they are.
constexpr const char* switch_of_functions = "/proc/sys/kernel/ftrace_enabled";

bool are_functions_off() {
    int on = 1;
    return std::ifstream(switch_of_functions) >> on && on == 0;
}

void turn_functions_on() {
    std::ofstream file(switch_of_functions);
    file << "1" << std::flush;
    if (!file) spdlog::error("{} cannot be set to 1", switch_of_functions);
}

}  // namespace

// Written by programs alone from now on, whoever holds a descriptor: root too could else empty the
// table of programs, or tell them to leave all users out. The ring stays open: its reader writes up
// to where it has read.
base::Result<void> KernelSide::seal() const {
    std::set<std::string_view> closed;
    for (const auto& object : objects_) {
        bpf_map* map = nullptr;
        bpf_object__for_each_map(map, object.get()) {
            const std::string_view name = bpf_map__name(map);
            // Constants are closed by libbpf, a map of several objects by the first of them.
            const bool is_constant = name.ends_with(".rodata");
            const bool is_shared = name.starts_with("shared_") && !closed.insert(name).second;
            if (bpf_map__type(map) == BPF_MAP_TYPE_RINGBUF || is_constant || is_shared) continue;
            if (bpf_map_freeze(bpf_map__fd(map)) == 0) continue;
            return base::fail_errno(errno, fmt::format("closing map {} to writers", name));
        }
    }
    return {};
}

bool KernelSide::has_pins() const {
    return std::ranges::all_of(
        pinned_, [&](const auto& one) { return is_pin(pins_ / one.first, one.second); });
}

std::vector<std::string> KernelSide::mend() {
    std::vector<std::string> taken_off;
    for (auto& attached : links_) {
        if (attached.link && !is_taken_off(attached.link.get())) continue;
        taken_off.emplace_back(bpf_program__name(attached.program));
        attached.link.reset();
        std::vector<Attached> again;
        if (const auto done = attach(attached.program, again); !done) {
            spdlog::error("{}", done.error().message);
        } else if (!again.empty()) {
            attached.link = std::move(again.front().link);
        }
    }
    if (!has_pins()) taken_off.emplace_back("pins");
    if (!pins_.empty() && !taken_off.empty()) {
        if (const auto done = pin_all(); !done) spdlog::error("{}", done.error().message);
    }
    if (are_functions_off()) {
        taken_off.emplace_back("ftrace_enabled");
        turn_functions_on();
    }
    return taken_off;
}

base::Result<void> KernelSide::pin_to(const std::filesystem::path& folder) {
    pins_ = folder;
    auto done = pin_all();
    if (!done) pins_.clear();
    return done;
}

base::Result<void> KernelSide::pin_all() {
    pinned_.clear();
    auto done = prepare_pins(pins_);
    if (!done) return done;
    const auto put = [&](const std::string& name, int descriptor) {
        const auto inode = pin(descriptor, pins_ / name);
        if (inode) {
            pinned_[name] = *inode;
        } else if (done) {
            done = base::Failure(inode.error());
        }
    };
    // First what is written to.
    put(ring_pin(), shared("shared_ring"));
    put("losses", shared("shared_losses"));
    put("told", told_.get());
    for (const auto& attached : links_) {
        if (attached.link) {
            put(bpf_program__name(attached.program), bpf_link__fd(attached.link.get()));
        }
    }
    // A part of it would go on writing what nobody can read.
    if (!done) remove_pins(pins_);
    return done;
}

}  // namespace shoji::sensor
