// Responses: asked of the privileged process at its socket, or, to verify evidence, done here.
#include "cli/admin_client.h"
#include "cli/commands.h"
#include "cli/confirm.h"
#include "cli/files.h"
#include "cli/response_words.h"
#include "cli/told.h"
#include "core/base/unix_socket.h"
#include "core/journal/hex.h"
#include "core/journal/signing.h"
#include "watch/response/control.h"
#include "watch/response/evidence.h"

#include <sys/socket.h>
#include <sys/time.h>

namespace shoji::cli {
namespace {

namespace json = boost::json;

// Evidence with the memory of a large process takes minutes.
constexpr timeval patience{900, 0};

base::Result<json::value> ask(const std::filesystem::path& runtime,
                              const response::Command& command) {
    const auto socket = runtime / response::control_socket;
    const auto connection = base::connect_unix(socket, base::SocketKind::packet);
    if (!connection) {
        auto failure = base::Failure(connection.error());
        failure.value().kind = base::ErrorKind::unavailable;
        return base::worded(std::move(failure), "response.error.away",
                            {{"socket", socket.native()}});
    }
    if (::setsockopt(connection->get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0) {
        return base::fail_errno(errno, "limiting the wait for the sensor");
    }
    const auto sent = base::send_packet(connection->get(), response::encode_command(command));
    const auto packet = base::receive_packet(connection->get(), response::most_answer);
    if (!sent || !packet || packet->bytes.empty()) {
        return base::worded(base::fail(base::ErrorKind::unavailable, "the sensor did not answer"),
                            "response.error.silent");
    }
    return parse_answer({reinterpret_cast<const char*>(packet->bytes.data()), packet->bytes.size()},
                        "response.");
}

std::vector<std::vector<std::string>> rows_of(const json::object& status, std::string_view list,
                                              std::initializer_list<std::string_view> columns) {
    std::vector<std::vector<std::string>> rows;
    const auto* all = status.if_contains(list);
    if (all == nullptr || !all->is_array()) return rows;
    for (const auto& one : all->get_array()) {
        if (!one.is_object()) continue;
        auto& row = rows.emplace_back();
        for (const auto column : columns) row.push_back(text_of(one.get_object(), column));
    }
    return rows;
}

// `guarded` is "sockets" or "programs".
void show_guard(TerminalOutput& output, const json::object& status, std::string_view guarded) {
    const auto* guards = status.if_contains("guards");
    const auto* guard = guards != nullptr && guards->is_object()
                            ? guards->get_object().if_contains(guarded)
                            : nullptr;
    if (guard == nullptr || !guard->is_object()) return;
    const std::string key = guarded == "sockets" ? "response.isolate.sockets." : "response.block.";
    if (text_of(guard->get_object(), "by") == "lsm") {
        output.say(key + "lsm");
        return;
    }
    output.say(key + "tracepoints");
    const auto why = text_of(guard->get_object(), "why_not_lsm");
    if (!why.empty())
        output.say("response.status.no_lsm",
                   {{"why", told(std::string_view(why), output.language())}});
}

void show_status(TerminalOutput& output, const json::object& status) {
    const auto is = [&](std::string_view what) {
        const auto* value = status.if_contains(what);
        return value != nullptr && value->is_bool() && value->get_bool();
    };
    output.say(is("isolation_undone") ? "response.status.isolation_undone"
               : is("isolated")       ? "response.status.isolated"
                                      : "response.status.not_isolated");
    show_guard(output, status, "sockets");
    const auto* blocks = status.if_contains("blocks");
    for (const auto& one :
         blocks != nullptr && blocks->is_array() ? blocks->get_array() : json::array()) {
        if (one.is_string())
            output.say("response.status.block", {{"what", std::string(one.get_string())}});
    }
    show_guard(output, status, "programs");
    output.say("response.status.quarantined");
    output.table({"response.column.id", "response.column.path", "response.column.sha256"},
                 rows_of(status, "quarantined", {"id", "path", "sha256"}));
    const auto* problems = status.if_contains("quarantine_problems");
    for (const auto& one :
         problems != nullptr && problems->is_array() ? problems->get_array() : json::array()) {
        if (one.is_string())
            output.say("response.status.quarantine_problem",
                       {{"what", std::string(one.get_string())}});
    }
    output.say("response.status.pending");
    output.table({"response.column.id", "response.column.response", "response.column.process",
                  "response.column.path", "response.column.reason"},
                 rows_of(status, "pending", {"id", "response", "process", "path", "reason"}));
}

bool cuts_work_off(response::ActionKind kind) {
    return kind == response::ActionKind::isolate || kind == response::ActionKind::block;
}

}  // namespace

Exit run_respond(const Context& context, const RespondRequest& wished) {
    auto& output = context.output;
    auto request = request_of(wished);
    if (!request) return output.fail(request.error());
    if (!request->dry_run && !wished.yes && cuts_work_off(request->action.kind)) {
        if (output.json()) return output.fail(Exit::negative, "response.confirm.yes");
        request->dry_run = true;
        const auto code = show_outcome(context, ask(wished.runtime, *request));
        if (code != Exit::done) return code;
        const auto name = response::name_of(request->action.kind);
        if (!confirmed(context, "response.confirm." + std::string(name))) {
            output.say("response.confirm.not");
            return Exit::negative;
        }
        request->dry_run = false;
    }
    return show_outcome(context, ask(wished.runtime, *request));
}

Exit run_respond_decide(const Context& context, const std::filesystem::path& runtime,
                        const std::string& id, const std::string& by, bool approved) {
    if (!journal::from_hex<16>(id))
        return context.output.fail(Exit::not_found, "response.pending.none", {{"id", id}});
    if (by.empty()) return context.output.fail(Exit::usage, "response.bad.by");
    return show_outcome(context, ask(runtime, response::DecideCommand{id, by, approved}));
}

Exit run_respond_order(const Context& context, const std::filesystem::path& runtime,
                       const std::filesystem::path& file) {
    const auto text = read_file(file, response::most_order);
    if (!text) return context.output.fail(text.error());
    return show_outcome(context,
                        ask(runtime, response::OrderCommand{{text->begin(), text->end()}}));
}

Exit run_respond_status(const Context& context, const std::filesystem::path& runtime) {
    const auto answer = ask(runtime, response::StatusCommand{});
    if (!answer) return context.output.fail(answer.error());
    context.output.result(*answer);
    if (!context.output.json() && answer->is_object())
        show_status(context.output, answer->as_object());
    return Exit::done;
}

Exit run_respond_verify(const Context& context, const std::filesystem::path& archive,
                        const std::filesystem::path& key_file) {
    auto& output = context.output;
    const auto key = journal::load_public_key(key_file);
    if (!key) return output.fail(key.error());
    const auto evidence = response::verify_evidence(archive, *key);
    if (!evidence) {
        if (evidence.error().kind != base::ErrorKind::corrupt) return output.fail(evidence.error());
        return output.fail(Exit::negative, "response.verify.bad",
                           {{"message", evidence.error().message}});
    }
    json::array members;
    for (const auto& one : evidence->members)
        members.push_back({{"name", one.name}, {"size", one.size}});
    json::array omissions;
    for (const auto& one : evidence->omissions) omissions.push_back(json::string(one));
    output.result(
        json::object{{"members", std::move(members)}, {"omissions", std::move(omissions)}});
    output.say("response.verify.good", {{"count", std::to_string(evidence->members.size())}});
    for (const auto& one : evidence->omissions)
        output.say("response.verify.omitted", {{"what", one}});
    return Exit::done;
}

}  // namespace shoji::cli
