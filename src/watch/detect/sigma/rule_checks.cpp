#include "watch/detect/sigma/rule_checks.h"

#include "watch/detect/sigma/fold.h"
#include "watch/detect/sigma/item_values.h"
#include "watch/detect/sigma/number.h"

#include <algorithm>
#include <array>

namespace shoji::sigma {
namespace {

using base::Result;
using Check = RuleChecks::Check;

constexpr std::array<std::string_view, 8> relations{"eq",  "ne", "gte", "gt",
                                                    "lte", "lt", "in",  "not_in"};

bool compares(std::string_view relation, int order) {
    if (relation == "eq") return order == 0;
    if (relation == "ne") return order != 0;
    if (relation == "gte") return order >= 0;
    if (relation == "gt") return order > 0;
    if (relation == "lte") return order <= 0;
    return order < 0;
}

template <class T>
int order_of(const T& left, const T& right) {
    return left < right ? -1 : right < left ? 1 : 0;
}

const Heading& heading_of(const Application& application) {
    if (application.rule != nullptr) return application.rule->heading;
    return *application.correlation;
}

Result<Check> read_logsource(Parameters& parameters) {
    RuleSource source;
    for (const auto& [name, member] :
         {std::pair("category", &RuleSource::category), std::pair("product", &RuleSource::product),
          std::pair("service", &RuleSource::service)}) {
        auto text = parameters.text(name, "");
        if (!text) return base::Failure(text.error());
        source.*member = std::move(*text);
    }
    if (source == RuleSource{}) {
        return parameters.wrong("it asks for nothing");
    }
    return [source](const RuleSubject&, Application& application) {
        if (application.rule != nullptr) return source.contains(application.rule->source);
        return std::ranges::any_of(application.referenced,
                                   [&](const RuleSource& one) { return source.contains(one); });
    };
}

bool any_item(const RuleDraft& rule, const std::function<bool(const DetectionItem&)>& is_it) {
    bool found = false;
    each_search(rule, [&](const Detection& detection) {
        each_item(detection, [&](const DetectionItem& item) { found = found || is_it(item); });
    });
    return found;
}

Result<Check> read_contains(Parameters& parameters, bool with_value) {
    auto field = parameters.text("field");
    if (!field) return base::Failure(field.error());
    ItemValue wanted;
    if (with_value) {
        const auto value = parameters.need("value");
        if (!value) return base::Failure(value.error());
        wanted = ItemValue::of(**value);
    }
    return [field = *field, wanted, with_value](const RuleSubject&, Application& application) {
        if (application.rule == nullptr) return false;
        return any_item(*application.rule, [&](const DetectionItem& item) {
            if (item.field != field) return false;
            return !with_value || std::ranges::any_of(values_of(item), [&](const ItemValue& value) {
                return value.kind == wanted.kind && value.plain() == wanted.plain();
            });
        });
    };
}

// Members of the document, as rule_attribute sees them; what a pipeline has set stands behind them.
struct Attribute {
    std::string name;
    std::string relation;
    yaml::Node value;

    [[nodiscard]] bool holds(Application& application) const;

