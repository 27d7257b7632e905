// Orders at the hub: handed in, what became of them, taken back.
#include "cli/admin_client.h"
#include "cli/answer_cells.h"
#include "cli/commands.h"
#include "cli/order_words.h"
#include "cli/response_words.h"
#include "core/base/random.h"
#include "core/journal/hex.h"

#include <algorithm>
#include <array>
#include <chrono>

#include <boost/json/array.hpp>

namespace shoji::cli {
namespace {

namespace json = boost::json;
using base::Result;

constexpr std::array<std::string_view, 6> standings{"waiting", "taken",   "done",
                                                    "failed",  "refused", "withdrawn"};

Result<json::value> ask(const Context& context, std::string_view command, json::object arguments) {
    const auto settings = base::load_settings(context.state);
    if (!settings) return base::Failure(settings.error());
    return ask_hub(*settings, command, std::move(arguments));
}

// The hub carries orders unread, so what it shows may be anything.
std::optional<response::SignedOrder> order_of(const json::value& row) {
    const auto bytes = journal::bytes_from_hex(cell(row, "order"));
    if (!bytes) return std::nullopt;
    auto order = response::decode_order(*bytes);
    if (!order) return std::nullopt;
    return std::move(*order);
}

// What the host said of its end.
std::string end_of(const json::value& row, text::Language language) {
    const auto* answer = member(row, "answer");
    if (answer == nullptr || !answer->is_string() || answer->get_string().empty()) return "";
    return sentence_of(parse_answer(std::string_view(answer->get_string()), "response."), language);
}

std::string standing_of(const json::value& row, text::Language language) {
    const auto standing = cell(row, "standing");
    if (std::ranges::find(standings, standing) == standings.end()) return standing;
    return text::say(language, "order.standing." + standing);
}

}  // namespace

Exit run_order_send(const Context& context, const std::filesystem::path& file) {
    auto& output = context.output;
    const auto order = read_order(file);
    if (!order) return output.fail(order.error());
    // The host decides; this is only so that nobody waits in vain.
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(
                         std::chrono::system_clock::now().time_since_epoch())
                         .count();
    if (now >= order->order.expires) return output.fail(Exit::refused, "response.order.expired");
    const auto answer = ask(context, "order.add",
                            {{"name", order->order.host},
                             {"id", base::to_hex(order->order.id)},
                             {"order", base::to_hex(response::encode_order(*order))}});
    if (!answer) return output.fail(answer.error());
    output.result(*answer);
    output.say("order.sent", {{"number", cell(*answer, "number")}, {"host", order->order.host}});
    return Exit::done;
}

Exit run_order_list(const Context& context) {
    auto& output = context.output;
    const auto answer = ask(context, "order.list", {});
    if (!answer) return output.fail(answer.error());
    json::array described;
    std::vector<std::vector<std::string>> rows;
    for (const auto& row : answer->is_array() ? answer->get_array() : json::array()) {
        const auto order = order_of(row);
        const auto end = end_of(row, output.language());
        rows.push_back(
            {cell(row, "number"), cell(row, "host"),
             order ? std::string(response::name_of(order->order.request.action.kind)) : "-",
             order ? target_of(order->order.request.action) : "-",
             standing_of(row, output.language()), moment(row, "changed"), end});
        json::object one = row.is_object() ? row.get_object() : json::object();
        if (order) one["order"] = order_json(*order);
        one["told"] = end;
        described.push_back(std::move(one));
    }
    output.result(described);
    output.table({"cli.column.number", "cli.column.host", "response.column.response",
                  "order.column.target", "cli.column.state", "cli.column.last", "cli.column.what"},
                 rows);
    return Exit::done;
}

Exit run_order_withdraw(const Context& context, std::uint64_t number) {
    const auto answer = ask(context, "order.withdraw", {{"number", number}});
    if (!answer) return context.output.fail(answer.error());
    context.output.result(*answer);
    context.output.say("order.withdrawn", {{"number", std::to_string(number)}});
    return Exit::done;
}

}  // namespace shoji::cli
