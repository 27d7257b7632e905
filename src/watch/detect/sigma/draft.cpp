#include "watch/detect/sigma/draft.h"

#include "watch/detect/sigma/condition.h"
#include "watch/detect/sigma/expression.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace shoji::sigma {
namespace {

using base::ErrorKind;
using base::Result;

// Stands for a search that a pipeline has emptied; conditions go on without it.
constexpr std::uint32_t gone = std::numeric_limits<std::uint32_t>::max();

Detection item_of(std::string_view key, const yaml::Node& value) {
    Detection detection;
    detection.kind = Detection::Kind::item;
    const auto bar = key.find('|');
    detection.item.field = key.substr(0, bar);
    if (bar != std::string_view::npos) detection.item.modifiers = key.substr(bar + 1);
    detection.item.written = &value;
    return detection;
}

Detection map_of(const yaml::Node& node) {
    Detection detection;
    for (const auto& [key, value] : node.members) detection.parts.push_back(item_of(key, value));
    return detection;
}

Result<Expression> compile(const Detection& detection, Rule& rule, const Reading& reading) {
    if (detection.kind == Detection::Kind::item) {
        const auto& item = detection.item;
        if (item.field.empty() && item.modifiers.empty()) {
            return read_keyword(item.value(), rule, reading);
        }
        const auto key = item.modifiers.empty() ? item.field : item.field + "|" + item.modifiers;
        return read_item(key, item.value(), rule, reading);
    }
    std::vector<Expression> parts;
    for (const auto& part : detection.parts) {
        auto expression = compile(part, rule, reading);
        if (!expression) return expression;
        parts.push_back(std::move(*expression));
    }
    return combined(
        detection.kind == Detection::Kind::all ? Expression::Kind::all : Expression::Kind::any,
        std::move(parts));
}

// The expression without what is gone; nothing when nothing is left.
std::optional<Expression> left_of(Expression expression) {
    if (expression.kind == Expression::Kind::test) {
        if (expression.test == gone) return std::nullopt;
        return expression;
    }
    const bool had = !expression.children.empty();
    std::vector<Expression> left;
    for (auto& child : expression.children) {
        if (auto rest = left_of(std::move(child))) left.push_back(std::move(*rest));
    }
    if (had && left.empty()) return std::nullopt;
    expression.children = std::move(left);
    if (had && expression.children.size() == 1 && expression.kind != Expression::Kind::negation) {
        return std::move(expression.children.front());
    }
    return expression;
}

// An expression for each of the part's conditions.
Result<std::vector<Expression>> compile(const DetectionPart& part, Rule& rule,
                                        const Reading& reading) {
    Searches searches;
    bool something_gone = false;
    for (const auto& [name, detection] : part.searches) {
        something_gone = something_gone || detection.emptied;
        auto expression = detection.emptied ? Expression{Expression::Kind::test, gone, {}}
                                            : compile(detection, rule, reading);
        if (!expression) return base::inside(base::Words::quoted(name), expression.error());
        searches.emplace(name, std::move(*expression));
    }
    std::vector<Expression> all;
    for (const auto& condition : part.conditions) {
        auto expression = read_condition(condition, searches);
        if (!expression) {
            return base::inside(base::at_line(part.line), expression.error());
        }
        if (something_gone) {
            auto left = left_of(std::move(*expression));
            if (!left)
                return base::because(ErrorKind::invalid, "the pipeline leaves nothing of it");
            expression = std::move(*left);
        }
        all.push_back(std::move(*expression));
    }
    return all;
}

}  // namespace

// A search: a map is true when each of its items is, a list when one of its entries is.
Result<Detection> read_detection(const yaml::Node& node) {
    // It would hold for every event, or for none: nobody means that.
    if (!node.is_scalar() && node.items.empty() && node.members.empty()) {
        return wrong(node, "a search without anything in it");
    }
    if (node.kind == yaml::Kind::mapping) return map_of(node);
    const bool keywords =
        node.is_scalar() ||
        (!node.items.empty() && std::ranges::all_of(node.items, [](const yaml::Node& entry) {
            return entry.is_scalar();
        }));
    if (keywords) return item_of("", node);
    Detection detection;
    detection.kind = Detection::Kind::any;
    for (const auto& entry : node.items) {
        if (entry.kind == yaml::Kind::sequence) return wrong(entry, "a list in a list");
        detection.parts.push_back(entry.kind == yaml::Kind::mapping ? map_of(entry)
                                                                    : item_of("", entry));
    }
    return detection;
}

Result<DetectionPart> read_part(const yaml::Node& section,
                                const std::set<std::string_view>& leave_out) {
    DetectionPart part;
    for (const auto& [name, node] : section.members) {
        if (name == "condition" || leave_out.contains(name)) continue;
        auto detection = read_detection(node);
        if (!detection) return base::inside(base::Words::quoted(name), detection.error());
        part.searches.emplace(name, std::move(*detection));
    }
    const auto* condition = section.find("condition");
    if (condition == nullptr) return wrong(section, "the detection has no condition");
    part.conditions = texts_of(section, "condition");
    part.line = condition->line;
    return part;
}

Result<RuleDraft> read_draft(const yaml::Node& document) {
    if (document.kind != yaml::Kind::mapping) return wrong(document, "not a rule");
    auto heading = read_heading(document);
    if (!heading) return base::Failure(heading.error());
    auto source = read_source(document);
    if (!source) return base::Failure(source.error());
    const auto* detection = document.find("detection");
    if (detection == nullptr || detection->kind != yaml::Kind::mapping) {
        return wrong(document, "the rule has no detection");
    }
    auto part = read_part(*detection, {"timeframe"});
    if (!part) return base::Failure(part.error());
    RuleDraft draft;
    draft.heading = std::move(*heading);
    draft.source = std::move(*source);
    draft.own = std::move(*part);
    draft.document = &document;
    return draft;
}

Result<std::vector<Rule>> compile(const RuleDraft& draft, const Reading& reading) {
    Rule rule{draft.heading, draft.source, {}, {}, {}};
    auto own = compile(draft.own, rule, reading);
    if (!own) return base::Failure(own.error());
    std::vector<Expression> more;
    for (const auto& part : draft.more) {
        auto expressions = compile(part, rule, reading);
        if (!expressions) return base::Failure(expressions.error());
        more.push_back(std::move(expressions->front()));
    }
    std::vector<Rule> rules;
    for (auto& expression : *own) {
        auto all = more;
        all.insert(all.begin(), std::move(expression));
        rules.push_back(rule);
        rules.back().expression = combined(Expression::Kind::all, std::move(all));
    }
    return rules;
}

}  // namespace shoji::sigma