  private:
    [[nodiscard]] bool compare(const std::string& has, Application& application) const;
};

bool Attribute::compare(const std::string& has, Application& application) const {
    constexpr std::array<std::string_view, 5> statuses{"unsupported", "deprecated", "experimental",
                                                       "test", "stable"};
    if (name == "level") {
        const auto wanted = level_of(fold(value.text));
        if (!wanted) application.failure = base::Words::of("'{}' is no level", value.text);
        return wanted && compares(relation, order_of(heading_of(application).level, *wanted));
    }
    if (name == "status") {
        const auto* wanted = std::ranges::find(statuses, fold(value.text));
        if (wanted == statuses.end()) {
            application.failure = base::Words::of("'{}' is no status", value.text);
        }
        const auto* is = std::ranges::find(statuses, fold(has));
        return wanted != statuses.end() && is != statuses.end() &&
               compares(relation, order_of(is - wanted, std::ptrdiff_t{0}));
    }
    // Dates as ISO 8601 writes them are in the order of their texts.
    if (name == "date" || name == "modified") return compares(relation, order_of(has, value.text));
    const auto number = number_of(has);
    const auto wanted = number_of(value.text);
    if (number && wanted) return compares(relation, order_of(*number, *wanted));
    if (relation != "eq" && relation != "ne") {
        application.failure =
            base::Words::of("'{}' does not go with the text '{}'", relation, name);
        return false;
    }
    return (has == value.text) == (relation == "eq");
}

bool Attribute::holds(Application& application) const {
    std::optional<yaml::Node> has;
    if (application.rule != nullptr) {
        const auto& rule = *application.rule;
        if (const auto* member = rule.document->find(name)) has = *member;
        const auto custom = rule.custom.find(name);
        if (!has && custom != rule.custom.end())
            has = {yaml::Kind::text, 0, custom->second, {}, {}};
    } else {
        const auto& rule = *application.correlation;
        const std::array<std::pair<std::string_view, std::string>, 7> known{
            {{"id", rule.id},
             {"title", rule.title},
             {"name", rule.name},
             {"status", rule.status},
             {"description", rule.description},
             {"author", rule.author},
             {"level", std::string(name_of(rule.level))}}};
        for (const auto& [member, text] : known) {
            if (member == name && !text.empty()) has = {yaml::Kind::text, 0, text, {}, {}};
        }
    }
    if (!has) return false;
    if (has->kind == yaml::Kind::sequence) {
        const bool inside = std::ranges::any_of(
            has->items, [&](const yaml::Node& one) { return one.text == value.text; });
        return relation == "in" ? inside : relation == "not_in" ? !inside : relation == "ne";
    }
    if (has->kind == yaml::Kind::mapping || relation == "in" || relation == "not_in") {
        application.failure =
            base::Words::of("'{}' does not go with the attribute '{}'", relation, name);
        return false;
    }
    return compare(has->text, application);
}

Result<Check> read_attribute(Parameters& parameters) {
    auto name = parameters.text("attribute");
    if (!name) return base::Failure(name.error());
    const auto value = parameters.text("value");
    if (!value) return base::Failure(value.error());
    auto relation = parameters.text("op", "eq");
    if (!relation) return base::Failure(relation.error());
    if (std::ranges::find(relations, *relation) == relations.end()) {
        return parameters.wrong("the 'op' '{}' is not known", *relation);
    }
    const Attribute attribute{*name, *relation, *parameters.find("value")};
    return [attribute](const RuleSubject&, Application& application) {
        return attribute.holds(application);
    };
}

}  // namespace

Result<StateCheck> read_state_check(Parameters& parameters) {
    auto key = parameters.text("key");
    if (!key) return base::Failure(key.error());
    auto value = parameters.text("val");
    if (!value) return base::Failure(value.error());
    auto relation = parameters.text("op", "eq");
    if (!relation) return base::Failure(relation.error());
    const auto* known = std::ranges::find(relations, *relation);
    constexpr std::ptrdiff_t of_lists = 6;  // in and not_in are not for states
    if (known - relations.begin() >= of_lists) {
        return parameters.wrong("the 'op' '{}' is not known", *relation);
    }
    return [key = *key, value = *value, relation = *relation](Application& application) {
        const auto state = application.state.find(key);
        if (state == application.state.end()) return false;
        const auto number = number_of(state->second.text);
        const auto wanted = number_of(value);
        if (number && wanted) return compares(relation, order_of(*number, *wanted));
        return compares(relation, order_of(state->second.text, value));
    };
}

Result<Check> read_rule_check(const std::string& type, Parameters& parameters) {
    if (type == "logsource") return read_logsource(parameters);
    if (type == "contains_detection_item") return read_contains(parameters, true);
    if (type == "contains_field") return read_contains(parameters, false);
    if (type == "rule_attribute") return read_attribute(parameters);
    if (type == "is_sigma_rule" || type == "is_sigma_correlation_rule") {
        return [rule = type == "is_sigma_rule"](const RuleSubject&, Application& application) {
            return (application.rule != nullptr) == rule;
        };
    }
    if (type == "processing_item_applied") {
        auto id = parameters.text("processing_item_id");
        if (!id) return base::Failure(id.error());
        return [id = *id](const RuleSubject&, Application& application) {
            return application.applied.contains(id);
        };
    }
    if (type == "processing_state") {
        auto check = read_state_check(parameters);
        if (!check) return base::Failure(check.error());
        return [check = *check](const RuleSubject&, Application& application) {
            return check(application);
        };
    }
    if (type == "tag") {
        auto tag = parameters.text("tag");
        if (!tag) return base::Failure(tag.error());
        return [tag = *tag](const RuleSubject&, Application& application) {
            const auto& tags = heading_of(application).tags;
            return std::ranges::find(tags, tag) != tags.end();
        };
    }
    return parameters.wrong("not known for rules");
}

}  // namespace shoji::sigma
