#include "watch/station/keeper.h"

#include "core/base/unix_socket.h"
#include "core/confinement/capabilities.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <ranges>

#include <linux/capability.h>
#include <malloc.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::station {
namespace {

using namespace std::chrono_literals;

base::Result<base::FileDescriptor> watch_signals() {
    sigset_t signals;
    ::sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) ::sigaddset(&signals, signal);
    if (::pthread_sigmask(SIG_BLOCK, &signals, nullptr) != 0) {
        return base::fail_errno(errno, "holding signals back");
    }
    base::FileDescriptor descriptor(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!descriptor.valid()) return base::fail_errno(errno, "waiting for signals");
    return descriptor;
}

// What this process needs, and what the parts do: these take less.
constexpr std::array kept{CAP_SETUID,  CAP_SETGID,       CAP_SETPCAP,        CAP_SYS_NICE,
                          CAP_KILL,    CAP_CHOWN,        CAP_DAC_OVERRIDE,   CAP_DAC_READ_SEARCH,
                          CAP_FOWNER,  CAP_FSETID,       CAP_NET_ADMIN,      CAP_NET_RAW,
                          CAP_BPF,     CAP_PERFMON,      CAP_SYS_ADMIN,      CAP_SYS_PTRACE,
                          CAP_SETFCAP, CAP_SYS_RESOURCE, CAP_LINUX_IMMUTABLE};

}  // namespace

Keeper::Keeper(KeeperSettings settings, Policy policy)
    : settings_(std::move(settings)), policy_(std::make_unique<Policy>(std::move(policy))) {
    for (std::size_t i = 0; i < parts; ++i) parts_.at(i).name = static_cast<PartName>(i);
}

Keeper::~Keeper() {
    if (forgets_) return;
    for (const auto& file :
         {settings_.state_file,
          policy_->runtime.empty() ? std::filesystem::path() : policy_->state_file()}) {
        if (!file.empty()) ::unlink(file.c_str());
    }
    if (listener_.valid()) ::unlink(policy_->local_socket().c_str());
    if (respond_listener_.valid()) ::unlink(policy_->respond_socket().c_str());
}

base::Result<void> Keeper::run() {
    if (auto prepared = prepare(); !prepared) return prepared;
    const auto now = Clock::now();
    next_check_ = now + std::chrono::seconds(policy_->keeper.check_seconds);
    base::Result<void> done;
    while (done && !ends_) {
        done = turn(Clock::now());
        tell_manager();
    }
    manager_.tell("STOPPING=1");
    stop(false);
    return done;
}

base::Result<void> Keeper::prepare() {
    if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        return base::fail_errno(errno, "forbidding core dumps and tracing");
    }
    auto signals = watch_signals();
    if (!signals) return base::Failure(signals.error());
    signals_ = std::move(*signals);
    tell_of_unclean_end();
    if (auto made = make_folders(); !made) return made;
    if (auto listens = listen(); !listens) return listens;
    // The maps that are made from now on are the shield's, too.
    raise_shield();
    left_ = sensor::find_left_ring(policy_->keeper.pins);
    auto loaded = sensor::KernelSide::load(policy_->watch);
    if (!loaded) return base::Failure(loaded.error());
    side_.emplace(std::move(*loaded));
    pin_programs();
    // Reading the kernel's description took memory that is not needed again.
    ::malloc_trim(0);
    own_files_.emplace(*policy_, settings_.policy_file);
    part(PartName::opener).wanted = part(PartName::analyst).wanted = true;
    part(PartName::deliverer).wanted = policy_->delivery.has_value();
    part(PartName::answerer).wanted = policy_->response.has_value();
    if (auto ready = prepare_logons(); !ready) return ready;
    return confinement::limit_capabilities(kept);
}

// At least once a second, while this process gets round to it.
void Keeper::tell_manager() {
    manager_.tell("WATCHDOG=1");
    const auto works = [](const Part& one) {
        return !one.wanted || one.was_ready || one.name == PartName::journal;
    };
    if (told_ready_ || !std::ranges::all_of(parts_, works)) return;
    told_ready_ = true;
    manager_.tell("READY=1");
}

