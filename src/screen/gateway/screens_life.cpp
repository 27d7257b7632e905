// How screens live on without a viewer, are claimed again, and end.
#include "screen/gateway/clock.h"
#include "screen/gateway/screen.h"
#include "screen/gateway/screens.h"

#include <algorithm>

#include <spdlog/spdlog.h>

namespace shoji::gateway {
namespace {

using namespace std::chrono_literals;

// Refusals of one session that get a record of their own in the journal; the store counts all.
constexpr std::size_t maximum_recorded_refusals = 200;
// Refusals that wait for a viewer: the first page may fail before its viewer is there.
constexpr std::size_t maximum_untold = 50;
constexpr int recheck_every = 15;  // seconds
// Records of what went into a screen that is in use: this far apart, sooner when there were My
// Numbers in it.
constexpr auto input_pause = 10min;
constexpr auto input_pause_of_findings = 1min;
// Reports of one egress: as many at once as an honest one may have kept (its book of 256), then so
// many a second. What comes faster stays in its socket, and an honest egress merges what is equal.
constexpr RateRule report_rule{300, 0.02, 1};

std::string_view name_of(control::RefusalReason reason) {
    using enum control::RefusalReason;
    switch (reason) {
        case not_listed:
            return "not_listed";
        case address_literal:
            return "address_literal";
        case private_address:
            return "private_address";
        case terminal_network:
            return "terminal_network";
        case name_not_found:
            return "name_not_found";
        case unreachable:
            return "unreachable";
        case server_name_differs:
            return "server_name_differs";
        case malformed:
            return "malformed";
        case expired:
            return "expired";
        case too_many:
            return "too_many";
        case tls_failed:
            return "tls_failed";
    }
    return "unknown";
}

std::string_view name_of(control::Reason reason) {
    using enum control::Reason;
    switch (reason) {
        case ended:
            return "ended";
        case browser_exited:
            return "browser_exited";
        case session_failed:
            return "session_failed";
        case egress_failed:
            return "egress_failed";
        case out_of_memory:
            return "out_of_memory";
        case unclaimed:
            return "unclaimed";
        case expired:
            return "expired";
        case limit_reached:
            return "limit_reached";
        case unknown_session:
            return "unknown_session";
        case invalid_request:
            return "invalid_request";
        case start_failed:
            return "start_failed";
        case mechanism_missing:
            return "mechanism_missing";
        case no_space:
            return "no_space";
    }
    return "unknown";
}

// Refusals that the egress had no room to report: nobody knows what they were about.
std::string held_back(const control::Traffic& traffic) {
    if (traffic.reports_lost == 0) return {};
    return fmt::format(", {} of them in no report", traffic.reports_lost);
}

// Whether a session ended as somebody wished, or as a rule says.
journal::Outcome outcome_of(control::Reason reason) {
    using enum control::Reason;
    return reason == ended || reason == expired ? journal::Outcome::allowed
                                                : journal::Outcome::failed;
}

}  // namespace

Screens::Handle Screens::keep(store::Screen entry, const std::string& user,
                              const std::string& role) {
    const auto id = entry.id;
    auto screen = std::make_shared<Screen>(parts_.executor, std::move(entry), user, role);
    screens_[id] = screen;
    return screen;
}

Screens::Handle Screens::find(const control::SessionId& id) const {
    const auto found = screens_.find(id);
    return found == screens_.end() ? nullptr : found->second;
}

void Screens::adopt(const std::vector<store::Screen>& entries,
                    const std::vector<store::User>& users) {
    for (const auto& entry : entries) {
        const auto user = std::ranges::find(users, entry.user, &store::User::id);
        if (user != users.end()) keep(entry, user->name, user->role);
    }
}

void Screens::take_streams(const Handle& screen, Streams streams) {
    screen->display = std::move(streams.display);
    if (screen->reports) screen->reports->close();
    screen->reports = std::make_shared<PacketSocket>(parts_.executor, std::move(streams.reports));
    spawn(parts_.executor, read_reports(screen, screen->reports), "reading an egress's reports");
}

Task<> Screens::read_reports(Handle screen, std::shared_ptr<PacketSocket> reports) {
    RateLimiter pace(report_rule);
    bool told = false;
    while (!screen->over) {
        const double wait = pace.take("", steady_now());
        if (wait > 0) {
            if (!std::exchange(told, true)) {
                spdlog::warn("session {}: its egress reports faster than is read",
                             control::to_text(screen->entry.id));
            }
            co_await sleep_for(
                std::chrono::ceil<std::chrono::milliseconds>(std::chrono::duration<double>(wait)));
            continue;
        }
        const auto packet = co_await reports->receive(control::maximum_packet);
        if (!packet || packet->bytes.empty()) co_return;
        const auto report = control::decode_from_egress(packet->bytes);
        if (!report) {
            spdlog::error("session {}: its egress sent a malformed report: {}",
                          control::to_text(screen->entry.id), report.error().message);
            reports->close();
            co_return;
        }
        if (const auto* traffic = std::get_if<control::Traffic>(&*report)) {
            screen->traffic = *traffic;
        } else {
            take_refusal(*screen, std::get<control::Refused>(*report));
        }
    }
}

void Screens::take_refusal(Screen& screen, const control::Refused& refused) {
    const auto scheme = static_cast<std::uint8_t>(refused.scheme);
    const auto reason = static_cast<std::uint8_t>(refused.reason);
    wire::Refused told{reason, scheme, refused.port, refused.times, refused.host};
    if (screen.viewer) {
        screen.viewer->send(told);
    } else if (screen.untold.size() < maximum_untold) {
        screen.untold.push_back(std::move(told));
    }
    refusals_.add({screen.entry.destination, refused.host, refused.port, scheme, reason,
                   refused.times, now_seconds()});
    const bool is_new =
        screen.recorded_refusals.size() < maximum_recorded_refusals &&
        screen.recorded_refusals.emplace(refused.host, refused.port, refused.reason).second;
    if (!is_new) return;
    note(screen, journal::Action::refusal, journal::Outcome::refused,
         fmt::format("{}://{}:{} for {}",
                     refused.scheme == control::Scheme::https ? "https" : "http", refused.host,
                     refused.port, screen.entry.destination),
         std::string(name_of(refused.reason)));
}

void Screens::host_lost() {
    host_was_lost_ = true;
    parts_.audit.note({journal::Action::fault, journal::Outcome::failed, "shoji-host", "", "",
                       "it does not run; sessions go on, and none begins"});
}

void Screens::host_connected() {
    if (std::exchange(host_was_lost_, false)) {
        parts_.audit.note({journal::Action::program_started, journal::Outcome::allowed,
                           "shoji-host", "", "", ""});
    }
    for (const auto& [id, screen] : screens_) {
        spawn(parts_.executor, claim(screen), "claiming a session");
    }
}

Task<> Screens::claim(Handle screen) {
    // What was connected before the host's restart may still work, but only asking anew tells the
    // host that the session is wanted. A viewer comes back at once for its new connection; one that
    // waits for a stream takes it where it is.
    screen->display.reset();
    co_await attach(screen);
    const bool stale = screen->viewer && screen->viewer->relaying();
    if (stale && screen->display) screen->viewer->finish(CloseCode::service_restart);
}

Task<> Screens::attach(Handle screen) {
    while (screen->attaching) co_await screen->changed.wait_for(1s);
    if (screen->over || screen->display) co_return;
    screen->attaching = true;
    auto answer = co_await parts_.host.attach(screen->entry.id);
    screen->attaching = false;
    screen->changed.notify();
    if (screen->over) co_return;
    if (answer.streams) {
        take_streams(screen, std::move(*answer.streams));
    } else if (answer.reason) {
        end_as_told(screen, *answer.reason);
    }
}

void Screens::exited(const control::Exited& message) {
    const Handle screen = find(message.session);
    if (screen) end_as_told(screen, message.reason);
}

void Screens::end_as_told(const Handle& screen, Reason reason) {
    end(screen, static_cast<std::uint8_t>(reason), std::string(name_of(reason)),
        outcome_of(reason));
}

void Screens::end(const Handle& screen, std::uint8_t reason, const std::string& why,
                  journal::Outcome outcome) {
    if (screen->over) return;
    record_input(*screen, true);
    screen->over = reason;
    const auto id = screen->entry.id;
    screens_.erase(id);
    parts_.host.end(id);
    screen->display.reset();
    if (screen->reports) screen->reports->close();
    if (screen->viewer) {
        screen->viewer->send(wire::Ended{reason});
        screen->viewer->finish(CloseCode::normal);
    }
    screen->changed.notify();
    note(*screen, journal::Action::session_end, outcome,
         fmt::format("{} {}", screen->entry.destination, control::to_text(id)),
         fmt::format("{}; {} bytes in, {} bytes out, {} refusals{}", why, screen->traffic.bytes_in,
                     screen->traffic.bytes_out, screen->traffic.refusals,
                     held_back(screen->traffic)));
    const auto remove = [](Records& records, control::SessionId session) -> Task<> {
        auto work = [session](store::Store& store) { return store.screens.remove(session); };
        const auto removed = co_await records.run(std::move(work));
        if (!removed) spdlog::error("{}", removed.error().message);
    };
    spawn(parts_.executor, remove(parts_.records, id), "removing a screen");
}

void Screens::end_where(const std::function<bool(const Screen&)>& which, std::uint8_t reason,
                        const std::string& why) {
    std::vector<Handle> ending;
    for (const auto& [id, screen] : screens_) {
        if (which(*screen)) ending.push_back(screen);
    }
    for (const auto& screen : ending) end(screen, reason, why);
}

bool Screens::end_by_administrator(const control::SessionId& id, const std::string& who) {
    const Handle screen = find(id);
    if (!screen) return false;
    end(screen, static_cast<std::uint8_t>(Reason::ended), "ended by " + who);
    return true;
}

void Screens::end_of_web_session(const store::Digest& web_session, bool over) {
    end_where([&](const Screen& screen) { return screen.entry.web_session == web_session; },
              over ? wire::ended_sign_in_over : wire::ended_signed_out,
              over ? "the sign-in ran out" : "signed out");
}

void Screens::end_of_user(store::RowId user, bool reset) {
    end_where([&](const Screen& screen) { return screen.entry.user == user; },
              reset ? wire::ended_user_reset : wire::ended_user_removed,
              reset ? "the user was reset" : "the user was removed");
}

void Screens::end_of_terminal(const store::Digest& fingerprint) {
    end_where([&](const Screen& screen) { return screen.entry.fingerprint == fingerprint; },
              wire::ended_terminal_revoked, "the terminal was revoked");
}

void Screens::recheck() {
    const auto now = now_seconds();
    std::vector<std::pair<Handle, policy::Decision>> ending;
    for (const auto& [id, screen] : screens_) {
        auto decision =
            parts_.policy.decide(screen->entry.zone, screen->role, screen->entry.destination, now);
        if (!decision.allowed) ending.emplace_back(screen, std::move(decision));
        const auto& viewer = screen->viewer;
        const bool stale =
            viewer && viewer->terminal().expires != 0 && viewer->terminal().expires <= now;
        if (stale) viewer->finish(CloseCode::policy_violation);
    }
    for (const auto& [screen, decision] : ending) {
        const auto reason = decision.reason == "policy.expired"
                                ? static_cast<std::uint8_t>(Reason::expired)
                                : wire::ended_route_withdrawn;
        end(screen, reason, fmt::format("{} ({})", decision.rule, decision.reason));
    }
}

void Screens::end_after_grace() {
    const auto now = Screen::Clock::now();
    const auto grace = std::chrono::seconds(limits_.grace_seconds);
    end_where([&](const Screen& screen) { return !screen.viewer && now - screen.left >= grace; },
              static_cast<std::uint8_t>(Reason::unclaimed), "its terminal did not come back");
}

void Screens::record_input(Screen& screen, bool over) {
    const auto tally = screen.input.take(over);
    if (tally == InputTally{}) return;
    screen.input_recorded = Screen::Clock::now();
    note(screen, journal::Action::screen_input, journal::Outcome::allowed,
         fmt::format("{} {}", screen.entry.destination, control::to_text(screen.entry.id)),
         fmt::format("{} characters, {} My Numbers", tally.characters, tally.my_numbers));
}

void Screens::record_inputs() {
    const auto now = Screen::Clock::now();
    for (const auto& [id, screen] : screens_) {
        const bool found = screen->input.tally().my_numbers > 0;
        const auto pause = found ? input_pause_of_findings : input_pause;
        if (now - screen->input_recorded >= pause) record_input(*screen, false);
    }
}

Task<> Screens::watch() {
    for (int second = 0;; ++second) {
        co_await sleep_for(1s);
        end_after_grace();
        record_inputs();
        if (second % recheck_every == 0) recheck();
        if (refusals_.empty()) continue;
        if (const auto left_out = refusals_.take_left_out(); left_out > 0) {
            spdlog::warn("{} refusals beyond {} a second are in no list", left_out,
                         RefusalLog::maximum_waiting);
        }
        auto work = [refusals = refusals_.take()](store::Store& store) {
            return store.refusals.add(refusals);
        };
        const auto stored = co_await parts_.records.run(std::move(work));
        if (!stored) spdlog::error("{}", stored.error().message);
    }
}

void Screens::leave_viewers() {
    for (const auto& [id, screen] : screens_) {
        if (screen->viewer) screen->viewer->finish(CloseCode::service_restart);
    }
}

std::vector<ScreenSummary> Screens::list() const {
    std::vector<ScreenSummary> summaries;
    for (const auto& [id, screen] : screens_) {
        summaries.push_back(
            {screen->entry, screen->user, screen->viewer != nullptr, screen->traffic});
    }
    return summaries;
}

std::vector<store::Digest> Screens::watching_web_sessions() const {
    std::vector<store::Digest> watching;
    for (const auto& [id, screen] : screens_) {
        if (screen->viewer) watching.push_back(screen->entry.web_session);
    }
    return watching;
}

void Screens::note(const Screen& screen, journal::Action action, journal::Outcome outcome,
                   const std::string& what, const std::string& reason) {
    parts_.audit.note({action, outcome, screen.user, screen.entry.terminal, what, reason});
}

}  // namespace shoji::gateway
