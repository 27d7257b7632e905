#include "watch/response/isolation.h"

#include "watch/response/kill.h"
#include "watch/response/packet_rules.h"
#include "watch/response/small_file.h"

#include <cerrno>
#include <csignal>
#include <functional>
#include <map>
#include <thread>

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shoji::response {
namespace {

constexpr const char* unit = "shoji-isolation.service";

using Inside = std::function<base::Result<void>()>;

base::Result<std::map<FileId, base::FileDescriptor>> network_namespaces() {
    const auto listing = list_processes();
    if (!listing) return base::Failure(listing.error());
    std::map<FileId, base::FileDescriptor> all;
    for (const auto& process : *listing) {
        const std::string path = fmt::format("/proc/{}/ns/net", process.id.number);
        base::FileDescriptor space(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        struct stat state {};
        if (!space.valid() || ::fstat(space.get(), &state) != 0) continue;
        all.try_emplace({state.st_dev, state.st_ino}, std::move(space));
    }
    return all;
}

// A thread alone can be in another namespace; the caller stays where it is.
base::Result<void> in_namespace(int space, const Inside& inside) {
    base::Result<void> result;
    std::thread([&] {
        if (::setns(space, CLONE_NEWNET) != 0) {
            result = base::fail_errno(errno, "entering a network namespace");
        } else {
            result = inside();
        }
    }).join();
    return result;
}

// The first error is told; the others are tried all the same.
base::Result<std::size_t> everywhere(bool every, const Inside& inside) {
    base::Result<void> first = inside();
    std::size_t count = 1;
    if (every) {
        const auto spaces = network_namespaces();
        if (!spaces) return base::Failure(spaces.error());
        struct stat own {};
        if (::stat("/proc/thread-self/ns/net", &own) != 0) {
            return base::fail_errno(errno, "looking at the network namespace");
        }
        for (const auto& [id, space] : *spaces) {
            if (id == FileId{own.st_dev, own.st_ino}) continue;
            auto done = in_namespace(space.get(), inside);
            if (first && !done) first = std::move(done);
            ++count;
        }
    }
    if (!first) return base::Failure(first.error());
    return count;
}

base::Result<void> end_holders(const IsolationRequest& request, const std::vector<FileId>& programs,
                               bool dry_run, IsolationOutcome& outcome) {
    auto holders = socket_holders(programs);
    if (!holders) return base::Failure(holders.error());
    for (auto& holder : *holders) {
        if (request.cgroup != 0) continue;  // the guard holds for others
        if (!may_kill(holder.process, request.protection)) {
            outcome.left.push_back(std::move(holder));
            continue;
        }
        if (!dry_run) {
            const auto held = hold_process(holder.process.id);
            if (!held) continue;  // it has ended
            if (auto sent = signal_process(held->get(), SIGKILL); !sent) return sent;
        }
        outcome.killed.push_back(std::move(holder));
    }
    return {};
}

base::Result<void> remove_file(const std::filesystem::path& path) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
        return base::fail_errno(errno, "removing " + path.native());
    }
    return {};
}

}  // namespace

bool Isolation::in_force() const {
    std::error_code unknown;
    return commanded_ || std::filesystem::exists(rules_file(), unknown);
}

base::Result<void> Isolation::apply_here(const IsolationPolicy& policy) {
    const auto devices = network_devices();
    if (!devices) return base::Failure(devices.error());
    const auto frames = device_rules(policy, *devices);
    if (!frames) return base::Failure(frames.error());
    // The host's own first: should a device go meanwhile, these hold already.
    if (auto done = apply_packet_rules(host_rules(policy)); !done) return done;
    if (auto done = apply_packet_rules(*frames); !done) return done;
    return watch_ ? watch_->remember(*devices) : base::Result<void>{};
}

base::Result<bool> Isolation::holds(bool every_namespace) {
    if (!watch_) return base::fail(base::ErrorKind::system, "{}", unseen_);
    bool undone = false;
    const auto looked = everywhere(every_namespace, [&]() -> base::Result<void> {
        const auto found = watch_->look();
        if (!found) return base::Failure(found.error());
        undone = undone || *found == IsolationWatch::Finding::undone;
        return {};
    });
    if (!looked) return base::Failure(looked.error());
    return !undone;
}

IsolationMended Isolation::mend(const IsolationRequest& request) {
    IsolationMended mended;
    if (!in_force()) return mended;
    if (!watch_) mended.problem = unseen_;
    const auto rules = host_rules(request.policy);
    if (!boot_files_hold(rules)) {
        mended.undone = true;
        if (auto written = write_boot_files(rules); !written)
            mended.problem = written.error().message;
    }
    const auto done = everywhere(request.every_namespace, [&]() -> base::Result<void> {
        // What cannot be looked at is given its rules again.
        if (watch_) {
            const auto found = watch_->look();
            if (found && *found == IsolationWatch::Finding::holds) return {};
            if (found && *found == IsolationWatch::Finding::undone) mended.undone = true;
        }
        return apply_here(request.policy);
    });
    if (watch_) watch_->forget_gone();
    if (!done) mended.problem = done.error().message;
    return mended;
}

