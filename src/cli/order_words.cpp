#include "cli/order_words.h"

#include "cli/answer_cells.h"
#include "cli/response_words.h"
#include "core/base/random.h"

#include <boost/json/array.hpp>

namespace shoji::cli {
namespace {

namespace json = boost::json;
using response::SignedOrder;

std::string moment_of(std::int64_t seconds) {
    return moment(json::object{{"time", seconds}}, "time");
}

}  // namespace

bool signature_holds(const SignedOrder& order, const response::OrderSignature& one) {
    return journal::verify_signature(one.key, response::order_body(order.order), one.signature);
}

json::object order_json(const SignedOrder& order) {
    const auto& request = order.order.request;
    json::array signatures;
    for (const auto& one : order.signatures) {
        signatures.push_back(
            json::object{{"key", base::to_hex(one.key)}, {"holds", signature_holds(order, one)}});
    }
    return {{"id", base::to_hex(order.order.id)},
            {"host", order.order.host},
            {"response", std::string(response::name_of(request.action.kind))},
            {"target", target_of(request.action)},
            {"dryRun", request.dry_run},
            {"reason", request.reason},
            {"by", request.by},
            {"issued", order.order.issued},
            {"expires", order.order.expires},
            {"signatures", std::move(signatures)}};
}

void show_order(TerminalOutput& output, const SignedOrder& order) {
    const auto& request = order.order.request;
    const auto word = [&](std::string_view key) { return text::say(output.language(), key); };
    std::string response(response::name_of(request.action.kind));
    if (request.action.kind == response::ActionKind::kill && !request.action.tree)
        response += " --alone";
    if (request.action.memory) response += " --memory";
    if (request.dry_run) response += " --dry-run";
    std::vector<std::vector<std::string>> rows{
        {word("cli.column.host"), order.order.host},
        {word("response.column.response"), response},
        {word("order.column.target"), target_of(request.action)},
        {word("response.column.reason"), request.reason},
        {word("order.column.by"), request.by},
        {word("order.column.issued"), moment_of(order.order.issued)},
        {word("cli.column.expires"), moment_of(order.order.expires)}};
    for (const auto& one : order.signatures) {
        rows.push_back(
            {word(signature_holds(order, one) ? "order.signature.holds" : "order.signature.bad"),
             base::to_hex(one.key)});
    }
    output.table({"order.column.part", "order.column.value"}, rows);
}

}  // namespace shoji::cli
