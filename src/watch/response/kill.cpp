#include "watch/response/kill.h"

#include "watch/response/freezer.h"

#include <algorithm>
#include <csignal>
#include <ctime>
#include <thread>

#include <sys/stat.h>
#include <unistd.h>

namespace shoji::response {
namespace {

using Clock = std::chrono::steady_clock;

std::uint64_t ticks_since_boot() {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    const auto ticks = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    constexpr std::uint64_t second = 1'000'000'000;
    return static_cast<std::uint64_t>(now.tv_sec) * ticks +
           static_cast<std::uint64_t>(now.tv_nsec) * ticks / second;
}

bool is_below(const std::string& cgroup, const std::string& group) {
    return cgroup == group || cgroup.starts_with(group + "/");
}

// Freezing reaches all of the group: none in it may be one that is to live and work.
bool may_freeze(std::span<const Process> listing, const std::string& group,
                const Protection& protection) {
    return group.size() > 1 && std::ranges::all_of(listing, [&](const Process& process) {
               return !is_below(process.cgroup, group) || may_kill(process, protection);
           });
}

class Sweep {
  public:
    Sweep(Tree& tree, bool whole, ProcessId target, Clock::time_point end)
        : tree_(tree), whole_(whole), target_(target), end_(end) {}

    // Until two listings in a row show nobody new and nobody who still runs.
    base::Result<void> stop_all(bool frozen) {
        for (int quiet = 0; quiet < 2 && Clock::now() < end_;) {
            auto found = look();
            if (!found) return base::Failure(found.error());
            for (const auto& process : *found) {
                if (auto sent = send(process.id, SIGSTOP); !sent) return sent;
            }
            const bool still = found->empty() && (frozen || running() == 0);
            quiet = still ? quiet + 1 : 0;
        }
        return {};
    }

    // Until nobody of the tree is left and nobody new is found.
    base::Result<void> kill_all() {
        while (true) {
            for (const auto& [id, process] : tree_.members()) {
                if (!alive(id)) continue;
                if (auto sent = send(id, SIGKILL); !sent) return sent;
            }
            auto found = look();
            if (!found) return base::Failure(found.error());
            std::size_t left = found->size();
            for (const auto& [id, process] : tree_.members()) left += alive(id) ? 1 : 0;
            if (left == 0) return {};
            if (Clock::now() >= end_) {
                return base::worded(
                    base::fail(base::ErrorKind::system, "{} processes are still there", left),
                    "response.kill.left", {{"count", std::to_string(left)}});
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }

    [[nodiscard]] int listings() const { return listings_; }

  private:
    base::Result<std::vector<Process>> look() {
        auto listing = list_processes();
        if (!listing) return listing;
        ++listings_;
        if (!whole_) {
            std::erase_if(*listing, [&](const Process& one) { return one.id != target_; });
        }
        states_.clear();
        for (const auto& process : *listing) states_[process.id] = process.state;
        return tree_.grow(*listing);
    }

    static base::Result<void> send(ProcessId id, int signal) {
        const auto held = hold_process(id);
        if (!held) {
            if (held.error().kind == base::ErrorKind::not_found) return {};
            return base::Failure(held.error());
        }
        return signal_process(held->get(), signal);
    }

    // In the last listing, and not merely waiting to be collected by its parent.
    [[nodiscard]] bool alive(ProcessId id) const {
        const auto state = states_.find(id);
        return state != states_.end() && state->second != 'Z' && state->second != 'X';
    }
    // Neither stopped nor deep in the kernel, from where it reaches no fork before it stops.
    [[nodiscard]] std::size_t running() const {
        std::size_t count = 0;
        for (const auto& [id, process] : tree_.members()) {
            const auto state = states_.find(id);
            const char now = state == states_.end() ? 'X' : state->second;
            if (std::string_view("TtZXD").find(now) == std::string_view::npos) ++count;
        }
        return count;
    }

    Tree& tree_;
    bool whole_;
    ProcessId target_;
    Clock::time_point end_;
    std::map<ProcessId, char> states_;
    int listings_ = 0;
};

std::vector<Process> listed(const std::map<ProcessId, Process>& processes) {
    std::vector<Process> all;
    for (const auto& [id, process] : processes) all.push_back(process);
    return all;
}

base::Result<Process> find_target(std::span<const Process> listing, ProcessId target,
                                  const Protection& protection) {
    const auto found = std::ranges::find(listing, target, &Process::id);
    if (found == listing.end()) {
        return base::worded(base::fail(base::ErrorKind::not_found,
                                       "there is no process {} that "
                                       "began at {}",
                                       target.number, target.start),
                            "response.kill.gone", {{"pid", std::to_string(target.number)}});
    }
    if (auto allowed = may_kill(*found, protection); !allowed) {
        return base::Failure(allowed.error());
    }
    return *found;
}

}  // namespace

base::Result<KillOutcome> kill_process(ProcessId target, bool tree, const Protection& protection,
                                       bool dry_run, std::chrono::seconds patience) {
    const auto began = ticks_since_boot();
    const auto listing = list_processes();
    if (!listing) return base::Failure(listing.error());
    const auto process = find_target(*listing, target, protection);
    if (!process) return base::Failure(process.error());
    Tree all(target, began, protection);
    KillOutcome outcome;
    if (dry_run) {
        const std::span<const Process> looked_at =
            tree ? std::span(*listing) : std::span(&*process, 1);
        all.grow(looked_at);
        outcome.frozen = tree && may_freeze(*listing, process->cgroup, protection);
        outcome.listings = 1;
    } else {
        const bool freezable = tree && may_freeze(*listing, process->cgroup, protection);
        const std::optional<Frozen> frozen =
            freezable ? Frozen::freeze(process->cgroup) : std::nullopt;
        Sweep sweep(all, tree, target, Clock::now() + patience);
        if (auto stopped = sweep.stop_all(frozen.has_value()); !stopped) {
            return base::Failure(stopped.error());
        }
        if (auto killed = sweep.kill_all(); !killed) return base::Failure(killed.error());
        outcome.frozen = frozen.has_value();
        outcome.listings = sweep.listings();
    }
    outcome.killed = listed(all.members());
    outcome.spared = listed(all.spared());
    return outcome;
}

std::vector<FileId> files_of(const std::vector<std::string>& paths) {
    std::vector<FileId> files;
    for (const auto& path : paths) {
        struct stat state {};
        if (::stat(path.c_str(), &state) == 0) files.push_back({state.st_dev, state.st_ino});
    }
    return files;
}

}  // namespace shoji::response