base::Result<IsolationOutcome> Isolation::plan(const IsolationRequest& request) {
    IsolationOutcome outcome;
    auto devices = network_devices();
    if (!devices) return base::Failure(devices.error());
    outcome.devices = std::move(*devices);
    const auto rules = device_rules(request.policy, outcome.devices);
    if (!rules) return base::Failure(rules.error());
    const auto spaces = network_namespaces();
    if (!spaces) return base::Failure(spaces.error());
    outcome.namespaces = request.every_namespace ? spaces->size() : 1;
    if (auto done = end_holders(request, files_of(request.packet_programs), true, outcome); !done) {
        return base::Failure(done.error());
    }
    return outcome;
}

base::Result<IsolationOutcome> Isolation::isolate(const IsolationRequest& request) {
    IsolationOutcome outcome;
    auto devices = network_devices();
    if (!devices) return base::Failure(devices.error());
    outcome.devices = std::move(*devices);
    // Files first: a power cut in the middle leaves the host isolated, not half so.
    const auto at_boot = write_boot_files(host_rules(request.policy));
    if (!at_boot) return base::Failure(at_boot.error());
    outcome.at_boot = *at_boot;
    commanded_ = true;
    auto watch = IsolationWatch::of(request.policy);
    watch_.reset();
    if (watch) {
        watch_ = std::move(*watch);
    } else {
        unseen_ = watch.error().message;
    }
    const auto applied =
        everywhere(request.every_namespace, [&] { return apply_here(request.policy); });
    if (!applied) return base::Failure(applied.error());
    outcome.namespaces = *applied;

    const auto programs = files_of(request.packet_programs);
    // A guard with other settings goes only when the new one is there.
    auto guard = SocketGuard::start({request.cgroup, request.packet_programs, true});
    if (guard) {
        guard_ = std::move(*guard);
        outcome.sockets = guard_->choice();
    } else {
        outcome.problem = guard.error().message;
    }
    if (auto ended = end_holders(request, programs, false, outcome); !ended) {
        return base::Failure(ended.error());
    }
    const auto cut = everywhere(request.every_namespace, [&]() -> base::Result<void> {
        const auto count = cut_connections(request.policy);
        if (!count) return base::Failure(count.error());
        outcome.connections_cut += *count;
        return {};
    });
    if (!cut) return base::Failure(cut.error());
    return outcome;
}

base::Result<void> Isolation::release(bool every_namespace) {
    if (!in_force()) {
        return base::worded(base::fail(base::ErrorKind::not_found, "this host is not isolated"),
                            "response.release.none");
    }
    const auto released =
        everywhere(every_namespace, [] { return apply_packet_rules(release_rules()); });
    if (!released) return base::Failure(released.error());
    // Whoever else holds it may let go of it later.
    allow_sockets(socket_guard_files());
    guard_.reset();
    if (auto removed = remove_boot_files(); !removed) return removed;
    commanded_ = false;
    watch_.reset();
    return {};
}

std::vector<StoppedSocket> Isolation::take_stopped() {
    return guard_ ? guard_->take_stopped() : std::vector<StoppedSocket>{};
}

std::vector<base::FileDescriptor> Isolation::socket_guard_files() const {
    return guard_ ? guard_->files() : std::vector<base::FileDescriptor>{};
}

std::optional<GuardChoice> Isolation::socket_guard() const {
    return guard_ ? std::optional(guard_->choice()) : std::nullopt;
}

base::Result<bool> Isolation::write_boot_files(const std::string& rules) const {
    if (auto written = replace_file(rules_file(), rules, 0600); !written) {
        return base::Failure(written.error());
    }
    if (places_.units.empty()) return false;
    const auto wanted = places_.units / "sysinit.target.wants";
    std::error_code problem;
    std::filesystem::create_directories(wanted, problem);
    if (auto written = replace_file(places_.units / unit, boot_unit(rules_file().native()), 0644);
        !written) {
        return base::Failure(written.error());
    }
    const auto link = wanted / unit;
    const std::string target = std::string("../") + unit;
    if (::symlink(target.c_str(), link.c_str()) != 0 && errno != EEXIST) {
        return base::fail_errno(errno, "making " + link.native());
    }
    if (auto synced = sync_folder(wanted); !synced) return base::Failure(synced.error());
    return true;
}

bool Isolation::boot_files_hold(const std::string& rules) const {
    constexpr std::size_t most = std::size_t{4} << 20U;
    const auto is = [](const std::filesystem::path& path, const std::string& text) {
        const auto read = read_small_file(path, most);
        return read && *read == text;
    };
    if (!is(rules_file(), rules)) return false;
    if (places_.units.empty()) return true;
    std::error_code gone;
    const auto link = places_.units / "sysinit.target.wants" / unit;
    return is(places_.units / unit, boot_unit(rules_file().native())) &&
           std::filesystem::equivalent(link, places_.units / unit, gone) && !gone;
}

// The rules' file last: while it is there, the host counts as isolated and release() can be called
// again.
base::Result<void> Isolation::remove_boot_files() const {
    if (!places_.units.empty()) {
        if (auto gone = remove_file(places_.units / "sysinit.target.wants" / unit); !gone)
            return gone;
        if (auto gone = remove_file(places_.units / unit); !gone) return gone;
        // Made above where it was not there; with other units in it it stays.
        (void)::rmdir((places_.units / "sysinit.target.wants").c_str());
    }
    return remove_file(rules_file());
}

}  // namespace shoji::response
