// The broker: starts screens at the host, lets viewers in by ticket, keeps screens through breaks
// of the line and restarts of the programs around it, and ends them when they are no longer
// allowed.
#pragma once

#include "core/base/settings.h"
#include "screen/gateway/audit_link.h"
#include "screen/gateway/bodies.h"
#include "screen/gateway/host_link.h"
#include "screen/gateway/policy_book.h"
#include "screen/gateway/rate_limiter.h"
#include "screen/gateway/records.h"
#include "screen/gateway/refusal_log.h"
#include "screen/gateway/token.h"
#include "screen/gateway/viewer.h"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <variant>

namespace shoji::gateway {

// Who asks for a screen.
struct Applicant {
    store::RowId user = 0;
    std::string name;
    std::string role;
    store::Digest web_session{};
    Terminal terminal;
};

// Why no screen started.
struct NoScreen {
    unsigned int status = 503;     // of HTTP
    std::string error;             // key of the message catalogue
    std::string rule;              // of the policy, when it was that
    std::int64_t retry_after = 0;  // seconds; 0: not said
};

struct ScreenSummary {
    store::Screen entry;
    std::string user;
    bool watched = false;  // a viewer is connected
    control::Traffic traffic;
};

class Screens {
  public:
    struct Parts {
        asio::any_io_executor executor;
        Records& records;
        AuditLink& audit;
        HostLink& host;
        PolicyBook& policy;
    };

    Screens(Parts parts, const base::SessionLimits& limits);

    // Takes the screens of the last run from the store; they are claimed once the host is there.
    void adopt(const std::vector<store::Screen>& entries, const std::vector<store::User>& users);
    // Looks after grace, approvals and refusals until the program ends.
    Task<> watch();

    // A ticket for the screen that started, to be used within 30 seconds.
    Task<std::variant<Token, NoScreen>> start(Applicant applicant, ScreenBody body);
    // The whole life of one viewer's connection.
    Task<> serve(std::shared_ptr<ViewerSocket> socket, Token ticket, Terminal terminal);

    // Each ends what it names at once: at the host, in the store, and with a message to the viewer.
    // True when there was such a screen.
    bool end_by_administrator(const control::SessionId& id, const std::string& who);
    // `over`: by its lifetime, not by signing out.
    void end_of_web_session(const store::Digest& web_session, bool over);
    // `reset`: the user is still there.
    void end_of_user(store::RowId user, bool reset);
    void end_of_terminal(const store::Digest& fingerprint);
    // After the policy or a terminal's standing has changed.
    void recheck();
    // The viewers' connections, at the end of the program: the screens live on for its successor.
    void leave_viewers();

    [[nodiscard]] std::vector<ScreenSummary> list() const;
    // The web sessions that have a viewer connected.
    [[nodiscard]] std::vector<store::Digest> watching_web_sessions() const;

  private:
    struct Screen;
    using Handle = std::shared_ptr<Screen>;
    using Reason = control::Reason;

    class Place;
    // Sessions of the user, or of all, that live or are being started.
    [[nodiscard]] std::size_t taken(std::optional<store::RowId> user) const;
    std::optional<NoScreen> too_many(const Applicant& applicant);
    Task<std::variant<Token, NoScreen>> begin(Applicant applicant, ScreenBody body,
                                              policy::Decision decision, Place& place);
    // None: it is stored. Else the screen has ended.
    Task<std::optional<NoScreen>> establish(Handle screen, Token ticket);
    Handle keep(store::Screen entry, const std::string& user, const std::string& role);
    void take_streams(const Handle& screen, Streams streams);
    Task<> read_reports(Handle screen, std::shared_ptr<PacketSocket> reports);
    void take_refusal(Screen& screen, const control::Refused& refused);

    Task<Handle> admit(std::shared_ptr<Viewer> viewer, Token ticket);
    Task<> confirm(std::shared_ptr<Viewer> viewer, store::Digest ticket);
    void note_bad_ticket(const Terminal& terminal);
    Task<> turn_away(std::shared_ptr<Viewer> viewer, base::Error error);
    Task<std::optional<base::FileDescriptor>> display_for(Handle screen,
                                                          std::shared_ptr<Viewer> viewer);
    Task<> attach(Handle screen);
    Task<> settle(Handle screen, std::shared_ptr<Viewer> viewer, RelayEnd end);
    void detach(const Handle& screen, const std::shared_ptr<Viewer>& viewer);

    void host_connected();
    void host_lost();
    Task<> claim(Handle screen);
    void exited(const control::Exited& exited);
    // The outcome goes into the journal: `failed` where nobody and no rule wanted the end.
    void end(const Handle& screen, std::uint8_t reason, const std::string& why,
             journal::Outcome outcome = journal::Outcome::allowed);
    void end_as_told(const Handle& screen, Reason reason);
    void end_where(const std::function<bool(const Screen&)>& which, std::uint8_t reason,
                   const std::string& why);
    void end_after_grace();
    // What went into it since the last record; nothing where nothing did.
    void record_input(Screen& screen, bool over);
    void record_inputs();
    [[nodiscard]] Handle find(const control::SessionId& id) const;
    void note(const Screen& screen, journal::Action action, journal::Outcome outcome,
              const std::string& what, const std::string& reason);

    Parts parts_;
    base::SessionLimits limits_;
    std::map<control::SessionId, Handle> screens_;
    std::multiset<store::RowId> starting_;  // the users of screens that are not there yet
    RefusalLog refusals_;
    RateLimiter by_user_;
    bool host_was_lost_ = false;
};

}  // namespace shoji::gateway
