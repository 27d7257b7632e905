#include "watch/station/answerer.h"

#include "core/base/unix_socket.h"
#include "core/confinement/capabilities.h"
#include "watch/letters/letters.h"
#include "watch/response/control_server.h"
#include "watch/response/response_policy.h"
#include "watch/response/small_file.h"
#include "watch/station/part.h"
#include "watch/station/response_news.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include <linux/capability.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <sys/socket.h>

namespace shoji::station {
namespace {

using namespace std::chrono_literals;

// To signal and to look into processes, to move files whosesoever they are, nftables and sockets,
// namespaces, fanotify and kernel programs.
constexpr std::array kept{CAP_KILL,    CAP_CHOWN,        CAP_DAC_OVERRIDE,   CAP_DAC_READ_SEARCH,
                          CAP_FOWNER,  CAP_FSETID,       CAP_NET_ADMIN,      CAP_NET_RAW,
                          CAP_BPF,     CAP_PERFMON,      CAP_SYS_ADMIN,      CAP_SYS_PTRACE,
                          CAP_SETFCAP, CAP_SYS_RESOURCE, CAP_LINUX_IMMUTABLE};

std::int64_t seconds_now() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

// The alert of a rule.
void answer_cause(int analyst, response::Responder& responder, ResponseNews& news) {
    const auto packet = base::receive_packet(analyst, letters::most_cause);
    if (!packet || packet->bytes.empty()) return;
    const auto cause = letters::decode_cause(packet->bytes);
    if (!cause) return spdlog::error("{}", cause.error().message);
    const response::CauseFile file{static_cast<response::CauseFile::Kind>(cause->file),
                                   cause->path,
                                   cause->device,
                                   cause->inode,
                                   cause->user,
                                   cause->digest};
    const auto outcome = responder.respond_to_rule(
        cause->rule, {static_cast<pid_t>(cause->process), cause->start}, file);
    if (!outcome) {
        spdlog::error("responding to {}: {}", cause->rule, outcome.error().message);
        news.add(letters::Note::response_failed, cause->rule, outcome.error().message);
        return;
    }
    // It waits already, or is in force.
    if (outcome->told.empty()) return;
    spdlog::warn("rule {}: the response is {}", cause->rule,
                 outcome->done ? "done" : "kept until somebody approves");
    if (!outcome->done) news.add(letters::Note::response_waits, cause->rule, outcome->id);
}

// Of orders that were refused; a hub that floods does not fill the log.
class Refusals {
  public:
    void count() {
        ++untold_;
        const auto now = std::chrono::steady_clock::now();
        if (told_ && now - *told_ < 10s) return;
        spdlog::warn("{} orders that came down the line were refused", untold_);
        told_ = now;
        untold_ = 0;
    }