int Keeper::wait_for(Clock::time_point now) const {
    auto until = now + 1s;
    for (const auto& one : parts_) {
        // The analyst's next sign of life wakes.
        const bool waits = one.name == PartName::journal && !can_start_journal();
        if (one.wanted && !one.runs() && !waits) {
            until = std::min(until, std::max(now, one.start_at));
        }
    }
    return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(until - now).count());
}

base::Result<void> Keeper::turn(Clock::time_point now) {
    if (auto started = start_due(now); !started) return started;
    std::array<pollfd, parts + 1> waited{};
    waited[0] = {signals_.get(), POLLIN, 0};
    for (std::size_t i = 0; i < parts; ++i)
        waited.at(i + 1) = {parts_.at(i).socket.get(), POLLIN, 0};
    if (::poll(waited.data(), waited.size(), wait_for(now)) < 0 && errno != EINTR) {
        return base::fail_errno(errno, "waiting");
    }
    now = Clock::now();
    for (auto& one : parts_) {
        if (!one.socket.valid()) continue;
        one.hear(now);
        one.give_links();
    }
    if (std::exchange(part(PartName::answerer).isolation_undone, false)) {
        tell(letters::Note::isolation_undone, {}, 0);
    }
    for (const auto& news : std::exchange(part(PartName::answerer).news, {})) {
        tell(news.note, news.subject, news.number);
    }
    if (part(PartName::analyst).ready) left_.reset();
    told_state_ |= part(PartName::analyst).ready;
    if (look_for_logs()) write_state();
    tell_what_waits();
    hear_journal();
    take_signals();
    reap(now);
    // The opener ends where the analyst does: that one is named.
    for (const auto& one : std::views::reverse(parts_)) {
        if (one.gave_up) {
            const std::string name(name_of(one.name));
            return base::worded(
                base::fail(base::ErrorKind::system,
                           "the sensor ends, nothing is watched: its {} cannot begin, as it says "
                           "above; mend that, then start the sensor again",
                           name),
                "sensor.error.part", {{"part", name}});
        }
    }
    if (ends_) return {};
    look_for_silence(now);
    look_at_files(now);
    look_at_kernel(now);
    look_at_shield(now);
    look_at_guards(now);
    show_life(now);
    // What tries a policy could wait for a verdict that only an answerer gives.
    if (!waits_for_verdicts() && std::exchange(reloads_, false)) reload();
    return {};
}

void Keeper::take_signals() {
    signalfd_siginfo signal{};
    while (::read(signals_.get(), &signal, sizeof signal) == sizeof signal) {
        if (signal.ssi_signo == SIGTERM || signal.ssi_signo == SIGINT) ends_ = true;
        if (signal.ssi_signo == SIGHUP) reloads_ = true;
    }
}

void Keeper::reap(Clock::time_point now) {
    int status = 0;
    for (pid_t ended = ::waitpid(-1, &status, WNOHANG); ended > 0;
         ended = ::waitpid(-1, &status, WNOHANG)) {
        for (auto& one : parts_) {
            if (one.process == ended) lose(one, status, now);
        }
    }
}

void Keeper::lose(Part& part, int status, Clock::time_point now) {
    const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    spdlog::error("the {} ended ({})", name_of(part.name),
                  signal > 0 ? fmt::format("signal {}", signal)
                             : fmt::format("code {}", WEXITSTATUS(status)));
    const bool was_silent = part.silent;
    // Its settings are wrong, or the machine is not fit for it. Whoever kills it cannot make it so.
    // Without the journal or responses all else is still seen: that one fails is told.
    const bool is_needed = part.name != PartName::journal && part.name != PartName::answerer;
    part.gave_up = is_needed && !part.was_ready && signal == 0 && WEXITSTATUS(status) != 0;
    // A journal that cannot be read ends its reader again and again: that is told once.
    const bool is_news = part.is_news(signal > 0, now) || is_needed;
    const bool was_read = is_journal_read();
    part.hear(now);
    part.set_back(now);
    // Its number may become another's.
    if (part.name == PartName::answerer) response::spare(part.guards, 0);
    if (part.name == PartName::analyst) forget_channel();
    if (part.name == PartName::journal) end_channel();
    write_state();
    // Opener and analyst need each other: the other one ends by itself, and both are started again.
    // The analyst reads what is in the ring first and keeps what it learnt.
    const bool follows =
        signal == 0 && (part.name == PartName::opener ||
                        (part.name == PartName::analyst && !this->part(PartName::opener).runs()) ||
                        (part.name == PartName::journal && !was_read));
    if (was_silent || follows || !is_news) return;
    tell(letters::Note::part_ended, name_of(part.name), static_cast<unsigned>(signal));
}

