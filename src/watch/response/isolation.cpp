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
constexpr const char* wants = "sysinit.target.wants";
constexpr const char* boot_link = "../shoji-isolation.service";
constexpr const char* drop_ins = "shoji-isolation.service.d";  // others' changes to the unit

using Inside = std::function<base::Result<void>()>;

std::map<FileId, base::FileDescriptor> network_namespaces(std::vector<std::string>& problems) {
    std::map<FileId, base::FileDescriptor> all;
    const auto listing = list_processes();
    if (!listing) {
        problems.push_back(listing.error().message);
        return all;
    }
    for (const auto& process : *listing) {
        const std::string path = fmt::format("/proc/{}/ns/net", process.id.number);
        base::FileDescriptor space(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        struct stat state {};
        if (space.valid() && ::fstat(space.get(), &state) == 0) {
            all.try_emplace({state.st_dev, state.st_ino}, std::move(space));
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) {
            problems.push_back(base::fail_errno(errno, "opening " + path).value().message);
            break;
        }
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

struct Done {
    bool here = false;  // in the caller's own
    std::size_t namespaces = 0;
    std::vector<std::string> problems;
};

// The caller's own namespace first. One that fails is told, and ends nothing.
Done everywhere(bool every, const Inside& inside) {
    Done done;
    const auto note = [&](const base::Result<void>& result) {
        ++done.namespaces;
        if (!result) done.problems.push_back(result.error().message);
    };
    note(inside());
    done.here = done.problems.empty();
    if (!every) return done;
    struct stat own {};
    if (::stat("/proc/thread-self/ns/net", &own) != 0) {
        done.problems.push_back(
            base::fail_errno(errno, "looking at the network namespace").value().message);
    }
    for (const auto& [id, space] : network_namespaces(done.problems)) {
        if (id != FileId{own.st_dev, own.st_ino}) note(in_namespace(space.get(), inside));
    }
    return done;
}

void add(const std::vector<std::string>& problems, std::vector<std::string>& into) {
    into.insert(into.end(), problems.begin(), problems.end());
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
    // The host's own first: they name no device, and hold whatever devices there are.
    if (auto done = apply_packet_rules(host_rules(policy)); !done) return done;
    const auto devices = network_devices();
    if (!devices) return base::Failure(devices.error());
    if (auto done = apply_device_rules(policy, *devices); !done) return done;
    return watch_ ? watch_->remember(*devices) : base::Result<void>{};
}

std::string Isolation::guard_sockets(const IsolationRequest& request) {
    auto guard = SocketGuard::start({request.cgroup, request.packet_programs, true});
    if (!guard) return guard.error().message;
    guard_ = std::move(*guard);
    return {};
}

base::Result<bool> Isolation::holds(bool every_namespace) {
    if (!watch_) return base::fail(base::ErrorKind::system, "{}", unseen_);
    bool all = guard_.has_value();
    const auto looked = everywhere(every_namespace, [&]() -> base::Result<void> {
        const auto found = watch_->look();
        if (!found) return base::Failure(found.error());
        all = all && *found == IsolationWatch::Finding::holds;
        return {};
    });
    if (!looked.problems.empty()) {
        return base::fail(base::ErrorKind::system, "{}", looked.problems.front());
    }
    return all;
}

IsolationMended Isolation::mend(const IsolationRequest& request) {
    IsolationMended mended;
    if (!in_force()) return mended;
    std::vector<std::string> problems;
    if (!watch_) problems.push_back(unseen_);
    const auto rules = host_rules(request.policy);
    if (!boot_files_hold(rules)) {
        mended.undone = true;
        if (auto written = write_boot_files(rules); !written)
            problems.push_back(written.error().message);
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
    add(done.problems, problems);
    if (!guard_) {
        if (auto problem = guard_sockets(request); !problem.empty())
            problems.push_back(std::move(problem));
    }
    mended.problem = fmt::format("{}", fmt::join(problems, "; "));
    return mended;
}

base::Result<IsolationOutcome> Isolation::plan(const IsolationRequest& request) {
    IsolationOutcome outcome;
    auto devices = network_devices();
    if (!devices) return base::Failure(devices.error());
    outcome.devices = std::move(*devices);
    const auto spaces = network_namespaces(outcome.problems);
    outcome.namespaces = request.every_namespace ? spaces.size() : 1;
    if (auto done = end_holders(request, files_of(request.packet_programs), true, outcome); !done) {
        return base::Failure(done.error());
    }
    return outcome;
}

base::Result<IsolationOutcome> Isolation::isolate(const IsolationRequest& request) {
    IsolationOutcome outcome;
    // Files first: a power cut in the middle leaves the host isolated, not half so.
    if (const auto at_boot = write_boot_files(host_rules(request.policy))) {
        outcome.at_boot = *at_boot;
    } else {
        outcome.problems.push_back(at_boot.error().message);
    }
    commanded_ = true;
    // Before all that may fail: this host's own.
    const auto own = apply_packet_rules(host_rules(request.policy));
    auto watch = IsolationWatch::of(request.policy);
    watch_.reset();
    if (watch) {
        watch_ = std::move(*watch);
    } else {
        unseen_ = watch.error().message;
        outcome.problems.push_back(unseen_);
    }
    const auto applied =
        everywhere(request.every_namespace, [&] { return apply_here(request.policy); });
    outcome.namespaces = applied.namespaces;
    add(applied.problems, outcome.problems);
    if (auto devices = network_devices()) outcome.devices = std::move(*devices);

    // A guard with other settings goes only when the new one is there.
    outcome.problem = guard_sockets(request);
    if (outcome.problem.empty()) outcome.sockets = guard_->choice();
    if (auto ended = end_holders(request, files_of(request.packet_programs), false, outcome);
        !ended) {
        outcome.problems.push_back(ended.error().message);
    }
    const auto cut = everywhere(request.every_namespace, [&]() -> base::Result<void> {
        const auto count = cut_connections(request.policy);
        if (!count) return base::Failure(count.error());
        outcome.connections_cut += *count;
        return {};
    });
    add(cut.problems, outcome.problems);
    if (!own) return base::Failure(own.error());
    return outcome;
}

base::Result<std::vector<std::string>> Isolation::release(bool every_namespace) {
    if (!in_force()) {
        return base::worded(base::fail(base::ErrorKind::not_found, "this host is not isolated"),
                            "response.release.none");
    }
    const auto released =
        everywhere(every_namespace, [] { return apply_packet_rules(release_rules()); });
    if (!released.here) {
        return base::fail(base::ErrorKind::system, "{}", fmt::join(released.problems, "; "));
    }
    // Whoever else holds it may let go of it later.
    allow_sockets(socket_guard_files());
    guard_.reset();
    if (auto removed = remove_boot_files(); !removed) return base::Failure(removed.error());
    commanded_ = false;
    watch_.reset();
    return released.problems;
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

base::Result<AtBoot> Isolation::write_boot_files(const std::string& rules) const {
    if (auto written = replace_file(rules_file(), rules, 0600); !written) {
        return base::Failure(written.error());
    }
    if (places_.units.empty()) return AtBoot::no_systemd;
    std::error_code problem;
    std::filesystem::create_directories(places_.units / wants, problem);
    const auto text = boot_unit(rules_file().native(), places_.nft.native());
    if (auto written = replace_file(places_.units / unit, text, 0644); !written) {
        return base::Failure(written.error());
    }
    if (auto linked = write_boot_link(); !linked) return base::Failure(linked.error());
    std::filesystem::remove_all(places_.units / drop_ins, problem);
    if (problem) {
        return base::fail_errno(problem.value(),
                                fmt::format("removing {}", (places_.units / drop_ins).native()));
    }
    return ::access(places_.nft.c_str(), X_OK) == 0 ? AtBoot::held : AtBoot::no_nft;
}

// In the place of whatever has that name.
base::Result<void> Isolation::write_boot_link() const {
    const auto link = places_.units / wants / unit;
    auto beside = link;
    beside += ".new";
    if (auto gone = remove_file(beside); !gone) return gone;
    if (::symlink(boot_link, beside.c_str()) != 0 || ::rename(beside.c_str(), link.c_str()) != 0) {
        const int problem = errno;
        ::unlink(beside.c_str());
        return base::fail_errno(problem, "making " + link.native());
    }
    return sync_folder(places_.units / wants);
}

bool Isolation::boot_files_hold(const std::string& rules) const {
    constexpr std::size_t most = std::size_t{4} << 20U;
    const auto is = [](const std::filesystem::path& path, const std::string& text) {
        const auto read = read_small_file(path, most);
        return read && *read == text;
    };
    if (!is(rules_file(), rules)) return false;
    if (places_.units.empty()) return true;
    std::error_code problem;
    const auto target = std::filesystem::read_symlink(places_.units / wants / unit, problem);
    if (problem || target != boot_link) return false;
    const auto added = std::filesystem::symlink_status(places_.units / drop_ins, problem);
    return !std::filesystem::exists(added) &&
           is(places_.units / unit, boot_unit(rules_file().native(), places_.nft.native()));
}

// The rules' file last: while it is there, the host counts as isolated and release() can be called
// again.
base::Result<void> Isolation::remove_boot_files() const {
    if (!places_.units.empty()) {
        if (auto gone = remove_file(places_.units / wants / unit); !gone) return gone;
        if (auto gone = remove_file(places_.units / unit); !gone) return gone;
        // Made above where it was not there; with other units in it it stays.
        (void)::rmdir((places_.units / wants).c_str());
    }
    return remove_file(rules_file());
}

}  // namespace shoji::response
