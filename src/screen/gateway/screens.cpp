#include "screen/gateway/screens.h"

#include "screen/gateway/clock.h"
#include "screen/gateway/screen.h"

#include <algorithm>
#include <cmath>

#include <spdlog/spdlog.h>

namespace shoji::gateway {
namespace {

using namespace std::chrono_literals;

constexpr store::Seconds ticket_seconds = 30;
constexpr unsigned int forbidden = 403;
// Nobody opens screens faster by hand for long; each try costs a decision and a record.
constexpr RateRule user_rule{30, 3, 4096};

NoScreen no_screen(const base::Error& error, std::string_view of) {
    const bool full = error.kind == base::ErrorKind::full;
    return {503, fmt::format("{}.{}", of, full ? "full" : "unavailable"), {}};
}

NoScreen no_screen(const HostAnswer& answer) {
    if (!answer.reason) return {503, "host.unavailable", {}};
    switch (*answer.reason) {
        case control::Reason::limit_reached:
            return {503, "screen.limit_reached", {}};
        case control::Reason::mechanism_missing:
            return {503, "screen.mechanism_missing", {}};
        case control::Reason::no_space:
            return {503, "store.full", {}};
        default:
            return {503, "screen.start_failed", {}};
    }
}

control::Start start_request(const policy::Destination& destination, const ScreenBody& body) {
    control::Start request;
    for (const auto& origin : destination.origins) {
        const auto scheme =
            origin.scheme == policy::Scheme::https ? control::Scheme::https : control::Scheme::http;
        request.origins.push_back({scheme, origin.host, origin.port, origin.internal});
    }
    request.geometry = body.geometry;
    request.locale = body.locale;
    request.layout = body.layout;
    const auto end = policy::end_of_day_in_japan(destination.expires).time_since_epoch();
    request.expires = static_cast<std::uint64_t>(std::max<std::int64_t>(end.count(), 1));
    return request;
}

journal::Record record_of(const Applicant& applicant, journal::Action action,
                          const std::string& what, const std::string& reason) {
    return {action, journal::Outcome::allowed, applicant.name, applicant.terminal.described(), what,
            reason};
}

}  // namespace

// Holds a screen's place within the limits while it is being started and nothing else counts it.
class Screens::Place {
  public:
    Place(std::multiset<store::RowId>& starting, store::RowId user)
        : starting_(starting), position_(starting.insert(user)) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { give_up(); }

    void give_up() {
        if (position_) starting_.erase(*std::exchange(position_, std::nullopt));
    }