void Keeper::look_for_silence(Clock::time_point now) {
    const auto limit = std::chrono::seconds(policy_->keeper.silent_seconds);
    for (auto& one : parts_) {
        // What begins reads what runs already, and rules.
        const bool is_expected = one.runs() && !one.silent;
        const auto patience = one.ready ? limit : std::max<std::chrono::seconds>(limit, 60s);
        if (!is_expected || now - one.heard < patience) continue;
        one.silent = true;
        tell(letters::Note::part_silent, name_of(one.name),
             static_cast<std::uint64_t>(patience.count()));
        ::kill(one.process, SIGKILL);
    }
}

void Keeper::look_at_files(Clock::time_point now) {
    if (now < next_check_) return;
    next_check_ = now + std::chrono::seconds(policy_->keeper.check_seconds);
    constexpr std::size_t most_told = 8;
    const auto changed = own_files_->changed();
    for (std::size_t i = 0; i < std::min(changed.size(), most_told); ++i) {
        tell(letters::Note::file_changed, changed[i], 0);
    }
    if (changed.size() > most_told) {
        tell(letters::Note::file_changed,
             fmt::format("{} and {} others", changed[most_told], changed.size() - most_told - 1),
             0);
    }
}

// To the analyst that runs, or else to the next one.
void Keeper::tell(letters::Note note, std::string_view subject, std::uint64_t number) {
    const letters::Notice notice{note, std::string(subject), number};
    if (tell_analyst(notice)) return;
    constexpr std::size_t most = 256;
    if (notices_.size() < most) notices_.push_back(notice);
}

// What came up while the analyst began, or took nothing.
void Keeper::tell_what_waits() {
    std::erase_if(notices_, [this](const auto& notice) { return tell_analyst(notice); });
}

bool Keeper::tell_analyst(const letters::Notice& notice) const {
    const auto& analyst = part(PartName::analyst);
    // It may not hear it any more.
    const bool is_about_it =
        notice.subject == name_of(PartName::analyst) || notice.subject == name_of(PartName::opener);
    if (!analyst.runs() || !analyst.ready || analyst.silent || is_about_it) return false;
    const auto bytes = encode(notice);
    return ::send(analyst.socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >=
           0;
}

void Keeper::end_part(Part& part, std::chrono::seconds patience) {
    if (!part.runs()) return;
    part.ask_to_end();
    const auto until = Clock::now() + patience;
    int status = 0;
    while (::waitpid(part.process, &status, WNOHANG) == 0) {
        if (Clock::now() >= until) {
            spdlog::error("the {} does not end", name_of(part.name));
            ::kill(part.process, SIGKILL);
            ::waitpid(part.process, &status, 0);
            break;
        }
        ::usleep(2000);
    }
    part.hear(Clock::now());
    part.socket.reset();
    part.process = -1;
    part.ready = part.silent = false;
    part.links.clear();
}

// Nothing new comes into the ring; the analyst reads what is in it, hands on what it found, and
// ends; then whoever delivers keeps what came.
void Keeper::stop(bool guards_stay) {
    remove_pins();
    side_.reset();
    end_part(part(PartName::journal), 5s);
    end_part(part(PartName::opener), 10s);
    end_part(part(PartName::analyst), 60s);
    forget_channel();
    end_part(part(PartName::deliverer), 20s);
    end_answerer(guards_stay);
}

}  // namespace shoji::station
