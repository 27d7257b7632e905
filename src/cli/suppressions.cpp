// What the hub is told not to tell (docs/detection/incidents.md): the list, and setting it.
#include "cli/admin_client.h"
#include "cli/answer_cells.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/incident_page.h"
#include "cli/timeline.h"
#include "cli/told.h"
#include "core/base/printable.h"
#include "core/base/random.h"
#include "core/journal/hex.h"
#include "watch/detect/incident/suppression.h"

#include <boost/json/array.hpp>

namespace shoji::cli {
namespace {

namespace json = boost::json;
using base::Result;

constexpr std::size_t most_bytes = std::size_t{128} << 10U;  // what the hub takes

Result<incident::Suppressions> parse(const std::string& text, text::Language language) {
    auto suppressions = incident::Suppressions::parse(text);
    if (!suppressions) return suppressions;
    for (const auto& problem : suppressions->problems()) {
        auto failure = base::fail(base::ErrorKind::invalid, "line {}: {}", problem.line,
                                  problem.what.english());
        return base::worded(
            std::move(failure), "incident.suppression.problem",
            {{"line", std::to_string(problem.line)}, {"message", told(problem.what, language)}});
    }
    return suppressions;
}

std::string text_in(const json::value& row, std::string_view key) {
    const auto bytes = journal::bytes_from_hex(cell(row, key));
    return bytes ? std::string(bytes->begin(), bytes->end()) : std::string();
}

// How many alerts it has held back, of all rules.
std::int64_t held_by(const incident::Suppression& suppression, const json::value& answer) {
    std::int64_t held = 0;
    const auto* counts = member(answer, "counts");
    if (counts == nullptr || !counts->is_array()) return held;
    for (const auto& one : counts->get_array()) {
        const auto* number = member(one, "held");
        if (text_in(one, "suppression") != suppression.identity()) continue;
        if (number != nullptr && number->is_int64()) held += number->get_int64();
    }
    return held;
}

json::object json_of(const incident::Suppression& one, std::int64_t held) {
    return {{"conditions", suppression_conditions(one)},
            {"owner", one.owner},
            {"reason", one.reason},
            {"expires", one.expires},
            {"held", held}};
}

}  // namespace

Exit run_suppressions_list(const Context& context) {
    auto& output = context.output;
    const auto settings = base::load_settings(context.state);
    if (!settings) return output.fail(settings.error());
    const auto answer = ask_hub(*settings, "suppressions");
    if (!answer) return output.fail(answer.error());
    const auto suppressions = incident::Suppressions::parse(text_in(*answer, "text"));
    if (!suppressions) return output.fail(suppressions.error());
    json::array list;
    std::vector<std::vector<std::string>> rows;
    for (const auto& one : suppressions->all()) {
        const auto held = held_by(one, *answer);
        list.push_back(json_of(one, held));
        rows.push_back({suppression_conditions(one), base::printable(one.owner, 300),
                        base::printable(one.reason, 300), shown_time(one.expires),
                        std::to_string(held)});
    }
    output.result(list);
    output.table({"cli.column.conditions", "cli.column.owner", "cli.column.reason",
                  "cli.column.expires", "cli.column.held"},
                 rows);
    return Exit::done;
}

Exit run_suppressions_set(const Context& context, const std::filesystem::path& file,
                          const Answerable& answerable) {
    auto& output = context.output;
    const auto settings = base::load_settings(context.state);
    if (!settings) return output.fail(settings.error());
    const auto text = read_file(file, most_bytes);
    if (!text) return output.fail(text.error());
    const auto suppressions = parse(*text, output.language());
    if (!suppressions) return output.fail(suppressions.error());
    const auto digits =
        base::to_hex({reinterpret_cast<const std::uint8_t*>(text->data()), text->size()});
    const auto answer =
        ask_hub(*settings, "suppressions.set",
                {{"text", digits}, {"by", answerable.by}, {"reason", answerable.reason}});
    if (!answer) return output.fail(answer.error());
    output.result(json::object{{"suppressions", suppressions->all().size()}});
    output.say("cli.suppressions.set", {{"count", std::to_string(suppressions->all().size())}});
    return Exit::done;
}

}  // namespace shoji::cli
