#include "watch/response/isolation_watch.h"

#include "core/base/file_descriptor.h"
#include "watch/response/packet_rules.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <thread>

#include <net/if.h>
#include <sched.h>
#include <sys/socket.h>

namespace shoji::response {
namespace {

constexpr std::string_view tried_device = "lo";  // every namespace has it

// Numbers of files of namespaces are given out again, these are not (Linux 5.14).
base::Result<std::uint64_t> namespace_number() {
    const base::FileDescriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    std::uint64_t number = 0;
    socklen_t size = sizeof number;
    if (!socket.valid() ||
        ::getsockopt(socket.get(), SOL_SOCKET, SO_NETNS_COOKIE, &number, &size) != 0) {
        return base::fail_errno(errno, "asking for the number of a network namespace");
    }
    return number;
}

void replace_all(std::string& text, std::string_view from, const std::string& to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
}

struct Listed {
    std::string host;
    std::string frames;
};

base::Result<Listed> try_apart(const IsolationPolicy& policy) {
    base::Result<Listed> listed = Listed{};
    std::thread([&] {
        if (::unshare(CLONE_NEWNET) != 0) {
            listed = base::fail_errno(errno, "making a network namespace");
            return;
        }
        const std::array<std::string, 1> devices{std::string(tried_device)};
        auto applied = apply_packet_rules(host_rules(policy));
        if (applied) applied = apply_device_rules(policy, devices);
        if (!applied) {
            listed = base::Failure(applied.error());
            return;
        }
        listed = Listed{list_packet_table(host_table), list_packet_table(device_table)};
    }).join();
    return listed;
}

}  // namespace

base::Result<IsolationWatch> IsolationWatch::of(const IsolationPolicy& policy) {
    const auto listed = try_apart(policy);
    if (!listed) return base::Failure(listed.error());
    const auto from = listed->frames.find("\tchain ");
    const auto to = listed->frames.rfind("}\n");
    if (listed->host.empty() || from == std::string::npos || to == std::string::npos || to < from) {
        return base::fail(base::ErrorKind::system, "the rules of an isolation cannot be read back");
    }
    IsolationWatch watch;
    watch.host_ = listed->host;
    watch.frames_head_ = listed->frames.substr(0, from);
    watch.chains_ = listed->frames.substr(from, to - from);
    return watch;
}

std::string IsolationWatch::chains_of(const std::string& device, std::size_t place) const {
    auto chains = chains_;
    replace_all(chains, fmt::format("\"{}\"", tried_device), fmt::format("\"{}\"", device));
    replace_all(chains, "chain out_0 ", fmt::format("chain out_{} ", place));
    replace_all(chains, "chain in_0 ", fmt::format("chain in_{} ", place));
    return chains;
}

std::string IsolationWatch::frames_of(const std::vector<Device>& devices) const {
    if (devices.empty()) return {};
    std::string text = frames_head_;
    for (std::size_t i = 0; i < devices.size(); ++i) {
        if (i > 0) text += '\n';
        text += chains_of(devices[i].name, i);
    }
    return text + "}\n";
}

// Whether what was there before devices came or went is still there for those that stayed.
bool IsolationWatch::has_rest(const std::string& listed, const std::vector<Device>& then,
                              const std::vector<Device>& now) const {
    for (std::size_t i = 0; i < then.size(); ++i) {
        if (std::ranges::find(now, then[i]) == now.end()) continue;
        if (!listed.starts_with(frames_head_)) return false;
        if (listed.find(chains_of(then[i].name, i)) == std::string::npos) return false;
    }
    return true;
}

std::vector<IsolationWatch::Device> IsolationWatch::numbered(
    const std::vector<std::string>& names) {
    std::vector<Device> devices;
    for (const auto& name : names) devices.push_back({name, ::if_nametoindex(name.c_str())});
    return devices;
}

base::Result<IsolationWatch::Finding> IsolationWatch::look() {
    auto found = look_once();
    // A device that goes just then takes its rules with it.
    if (found && *found == Finding::undone) found = look_once();
    return found;
}

base::Result<IsolationWatch::Finding> IsolationWatch::look_once() {
    const auto here = namespace_number();
    if (!here) return base::Failure(here.error());
    const auto names = network_devices();
    if (!names) return base::Failure(names.error());
    const auto now = numbered(*names);
    const auto host = list_packet_table(host_table);
    const auto frames = list_packet_table(device_table);
    const auto known = known_.find(*here);
    if (host == host_ && frames == frames_of(now)) {
        known_.insert_or_assign(*here, Namespace{now, true});
        return Finding::holds;
    }
    if (known == known_.end()) return Finding::grown;
    known->second.is_there = true;
    const auto& then = known->second.devices;
    const bool stands = host == host_ && now != then && has_rest(frames, then, now);
    return stands ? Finding::grown : Finding::undone;
}

base::Result<void> IsolationWatch::remember(const std::vector<std::string>& devices) {
    const auto here = namespace_number();
    if (!here) return base::Failure(here.error());
    known_.insert_or_assign(*here, Namespace{numbered(devices), true});
    return {};
}

void IsolationWatch::forget_gone() {
    std::erase_if(known_, [](const auto& one) { return !one.second.is_there; });
    for (auto& [number, one] : known_) one.is_there = false;
}

}  // namespace shoji::response
