// Users, terminals, sessions: what the gateway is asked to do at once.
#include "access/certificate.h"
#include "cli/admin_client.h"
#include "cli/commands.h"
#include "cli/files.h"

#include <chrono>

#include <unistd.h>

namespace shoji::cli {
namespace {

namespace json = boost::json;
using base::Result;

constexpr std::size_t maximum_pem = 65536;

Result<json::value> ask(const Context& context, std::string_view command,
                        json::object arguments = {}) {
    const auto settings = base::load_settings(context.state);
    if (!settings) return base::Failure(settings.error());
    return ask_gateway(*settings, command, std::move(arguments));
}

// A member's text for a table: words as they are, numbers and truth values spelt.
std::string cell(const json::value& row, std::string_view key) {
    const json::value* value = row.is_object() ? row.as_object().if_contains(key) : nullptr;
    if (value == nullptr || value->is_null()) return "-";
    if (value->is_string()) return std::string(value->as_string());
    if (value->is_bool()) return value->as_bool() ? "✓" : "-";
    return fmt::format("{}", value->is_int64()
                                 ? value->as_int64()
                                 : static_cast<std::int64_t>(value->to_number<double>()));
}

std::string moment(const json::value& row, std::string_view key) {
    const json::value* value = row.is_object() ? row.as_object().if_contains(key) : nullptr;
    if (value == nullptr || !value->is_number() || value->to_number<std::int64_t>() == 0)
        return "-";
    const std::time_t seconds = value->to_number<std::int64_t>();
    std::tm local{};
    ::localtime_r(&seconds, &local);
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", local.tm_year + 1900, local.tm_mon + 1,
                       local.tm_mday, local.tm_hour, local.tm_min);
}

using Row = std::vector<std::string> (*)(const json::value&);

Exit show_list(const Context& context, std::string_view command, json::object arguments,
               const std::vector<std::string_view>& header, Row row) {
    const auto answer = ask(context, command, std::move(arguments));
    if (!answer) return context.output.fail(answer.error());
    context.output.result(*answer);
    std::vector<std::vector<std::string>> rows;
    if (answer->is_array()) {
        for (const auto& entry : answer->as_array()) rows.push_back(row(entry));
    }
    if (rows.empty()) context.output.say("cli.list_empty");
    if (!rows.empty()) context.output.table(header, rows);
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
    context.output.table(
        {"cli.column.part", "cli.column.state"},
        {{"shoji-audit", cell(*answer, "journal")},
         {"shoji-host", cell(*answer, "host")},
         {text::say(context.output.language(), "cli.status.sessions"), cell(*answer, "sessions")},
         {text::say(context.output.language(), "cli.status.journal_lost"),
          cell(*answer, "journalLost")},
         {text::say(context.output.language(), "cli.status.certificate"),
          moment(*answer, "certificateExpires")}});
    const bool well = cell(*answer, "journal") == "ok" && cell(*answer, "host") == "ok";
    return well ? Exit::done : Exit::negative;
}

Exit run_user_add(const Context& context, const std::string& name, const std::string& role,
                  bool administrator) {
    return tell_password(context,
                         ask(context, "user.add",
                             {{"name", name}, {"role", role}, {"administrator", administrator}}),
                         "cli.user.added", name);
}

Exit run_user_reset(const Context& context, const std::string& name) {
    return tell_password(context, ask(context, "user.reset", {{"name", name}}), "cli.user.reset",
                         name);
}

Exit run_user_list(const Context& context) {
    return show_list(context, "user.list", {},
                     {"cli.column.name", "cli.column.role", "cli.column.administrator",
                      "cli.column.enrolled", "cli.column.locked", "cli.column.created"},
                     [](const json::value& row) -> std::vector<std::string> {
                         return {cell(row, "name"),          cell(row, "role"),
                                 cell(row, "administrator"), cell(row, "enrolled"),
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
    const auto key = read_file(settings->authority_state() / "authority.key", maximum_pem);
    if (!key) return context.output.fail(key.error());
    const auto certificate = read_file(settings->authority_state() / "authority.crt", maximum_pem);
    if (!certificate) return context.output.fail(certificate.error());
    const auto terminal =
        access::issue_terminal({*key, *certificate}, name, std::chrono::days(days));
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
        return context.output.fail(written.error());
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
                         return {cell(row, "name"), cell(row, "zone"), cell(row, "revoked"),
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
    return show_list(
        context, "destination.refused", std::move(arguments),
        {"cli.column.destination", "cli.column.host", "cli.column.port", "cli.column.scheme",
         "cli.column.reason", "cli.column.times", "cli.column.last"},
        [](const json::value& row) -> std::vector<std::string> {
            return {cell(row, "destination"), cell(row, "host"),   cell(row, "port"),
                    cell(row, "scheme"),      cell(row, "reason"), cell(row, "times"),
                    moment(row, "last")};
        });
}

}  // namespace shoji::cli