  private:
    std::uint64_t untold_ = 0;
    std::optional<std::chrono::steady_clock::time_point> told_;
};

// False: the other end is gone, or breaks the form.
bool answer_errand(int deliverer, response::Responder& responder, Refusals& refusals) {
    static_assert(letters::most_verdict_answer == response::most_order_answer);
    static_assert(letters::most_errand_order == response::most_order);
    const auto packet = base::receive_packet(deliverer, letters::most_errand);
    if (!packet || packet->bytes.empty()) return false;
    const auto errand = letters::decode_errand(packet->bytes);
    if (!errand) {
        spdlog::error("{}", errand.error().message);
        return false;
    }
    const auto end = response::answer_order(responder, errand->order, true);
    if (end.kind == response::OrderEnd::Kind::refused) refusals.count();
    const auto bytes = encode(
        letters::Verdict{errand->number, static_cast<letters::Verdict::End>(end.kind), end.answer});
    // Lost, it is asked for again.
    return ::send(deliverer, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

bool say(int keeper, PartSays what) {
    const auto byte = static_cast<char>(what);
    return ::send(keeper, &byte, 1, MSG_DONTWAIT | MSG_NOSIGNAL) == 1;
}

bool say_news(int keeper, const letters::Notice& notice) {
    auto bytes = encode(notice);
    bytes.insert(bytes.begin(), static_cast<std::uint8_t>(PartSays::response_news));
    return ::send(keeper, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

// By a thread, as a response may take minutes: whoever stops this process stops it too.
std::jthread show_life(int keeper) {
    return std::jthread([keeper](const std::stop_token& ends) {
        std::mutex mutex;
        std::condition_variable_any ended;
        std::unique_lock lock(mutex);
        while (!ends.stop_requested()) {
            say(keeper, PartSays::alive);
            ended.wait_for(lock, ends, 1s, [] { return false; });
        }
    });
}

// That this host stays isolated until that is ended by command.
class IsolationGuard {
  public:
    IsolationGuard(response::Responder& responder, int keeper)
        : responder_(responder), keeper_(keeper) {}

    // Milliseconds until the next look; -1: there is nothing to look at.
    [[nodiscard]] int wait() const {
        if (!responder_.isolated()) return -1;
        const auto left = std::max<Clock::duration>(next_ - Clock::now(), 0s);
        return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(left).count());
    }
    void look() {
        if (!responder_.isolated() || Clock::now() < next_) return;
        const auto mended = responder_.mend_isolation();
        const bool fails = !mended.problem.empty();
        if (fails && mended.problem != problem_) {
            spdlog::error("the isolation does not hold: {}", mended.problem);
        }
        problem_ = mended.problem;
        if (mended.undone) spdlog::error("somebody undid the isolation; its rules are given again");
        // Once, until it held again; not for a device or a namespace that went meanwhile.
        failed_ = fails ? failed_ + 1 : 0;
        untold_ = untold_ || mended.undone || failed_ == 2;
        if (untold_ && say(keeper_, PartSays::isolation_undone)) untold_ = false;
        next_ = Clock::now() + 5s;
    }

  private:
    response::Responder& responder_;
    int keeper_;
    Clock::time_point next_;
    std::size_t failed_ = 0;  // so many times one after the other
    std::string problem_;     // the last time
    bool untold_ = false;
};

// False: the keeper is gone.
bool hear_keeper(AnswererLinks& links, response::Responder& responder) {
    auto packet = base::receive_packet(links.keeper.get(), 1);
    if (!packet || packet->bytes.empty()) return false;
    if (packet->bytes.front() == leave_guards) responder.leave_guards();
    if (packet->descriptors.size() != 1) return true;
    const auto whose = static_cast<LinkTo>(packet->bytes.front());
    (whose == LinkTo::deliverer ? links.deliverer : links.analyst) =
        std::move(packet->descriptors.front());
    return true;
}

// The keeper holds it as well: blocks hold on when this process ends before its time.
void hand_over(int keeper, response::GuardPart part, std::span<const int> files) {
    const std::array<std::uint8_t, 2> bytes{static_cast<std::uint8_t>(PartSays::guards),
                                            static_cast<std::uint8_t>(part)};
    if (const auto sent = base::send_packet(keeper, bytes, files); !sent) {
        spdlog::error("what is blocked holds as long as this process: {}", sent.error().message);
    }
}

base::Result<response::Responder> start(const Policy& policy, int keeper,
                                        response::GuardFiles left) {
    auto rules = read_response_policy(*policy.response);
    if (!rules) return base::Failure(rules.error());
    std::error_code unknown;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", unknown);
    if (!unknown) rules->protected_programs.push_back(self.native());
    for (const auto* beside : {"shoji", "shoji-gateway", "shoji-host", "shoji-audit"}) {
        if (!unknown) rules->protected_programs.push_back(self.parent_path() / beside);
    }
    response::ResponderSettings settings;
    settings.state = policy.response_folder();
    settings.units = policy.response->units;
    const std::filesystem::path systemd = "/run/systemd/system";  // there where it runs
    if (settings.units.empty() && std::filesystem::exists(systemd, unknown)) {
        settings.units = "/etc/systemd/system";
    }
    settings.now = seconds_now;
    settings.hand_over = [keeper](response::GuardPart part, std::span<const int> files) {
        hand_over(keeper, part, files);
    };
    return response::Responder::start(std::move(*rules), std::move(settings), std::move(left));
}

}  // namespace

base::Result<response::ResponsePolicy> read_response_policy(const ResponsePlace& place) {
    constexpr std::size_t most = 1U << 20U;
    const auto text = response::read_small_file(place.policy, most);
    if (!text) return base::Failure(text.error());
    return response::parse_response_policy(*text);
}

std::set<std::string, std::less<>> rules_of(const response::ResponsePolicy& policy) {
    std::set<std::string, std::less<>> rules;
    for (const auto& [rule, response] : policy.rules) rules.insert(rule);
    return rules;
}

base::Result<void> run_answerer(const Policy& policy, AnswererLinks links,
                                response::GuardFiles left) {
    if (auto dropped = confinement::drop_capabilities_but(kept); !dropped) return dropped;
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return base::fail_errno(errno, "setting no_new_privs");
    }
    auto responder = start(policy, links.keeper.get(), std::move(left));
    if (!responder) return base::Failure(responder.error());
    return answer_links(*responder, std::move(links));
}

base::Result<void> answer_links(response::Responder& responder, AnswererLinks links) {
    const auto life = show_life(links.keeper.get());
    IsolationGuard isolation(responder, links.keeper.get());
    Refusals refusals;
    ResponseNews news;
    while (true) {
        isolation.look();
        news.tell(Clock::now(), [&](const letters::Notice& notice) {
            return say_news(links.keeper.get(), notice);
        });
        std::array<pollfd, 4> waited{
            pollfd{links.keeper.get(), POLLIN, 0}, pollfd{links.listener.get(), POLLIN, 0},
            pollfd{links.analyst.get(), POLLIN, 0}, pollfd{links.deliverer.get(), POLLIN, 0}};
        constexpr int moment = 1000;
        const auto until = isolation.wait();
        const auto wait = !news.waits() ? until : until < 0 ? moment : std::min(until, moment);
        if (::poll(waited.data(), waited.size(), wait) < 0) {
            if (errno == EINTR) continue;
            return base::fail_errno(errno, "waiting");
        }
        if (waited[0].revents != 0) {
            if (!hear_keeper(links, responder)) return {};
            continue;
        }
        if (waited[1].revents != 0) {
            const auto served = response::serve_command(links.listener.get(), responder);
            if (!served) spdlog::warn("responses: {}", served.error().message);
        }
        if ((waited[2].revents & POLLIN) != 0) {
            answer_cause(links.analyst.get(), responder, news);
        } else if (waited[2].revents != 0) {
            links.analyst.reset();
        }
        if (waited[3].revents != 0 && !answer_errand(links.deliverer.get(), responder, refusals)) {
            links.deliverer.reset();
        }
    }
}

}  // namespace shoji::station
