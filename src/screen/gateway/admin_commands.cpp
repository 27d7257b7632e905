#include "screen/gateway/admin_commands.h"

#include "core/base/random.h"
#include "core/policy/json.h"
#include "core/policy/plan.h"
#include "screen/gateway/clock.h"
#include "screen/gateway/lock_out.h"
#include "screen/gateway/password.h"
#include "screen/gateway/totp.h"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <spdlog/spdlog.h>

namespace shoji::gateway {
namespace {

namespace json = boost::json;

using namespace std::chrono_literals;
using Answer = base::Result<json::value>;

constexpr store::Seconds one_time_seconds = 7 * 24 * 60 * 60;

journal::Record record(journal::Action action, const std::string& who, std::string what,
                       std::string reason) {
    return {action, journal::Outcome::allowed, who, "", std::move(what), std::move(reason)};
}

base::Failure busy() {
    return base::worded(
        base::fail(base::ErrorKind::unavailable, "too many passwords are being checked: try again"),
        "admin.busy");
}

// `what`: a role, zone …, and its name.
base::Failure unknown(std::string_view what, const std::string& name) {
    return base::worded(base::fail(base::ErrorKind::not_found, "there is no {} '{}'", what, name),
                        fmt::format("admin.no_{}", what), {{"name", name}});
}

json::object terminal_object(const store::Terminal& terminal) {
    return {{"name", terminal.name},
            {"zone", terminal.zone},
            {"fingerprint", base::to_hex(terminal.fingerprint)},
            {"expires", terminal.expires},
            {"added", terminal.added},
            {"revoked", terminal.revoked}};
}

std::string_view name_of(std::uint8_t reason) {
    using namespace std::string_view_literals;
    constexpr std::array names{
        "not_listed"sv,     "address_literal"sv, "private_address"sv,     "terminal_network"sv,
        "name_not_found"sv, "unreachable"sv,     "server_name_differs"sv, "malformed"sv,
        "expired"sv,        "too_many"sv,        "tls_failed"sv};
    static_assert(names.size() == control::last_refusal_reason + 1);
    return reason < names.size() ? names.at(reason) : "unknown"sv;
}

}  // namespace

Task<Answer> AdminCommands::carry_out(admin::Request request, std::string who) {
    // Each handler owns its request: std::visit ends before the work does.
    co_return co_await std::visit(
        [&](auto& chosen) { return handle(std::move(chosen), std::move(who)); }, request);
}

Task<Answer> AdminCommands::handle(admin::UserAdd request, std::string who) {
    const auto policy = parts_.policy.current();
    if (std::ranges::find(policy->roles, request.role, &policy::Role::id) == policy->roles.end()) {
        co_return unknown("role", request.role);
    }
    const std::string password = one_time_password();
    auto hash = co_await parts_.passwords.hash(password);
    if (!hash) co_return busy();
    auto entry = record(journal::Action::configuration, who, "user " + request.name + " added",
                        "role " + request.role);
    const auto recorded = co_await parts_.audit.write(std::move(entry));
    if (!recorded) co_return base::Failure(recorded.error());
    auto work = [request, hash = std::move(*hash), now = now_seconds()](store::Store& store) {
        return store.users.add(request.name, request.role, hash, now + one_time_seconds, now);
    };
    const auto added = co_await parts_.records.run(std::move(work));
    if (!added) co_return base::Failure(added.error());
    co_return json::object{{"oneTimePassword", password}};
}

Task<Answer> AdminCommands::handle(admin::UserList /*request*/, std::string /*who*/) {
    struct Line {
        store::User user;
        store::Attempts attempts;
    };
    auto work = [](store::Store& store) -> base::Result<std::vector<Line>> {
        auto users = store.users.list();
        if (!users) return base::Failure(users.error());
        std::vector<Line> all;
        for (auto& user : *users) {
            auto attempts = store.attempts.of(user.name);
            if (!attempts) return base::Failure(attempts.error());
            all.push_back({std::move(user), *attempts});
        }
        return all;
    };
    const auto lines = co_await parts_.records.run(work);
    if (!lines) co_return base::Failure(lines.error());
    json::array list;
    for (const auto& [user, attempts] : *lines) {
        list.push_back(json::object{{"name", user.name},
                                    {"role", user.role},
                                    {"enrolled", user.has_totp},
                                    {"oneTimeUntil", user.one_time_until},
                                    {"failures", attempts.failures},
                                    {"lockedSeconds", locked_for({}, attempts, now_seconds())},
                                    {"created", user.created}});
    }
    co_return json::value(std::move(list));
}

Task<Answer> AdminCommands::handle(admin::UserRemove request, std::string who) {
    auto work = [name = request.name](store::Store& store) -> base::Result<store::RowId> {
        const auto user = store.users.find(name);
        if (!user) return base::Failure(user.error());
        return store.users.remove(name).map([&] { return user->id; });
    };
    const auto removed = co_await parts_.records.run(std::move(work));
    if (!removed) co_return base::Failure(removed.error());
    parts_.screens.end_of_user(*removed, false);
    parts_.audit.note(
        record(journal::Action::configuration, who, "user " + request.name + " removed", ""));
    co_return json::object{};
}

Task<Answer> AdminCommands::handle(admin::UserReset request, std::string who) {
    const std::string password = one_time_password();
    auto hash = co_await parts_.passwords.hash(password);
    if (!hash) co_return busy();
    auto entry = record(journal::Action::recovery, who, "user " + request.name,
                        "password and code were reset");
    const auto recorded = co_await parts_.audit.write(std::move(entry));
    if (!recorded) co_return base::Failure(recorded.error());
    auto work = [name = request.name, hash = std::move(*hash),
                 now = now_seconds()](store::Store& store) -> base::Result<store::RowId> {
        const auto user = store.users.find(name);
        if (!user) return base::Failure(user.error());
        return store.users.reset(name, hash, now + one_time_seconds)
            .and_then([&] { return store.attempts.forget(name); })
            .map([&](bool) { return user->id; });
    };
    const auto reset = co_await parts_.records.run(std::move(work));
    if (!reset) co_return base::Failure(reset.error());
    parts_.screens.end_of_user(*reset, true);
    co_return json::object{{"oneTimePassword", password}};
}

Task<Answer> AdminCommands::handle(admin::UserUnlock request, std::string who) {
    auto entry = record(journal::Action::recovery, who, "user " + request.name, "unlocked");
    const auto recorded = co_await parts_.audit.write(std::move(entry));
    if (!recorded) co_return base::Failure(recorded.error());
    auto work = [name = request.name](store::Store& store) -> base::Result<bool> {
        const auto user = store.users.find(name);
        if (!user) return base::Failure(user.error());
        return store.attempts.forget(name);
    };
    const auto unlocked = co_await parts_.records.run(std::move(work));
    if (!unlocked) co_return base::Failure(unlocked.error());
    co_return json::object{{"wasLocked", *unlocked}};
}

Task<Answer> AdminCommands::handle(admin::TerminalAdd request, std::string who) {
    const auto policy = parts_.policy.current();
    if (std::ranges::find(policy->zones, request.zone, &policy::Zone::id) == policy->zones.end()) {
        co_return unknown("zone", request.zone);
    }
    auto entry = record(journal::Action::terminal, who, "terminal " + request.name + " enrolled",
                        "zone " + request.zone + ", " + base::to_hex(request.fingerprint));
    const auto recorded = co_await parts_.audit.write(std::move(entry));
    if (!recorded) co_return base::Failure(recorded.error());
    auto work = [request, now = now_seconds()](store::Store& store) {
        return store.terminals.add(
            {request.name, request.zone, request.fingerprint, request.expires, now, 0});
    };
    const auto added = co_await parts_.records.run(std::move(work));
    if (!added) co_return base::Failure(added.error());
    co_return json::object{};
}

Task<Answer> AdminCommands::handle(admin::TerminalList /*request*/, std::string /*who*/) {
    const auto terminals =
        co_await parts_.records.run([](store::Store& store) { return store.terminals.list(); });
    if (!terminals) co_return base::Failure(terminals.error());
    json::array list;
    for (const auto& terminal : *terminals) list.push_back(terminal_object(terminal));
    co_return json::value(std::move(list));
}

Task<Answer> AdminCommands::handle(admin::TerminalRevoke request, std::string who) {
    auto work = [name = request.name, now = now_seconds()](store::Store& store) {
        return store.terminals.revoke(name, now);
    };
    const auto revoked = co_await parts_.records.run(std::move(work));
    if (!revoked) co_return base::Failure(revoked.error());
    parts_.screens.end_of_terminal(revoked->fingerprint);
    parts_.connections.close_of(revoked->fingerprint, false);
    spawn(parts_.executor, close_terminal(revoked->fingerprint), "closing a terminal's viewers");
    parts_.audit.note(
        record(journal::Action::terminal, who, "terminal " + request.name + " revoked", ""));
    co_return terminal_object(*revoked);
}

Task<> AdminCommands::close_terminal(store::Digest fingerprint) {
    // The relay has stopped; the viewer gets a moment to read why.
    co_await sleep_for(1s);
    parts_.connections.close_of(fingerprint, true);
}

Task<Answer> AdminCommands::handle(admin::SessionList /*request*/, std::string /*who*/) {
    const auto at_host = co_await parts_.host.list();
    json::array list;
    for (const auto& screen : parts_.screens.list()) {
        json::object object{{"id", control::to_text(screen.entry.id)},
                            {"user", screen.user},
                            {"destination", screen.entry.destination},
                            {"terminal", screen.entry.terminal},
                            {"zone", screen.entry.zone},
                            {"started", screen.entry.started},
                            {"watched", screen.watched},
                            {"bytesIn", screen.traffic.bytes_in},
                            {"bytesOut", screen.traffic.bytes_out},
                            {"connections", screen.traffic.connections},
                            {"refusals", screen.traffic.refusals},
                            {"reportsLost", screen.traffic.reports_lost}};
        if (at_host) {
            const auto entry =
                std::ranges::find(*at_host, screen.entry.id, &control::SessionEntry::session);
            if (entry != at_host->end()) object["memoryBytes"] = entry->memory_bytes;
        }
        list.push_back(std::move(object));
    }
    co_return json::value(std::move(list));
}

Task<Answer> AdminCommands::handle(admin::SessionKill request, std::string who) {
    if (!parts_.screens.end_by_administrator(request.id, who)) {
        co_return unknown("session", control::to_text(request.id));
    }
    co_return json::object{};
}

Task<Answer> AdminCommands::handle(admin::DestinationRefused request, std::string /*who*/) {
    auto work = [destination = request.destination](store::Store& store) {
        return store.refusals.list(destination);
    };
    const auto refusals = co_await parts_.records.run(std::move(work));
    if (!refusals) co_return base::Failure(refusals.error());
    // What was removed from the configuration may still have refusals.
    if (request.destination && refusals->empty()) {
        const auto policy = parts_.policy.current();
        if (policy::find_destination(*policy, *request.destination) == nullptr) {
            co_return unknown("destination", *request.destination);
        }
    }
    json::array list;
    for (const auto& refusal : *refusals) {
        const std::string_view reason = name_of(refusal.reason);
        list.push_back(json::object{{"destination", refusal.destination},
                                    {"scheme", refusal.scheme == 1 ? "https" : "http"},
                                    {"host", refusal.host},
                                    {"port", refusal.port},
                                    {"reason", json::string_view(reason.data(), reason.size())},
                                    {"times", refusal.times},
                                    {"last", refusal.last}});
    }
    co_return json::value(std::move(list));
}

Task<Answer> AdminCommands::handle(admin::ConfigurationGet /*request*/, std::string /*who*/) {
    co_return json::object{{"revision", parts_.policy.revision()},
                           {"configuration", policy::to_json(*parts_.policy.current())}};
}

Task<Answer> AdminCommands::handle(admin::ConfigurationApply request, std::string who) {
    const auto changes = policy::plan(*parts_.policy.current(), request.configuration).size();
    auto entry = record(
        journal::Action::configuration, who,
        fmt::format("configuration, revision {} to {}", request.revision, request.revision + 1),
        fmt::format("{} changes", changes));
    const auto recorded = co_await parts_.audit.write(std::move(entry));
    if (!recorded) co_return base::Failure(recorded.error());
    auto work = [revision = request.revision,
                 document =
                     json::serialize(policy::to_json(request.configuration))](store::Store& store) {
        return store.configurations.replace(revision, document);
    };
    const auto revision = co_await parts_.records.run(std::move(work));
    if (!revision) co_return base::Failure(revision.error());
    parts_.policy.set(*revision, std::move(request.configuration));
    parts_.screens.recheck();
    co_return json::object{{"revision", *revision}, {"changes", changes}};
}

Task<Answer> AdminCommands::handle(admin::Status /*request*/, std::string /*who*/) {
    const auto now = now_seconds();
    auto work = [step = totp_counter(now) + 1](store::Store& store) {
        return store.users.ahead_of(step);
    };
    const auto ahead = co_await parts_.records.run(std::move(work));
    if (!ahead) co_return base::Failure(ahead.error());
    const auto screens = parts_.screens.list();
    const auto watched = std::ranges::count_if(screens, &ScreenSummary::watched);
    const char* journal = !parts_.audit.connected() ? "away" : parts_.audit.full() ? "full" : "ok";
    co_return json::object{{"journal", journal},
                           {"journalWaiting", parts_.audit.waiting()},
                           {"journalLost", parts_.audit.lost()},
                           {"host", parts_.host.connected() ? "ok" : "away"},
                           {"sessions", screens.size()},
                           {"watched", watched},
                           {"connections", parts_.connections.size()},
                           {"revision", parts_.policy.revision()},
                           {"certificateExpires", parts_.certificate_expires},
                           {"clock", now},
                           {"usersAheadOfClock", ahead->users},
                           {"newestSignIn", ahead->newest * totp_step_seconds},
                           {"terminalNetworks", json::value_from(parts_.terminal_networks)}};
}

}  // namespace shoji::gateway
