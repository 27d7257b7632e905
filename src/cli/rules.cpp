#include "cli/rules.h"

#include "cli/commands.h"
#include "cli/told.h"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace shoji::cli {
namespace {

namespace json = boost::json;

// Placeholders that have no list: their rules never hold.
std::vector<std::string> unfilled(const hunt::RuleSet& rules) {
    std::vector<std::string> names;
    for (std::uint32_t number = 0; number < rules.plan->statistics().rules; ++number) {
        const auto& rule = rules.plan->rule(number);
        names.insert(names.end(), rule.unfilled.begin(), rule.unfilled.end());
    }
    std::ranges::sort(names);
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

// Its reason is in English whatever the language, for programs; the line is missing where the file
// could not be read.
json::object as_json(const hunt::RuleProblem& problem) {
    json::object object{{"file", problem.file},
                        {"rule", problem.rule},
                        {"reason", reason_of(problem.error)},
                        {"message", problem.error.message}};
    if (const auto line = line_of(problem.error)) object["line"] = std::stoull(*line);
    return object;
}

}  // namespace

void warn_of_rules(const hunt::RuleSet& rules, TerminalOutput& output) {
    for (const auto& [file, name] : rules.notices) {
        output.warn("rules.no_effect", {{"file", file}, {"name", name}});
    }
    for (const auto& problem : rules.folder.problems) {
        const auto title = problem.rule.empty() ? "" : problem.rule + ": ";
        output.warn("rules.problem", {{"file", problem.file},
                                      {"message", title + told(problem.error, output.language())}});
    }
}

Exit run_rules_check(const Context& context, const hunt::RuleRequest& request) {
    const auto rules = hunt::read_rule_set(request);
    if (!rules) return context.output.fail(rules.error());
    const auto& folder = (*rules)->folder;
    const auto compiled = folder.documents;
    const auto correlations = (*rules)->correlations.steps().size();
    json::array errors;
    std::size_t all = compiled;
    for (const auto& problem : folder.problems) {
        if (problem.about == hunt::RuleProblem::About::rule) ++all;
        errors.push_back(as_json(problem));
    }
    if (!context.output.json()) warn_of_rules(**rules, context.output);
    const auto missing = unfilled(**rules);
    json::array placeholders;
    for (const auto& name : missing) placeholders.emplace_back(name);
    context.output.result(json::object{{"files", folder.files},
                                       {"rules", all},
                                       {"compiled", compiled},
                                       {"correlations", correlations},
                                       {"filters", folder.filters},
                                       {"errors", std::move(errors)},
                                       {"unfilled", std::move(placeholders)}});
    if (!missing.empty()) {
        std::string names;
        for (const auto& name : missing) names += (names.empty() ? "" : ", ") + name;
        context.output.say("rules.unfilled", {{"names", names}});
    }
    context.output.say("rules.checked",
                       {{"compiled", std::to_string(compiled)}, {"rules", std::to_string(all)}});
    if (correlations + folder.filters > 0) {
        context.output.say("rules.also", {{"correlations", std::to_string(correlations)},
                                          {"filters", std::to_string(folder.filters)}});
    }
    return folder.problems.empty() ? Exit::done : Exit::negative;
}

}  // namespace shoji::cli
