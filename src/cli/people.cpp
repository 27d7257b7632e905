// Users, terminals, sessions: what the gateway is asked to do at once.
#include "access/certificate.h"
#include "cli/admin_client.h"
#include "cli/answer_cells.h"
#include "cli/authority.h"
#include "cli/commands.h"
#include "cli/files.h"

#include <chrono>
#include <ctime>
#include <functional>

#include <boost/json/serialize.hpp>
#include <unistd.h>

namespace shoji::cli {
namespace {

namespace json = boost::json;
using base::Result;

Result<json::value> ask(const Context& context, std::string_view command,
                        json::object arguments = {}) {
    const auto settings = base::load_settings(context.state);
    if (!settings) return base::Failure(settings.error());
    return ask_gateway(*settings, command, std::move(arguments));
}

Result<access::TerminalIdentity> issue(const base::Settings& settings, const std::string& name,
                                       int days) {
    const auto authority = use_authority(settings, "certificate for terminal " + name);
    if (!authority) return base::Failure(authority.error());
    return access::issue_terminal(*authority, name, std::chrono::days(days));
}

using Row = std::function<std::vector<std::string>(const json::value&)>;

Exit show_list(const Context& context, std::string_view command, json::object arguments,
               const std::vector<std::string_view>& header, const Row& row) {
    const auto answer = ask(context, command, std::move(arguments));
    if (!answer) return context.output.fail(answer.error());
    context.output.result(*answer);
    std::vector<std::vector<std::string>> rows;
    if (const json::array* list = answer->if_array()) {
        for (const auto& entry : *list) rows.push_back(row(entry));
    }
    context.output.table(header, rows);
    return Exit::done;
}

Exit do_and_say(const Context& context, std::string_view command, json::object arguments,
                std::string_view key, const std::string& name) {
    const auto answer = ask(context, command, std::move(arguments));
    if (!answer) return context.output.fail(answer.error());
    context.output.result(*answer);
    context.output.say(key, {{"name", name}});
    return Exit::done;
}

Exit tell_password(const Context& context, const Result<json::value>& answer, std::string_view key,
                   const std::string& name) {
    if (!answer) return context.output.fail(answer.error());
    context.output.result(*answer);
    const std::string password = cell(*answer, "oneTimePassword");
    context.output.say(key, {{"name", name}, {"password", password}});
    return Exit::done;
}

}  // namespace

Exit run_status(const Context& context) {
    const auto answer = ask(context, "status");
    if (!answer) return context.output.fail(answer.error());
    context.output.result(*answer);
    const auto word = [&](std::string_view key) {
        return text::say(context.output.language(), key);
    };
    const auto health = [&](std::string_view key) {
        const std::string state = cell(*answer, key);
        const std::string said = "cli.status.state." + state;
        return text::knows(said) ? word(said) : state;
    };
    const std::string networks = joined(*answer, "terminalNetworks");
    context.output.table({"cli.column.part", "cli.column.state"},
                         {{"shoji-audit", health("journal")},
                          {"shoji-host", health("host")},
                          {word("cli.status.sessions"), cell(*answer, "sessions")},
                          {word("cli.status.journal_lost"), cell(*answer, "journalLost")},
                          {word("cli.status.certificate"), moment(*answer, "certificateExpires")},
                          {word("cli.status.terminal_networks"),
                           networks.empty() ? word("cli.status.state.not_set") : networks}});
    const json::value* expires = member(*answer, "certificateExpires");
    const bool expired = expires != nullptr && expires->is_int64() &&
                         expires->get_int64() <= static_cast<std::int64_t>(std::time(nullptr));
    if (expired) context.output.say("cli.status.certificate_expired");
    const json::value* ahead = member(*answer, "usersAheadOfClock");
    const bool behind = ahead != nullptr && ahead->is_int64() && ahead->get_int64() > 0;
    if (behind) {
        context.output.say("cli.status.clock_behind",
                           {{"clock", moment(*answer, "clock")},
                            {"newest", moment(*answer, "newestSignIn")},
                            {"users", cell(*answer, "usersAheadOfClock")}});
    }
    if (networks.empty()) context.output.say("cli.status.no_terminal_networks");
    const bool well =
        cell(*answer, "journal") == "ok" && cell(*answer, "host") == "ok" && !expired && !behind;
    return well ? Exit::done : Exit::negative;
}

Exit run_user_add(const Context& context, const std::string& name, const std::string& role) {
    return tell_password(context, ask(context, "user.add", {{"name", name}, {"role", role}}),
                         "cli.user.added", name);
}

Exit run_user_reset(const Context& context, const std::string& name) {
    return tell_password(context, ask(context, "user.reset", {{"name", name}}), "cli.user.reset",
                         name);
}

Exit run_user_list(const Context& context) {
    return show_list(context, "user.list", {},
                     {"cli.column.name", "cli.column.role", "cli.column.enrolled",
                      "cli.column.locked", "cli.column.created"},
                     [](const json::value& row) -> std::vector<std::string> {
                         return {cell(row, "name"), cell(row, "role"), cell(row, "enrolled"),
                                 cell(row, "lockedSeconds"), moment(row, "created")};
                     });
}

Exit run_user_remove(const Context& context, const std::string& name) {
    return do_and_say(context, "user.remove", {{"name", name}}, "cli.user.removed", name);
}

Exit run_user_unlock(const Context& context, const std::string& name) {
    return do_and_say(context, "user.unlock", {{"name", name}}, "cli.user.unlocked", name);
}

Exit run_terminal_enrol(const Context& context, const std::string& name, const std::string& zone,
                        const std::filesystem::path& file, int days) {
    const auto settings = base::load_settings(context.state);
    if (!settings) return context.output.fail(settings.error());
    const auto terminal = issue(*settings, name, days);
    if (!terminal) return context.output.fail(terminal.error());
    // Registered first: a bundle that nobody knows is useless, one that is written and then refused
    // would mislead.
    const auto answer = ask_gateway(*settings, "terminal.add",
                                    {{"name", name},
                                     {"zone", zone},
                                     {"fingerprint", terminal->fingerprint},
                                     {"expires", terminal->expires.time_since_epoch().count()}});
    if (!answer) return context.output.fail(answer.error());
    const std::string bytes(terminal->pkcs12.begin(), terminal->pkcs12.end());
    if (const auto written = write_file(file, bytes, 0600, {}); !written) {
        // Its key is lost, and nobody may come with it; the name is free again.
        const auto revoked = ask_gateway(*settings, "terminal.revoke", {{"name", name}});
        return context.output.fail(revoked ? written.error() : revoked.error());
    }
    context.output.result(json::object{{"file", file.native()},
                                       {"passphrase", terminal->passphrase},
                                       {"fingerprint", terminal->fingerprint}});
    context.output.say(
        "cli.terminal.enrolled",
        {{"name", name}, {"file", file.native()}, {"passphrase", terminal->passphrase}});
    return Exit::done;
}

Exit run_terminal_list(const Context& context) {
    return show_list(context, "terminal.list", {},
                     {"cli.column.name", "cli.column.zone", "cli.column.revoked",
                      "cli.column.expires", "cli.column.fingerprint"},
                     [](const json::value& row) -> std::vector<std::string> {
                         return {cell(row, "name"), cell(row, "zone"), moment(row, "revoked"),
                                 moment(row, "expires"), cell(row, "fingerprint").substr(0, 16)};
                     });
}

Exit run_terminal_revoke(const Context& context, const std::string& name) {
    return do_and_say(context, "terminal.revoke", {{"name", name}}, "cli.terminal.revoked", name);
}

Exit run_session_list(const Context& context) {
    return show_list(
        context, "session.list", {},
        {"cli.column.id", "cli.column.user", "cli.column.destination", "cli.column.terminal",
         "cli.column.started", "cli.column.watched", "cli.column.bytes_out", "cli.column.bytes_in",
         "cli.column.refusals"},
        [](const json::value& row) -> std::vector<std::string> {
            return {cell(row, "id"),       cell(row, "user"),      cell(row, "destination"),
                    cell(row, "terminal"), moment(row, "started"), cell(row, "watched"),
                    cell(row, "bytesOut"), cell(row, "bytesIn"),   cell(row, "refusals")};
        });
}

Exit run_session_kill(const Context& context, const std::string& id) {
    return do_and_say(context, "session.kill", {{"id", id}}, "cli.session.killed", id);
}

Exit run_refused(const Context& context, const std::string& destination) {
    json::object arguments;
    if (!destination.empty()) arguments["destination"] = destination;
    const auto reason_of = [&](const json::value& row) {
        const std::string reason = cell(row, "reason");
        const std::string key = "cli.refused." + reason;
        return text::knows(key) ? text::say(context.output.language(), key) : reason;
    };
    return show_list(
        context, "destination.refused", std::move(arguments),
        {"cli.column.destination", "cli.column.host", "cli.column.port", "cli.column.scheme",
         "cli.column.reason", "cli.column.times", "cli.column.last"},
        [&](const json::value& row) -> std::vector<std::string> {
            return {cell(row, "destination"), cell(row, "host"), cell(row, "port"),
                    cell(row, "scheme"),      reason_of(row),    cell(row, "times"),
                    moment(row, "last")};
        });
}

}  // namespace shoji::cli