  private:
    std::multiset<store::RowId>& starting_;
    std::optional<std::multiset<store::RowId>::iterator> position_;
};

std::size_t Screens::taken(std::optional<store::RowId> user) const {
    if (!user) return screens_.size() + starting_.size();
    const auto living = std::ranges::count_if(
        screens_, [&](const auto& screen) { return screen.second->entry.user == *user; });
    return static_cast<std::size_t>(living) + starting_.count(*user);
}

Screens::Screens(Parts parts, const base::SessionLimits& limits)
    : parts_(std::move(parts)), limits_(limits), by_user_(user_rule) {
    parts_.host.on_connected([this] { host_connected(); });
    parts_.host.on_lost([this] { host_lost(); });
    parts_.host.on_exited([this](const control::Exited& message) { exited(message); });
}

Task<std::variant<Token, NoScreen>> Screens::start(Applicant applicant, ScreenBody body) {
    if (auto wait = too_many(applicant)) co_return *wait;
    const auto decision = parts_.policy.decide(applicant.terminal.zone, applicant.role,
                                               body.destination, now_seconds());
    auto record = record_of(applicant, journal::Action::route_decision, body.destination,
                            fmt::format("{} ({})", decision.rule, decision.reason));
    if (!decision.allowed) {
        record.outcome = journal::Outcome::refused;
        parts_.audit.note(record);
        co_return NoScreen{forbidden, std::string(decision.reason), decision.rule};
    }
    const auto fair_share = std::max<std::size_t>(10, limits_.maximum / 2);
    if (taken(applicant.user) >= fair_share || taken({}) >= limits_.maximum) {
        record.outcome = journal::Outcome::refused;
        record.reason = "screen.limit_reached";
        parts_.audit.note(record);
        co_return NoScreen{503, "screen.limit_reached", {}};
    }
    // From here on others are asked, and further requests come in meanwhile.
    Place place(starting_, applicant.user);
    if (auto recorded = co_await parts_.audit.write(record); !recorded) {
        co_return no_screen(recorded.error(), "journal");
    }
    co_return co_await begin(std::move(applicant), std::move(body), decision, place);
}

Task<std::variant<Token, NoScreen>> Screens::begin(Applicant applicant, ScreenBody body,
                                                   policy::Decision decision, Place& place) {
    const auto policy = parts_.policy.current();
    const auto* destination = policy::find_destination(*policy, body.destination);
    if (destination == nullptr) co_return NoScreen{forbidden, "policy.destination_unknown", {}};
    auto request = start_request(*destination, body);
    auto answer = co_await parts_.host.start(std::move(request));
    auto record =
        record_of(applicant, journal::Action::session_start, body.destination, decision.rule);
    if (!answer.streams) {
        const NoScreen why = no_screen(answer);
        record.outcome = journal::Outcome::failed;
        record.reason = why.error;
        parts_.audit.note(record);
        co_return why;
    }
    const auto id = answer.streams->session;
    const Handle screen =
        keep({id, applicant.user, applicant.web_session, body.destination, applicant.terminal.zone,
              applicant.terminal.described(), applicant.terminal.fingerprint, now_seconds()},
             applicant.name, applicant.role);
    place.give_up();  // it is counted among the screens now
    take_streams(screen, std::move(*answer.streams));
    recheck();  // the policy may have changed while the host was at work
    record.what = fmt::format("{} {}", body.destination, control::to_text(id));
    const auto recorded = co_await parts_.audit.write(record);
    if (!recorded) {
        end(screen, static_cast<std::uint8_t>(Reason::start_failed), recorded.error().message,
            journal::Outcome::failed);
        co_return no_screen(recorded.error(), "journal");
    }
    const Token ticket = new_token();
    if (auto failed = co_await establish(screen, ticket); failed) co_return *failed;
    co_return ticket;
}

Task<std::optional<NoScreen>> Screens::establish(Handle screen, Token ticket) {
    auto storing = [entry = screen->entry, digest = digest_of(ticket),
                    until = now_seconds() + ticket_seconds](store::Store& store) {
        // Who signed out meanwhile, or was removed, gets no screen.
        return store.web_sessions.find(entry.web_session)
            .and_then([&](const auto&) { return store.screens.add(entry); })
            .and_then([&] { return store.screens.set_ticket(digest, entry.id, until); });
    };
    const auto stored = co_await parts_.records.run(std::move(storing));
    if (stored && !screen->over) co_return std::nullopt;
    if (!stored) spdlog::error("{}", stored.error().message);
    end(screen, static_cast<std::uint8_t>(Reason::start_failed), "it could not be stored",
        journal::Outcome::failed);
    // It may have ended before it was stored.
    auto removing = [id = screen->entry.id](store::Store& store) {
        return store.screens.remove(id);
    };
    const auto removed = co_await parts_.records.run(std::move(removing));
    if (!removed) spdlog::error("{}", removed.error().message);
    const bool full = !stored && stored.error().kind == base::ErrorKind::full;
    co_return NoScreen{503, full ? "store.full" : "screen.start_failed", {}};
}

Task<> Screens::serve(std::shared_ptr<ViewerSocket> socket, Token ticket, Terminal terminal) {
    const auto viewer =
        std::make_shared<Viewer>(parts_.executor, std::move(socket), std::move(terminal));
    viewer->start();
    const Handle screen = co_await admit(viewer, ticket);
    if (!screen) co_return;
    note(*screen, journal::Action::connection, journal::Outcome::allowed,
         "viewer connected from " + viewer->terminal().described(), "");
    auto display = co_await display_for(screen, viewer);
    if (display) {
        viewer->on_input(
            [screen](const wire::FromViewer& message) { screen->input.observe(message); });
        const RelayEnd end = co_await viewer->relay(std::move(*display));
        co_await settle(screen, viewer, end);
    }
    viewer->finish(screen->over ? CloseCode::normal : CloseCode::service_restart);
    detach(screen, viewer);
}

std::optional<NoScreen> Screens::too_many(const Applicant& applicant) {
    const double wait = by_user_.take(std::to_string(applicant.user), steady_now());
    if (wait == 0) return {};
    parts_.audit.note({journal::Action::route_decision, journal::Outcome::refused, applicant.name,
                       applicant.terminal.described(), "", "screen.too_many"});
    constexpr unsigned int too_many_requests = 429;
    return NoScreen{
        too_many_requests, "screen.too_many", {}, static_cast<std::int64_t>(std::ceil(wait))};
}

Task<Screens::Handle> Screens::admit(std::shared_ptr<Viewer> viewer, Token ticket) {
    const Token next = new_token();
    auto work = [digest = digest_of(ticket), next = digest_of(next), now = now_seconds()](
                    store::Store& store) { return store.screens.use_ticket(digest, next, now); };
    auto id = co_await parts_.records.run(std::move(work));
    if (!id) {
        if (id.error().kind == base::ErrorKind::not_found) note_bad_ticket(viewer->terminal());
        co_await turn_away(viewer, std::move(id.error()));
        co_return nullptr;
    }
    const Handle screen = find(*id);
    const Terminal& terminal = viewer->terminal();
    const bool foreign = screen && (terminal.zone != screen->entry.zone ||
                                    terminal.fingerprint != screen->entry.fingerprint);
    if (foreign) {
        note(*screen, journal::Action::connection, journal::Outcome::refused,
             "viewer at " + terminal.described(), "a ticket of another terminal");
    }
    if (!screen) note_bad_ticket(terminal);
    if (!screen || foreign) {
        base::Error error{base::ErrorKind::not_found, "there is no such screen for this terminal"};
        co_await turn_away(viewer, std::move(error));
        co_return nullptr;
    }
    if (screen->viewer) {
        screen->viewer->send(wire::Ended{wire::ended_taken_over});
        screen->viewer->finish(CloseCode::normal);
    }
    screen->viewer = viewer;
    viewer->send(wire::Ticket{next});
    viewer->on_acknowledged([this, digest = digest_of(next), weak = std::weak_ptr(viewer)] {
        if (auto held = weak.lock()) {
            spawn(parts_.executor, confirm(std::move(held), digest), "confirming a ticket");
        }
    });
    for (const auto& refused : std::exchange(screen->untold, {})) viewer->send(refused);
    co_return screen;
}

Task<> Screens::confirm(std::shared_ptr<Viewer> viewer, store::Digest ticket) {
    // Until it is stored, the ticket before stays good: a full disk must not make it so for long.
    constexpr auto pause = 5s;
    for (;;) {
        auto work = [ticket](store::Store& store) { return store.screens.confirm_ticket(ticket); };
        const auto confirmed = co_await parts_.records.run(std::move(work));
        if (confirmed) co_return;
        spdlog::error("{}", confirmed.error().message);
        if (viewer->gone()) co_return;
        co_await sleep_for(pause);
    }
}

void Screens::note_bad_ticket(const Terminal& terminal) {
    parts_.audit.note({journal::Action::connection, journal::Outcome::refused, "",
                       terminal.described(), "viewer",
                       "a ticket that is unknown, used or expired"});
}

Task<> Screens::turn_away(std::shared_ptr<Viewer> viewer, base::Error error) {
    spdlog::warn("a viewer was turned away: {}", error.message);
    if (error.kind == base::ErrorKind::not_found) {
        viewer->send(wire::Ended{static_cast<std::uint8_t>(Reason::unknown_session)});
        co_return viewer->finish(CloseCode::normal);
    }
    // Its screen may well live, and its ticket is as good as before: the disk may be full.
    constexpr auto pause = 5s;
    viewer->send(wire::Waiting{pause.count()});
    co_await sleep_for(pause);
    viewer->finish(CloseCode::service_restart);
}

Task<std::optional<base::FileDescriptor>> Screens::display_for(Handle screen,
                                                               std::shared_ptr<Viewer> viewer) {
    // Shorter than what a silent WebSocket is given, since nothing is read from it meanwhile.
    constexpr int attempts = 15;
    for (int attempt = 0; attempt < attempts && !screen->over && !viewer->gone(); ++attempt) {
        if (!screen->display) co_await attach(screen);
        if (screen->over || viewer->gone()) break;
        if (screen->display) co_return std::exchange(screen->display, std::nullopt);
        viewer->send(wire::Waiting{1});
        co_await screen->changed.wait_for(1s);
    }
    co_return std::nullopt;
}

Task<> Screens::settle(Handle screen, std::shared_ptr<Viewer> viewer, RelayEnd end_of_relay) {
    switch (end_of_relay) {
        case RelayEnd::viewer_gone:
            break;
        case RelayEnd::session_gone:
            // If the session died, the host says so in a moment; if not, a new connection helps.
            for (int tenth = 0; tenth < 20 && !screen->over; ++tenth) co_await sleep_for(100ms);
            break;
        case RelayEnd::ended_by_viewer:
            end(screen, static_cast<std::uint8_t>(Reason::ended), "the user ended it");
            break;
        case RelayEnd::viewer_malformed:
            note(*screen, journal::Action::refusal, journal::Outcome::refused,
                 "a message of the viewer", viewer->complaint());
            viewer->finish(CloseCode::policy_violation);
            break;
        case RelayEnd::session_malformed:
            note(*screen, journal::Action::refusal, journal::Outcome::refused,
                 "a message of the session", viewer->complaint());
            end(screen, static_cast<std::uint8_t>(Reason::session_failed),
                "the session broke the protocol", journal::Outcome::failed);
            break;
    }
}

void Screens::detach(const Handle& screen, const std::shared_ptr<Viewer>& viewer) {
    if (screen->viewer != viewer) return;
    screen->viewer.reset();
    screen->left = Screen::Clock::now();
    record_input(*screen, true);
    note(*screen, journal::Action::connection, journal::Outcome::allowed, "viewer disconnected",
         "");
}

}  // namespace shoji::gateway
