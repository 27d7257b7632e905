#include "watch/detect/sigma/item_checks.h"

#include "watch/detect/sigma/item_values.h"
#include "watch/detect/sigma/rule_checks.h"
#include "watch/detect/sigma/test_match.h"

#include <algorithm>
#include <memory>

namespace shoji::sigma {
namespace {

using base::Result;

using ValueCheck = std::function<bool(const ItemValue&)>;

// An expression that must match at the beginning, as Python's re.match.
Result<std::shared_ptr<const Regex>> compiled(const std::string& pattern,
                                              const Parameters& parameters) {
    auto regex = Regex::compile("^(?:" + pattern + ")");
    if (!regex) {
        return parameters.wrong_at(parameters.node(), regex.error());
    }
    return std::make_shared<const Regex>(std::move(*regex));
}

Result<ValueCheck> read_match_string(Parameters& parameters) {
    const auto pattern = parameters.text("pattern");
    if (!pattern) return base::Failure(pattern.error());
    const auto negate = parameters.flag("negate", false);
    if (!negate) return base::Failure(negate.error());
    auto regex = compiled(*pattern, parameters);
    if (!regex) return base::Failure(regex.error());
    return [regex = *regex, negate = *negate](const ItemValue& value) {
        const bool matches = value.kind == ItemValue::Kind::text && regex->matches(value.plain());
        return matches != negate;
    };
}

Result<ValueCheck> read_value_check(const std::string& type, Parameters& parameters) {
    if (type == "match_string") return read_match_string(parameters);
    if (type == "is_null") {
        return [](const ItemValue& value) { return value.kind == ItemValue::Kind::null; };
    }
    if (type == "contains_wildcard") {
        return [](const ItemValue& value) {
            return value.kind == ItemValue::Kind::text && !value.glob.as_plain();
        };
    }
    if (type == "match_value") {
        const auto wanted = parameters.need("value");
        if (!wanted) return base::Failure(wanted.error());
        return [wanted = ItemValue::of(**wanted)](const ItemValue& value) {
            return value.kind == wanted.kind && value.plain() == wanted.plain();
        };
    }
    return parameters.wrong("not known for items of a detection");
}

Result<FieldChecks::Check> read_fields(Parameters& parameters, bool include) {
    const auto fields = parameters.list("fields");
    if (!fields) return base::Failure(fields.error());
    const auto mode = parameters.text("mode", "plain");
    if (!mode) return base::Failure(mode.error());
    if (*mode == "plain") {
        return [fields = *fields, include](const FieldSubject& field, Application&) {
            const bool named =
                !field.name.empty() && std::ranges::find(fields, field.name) != fields.end();
            return named == include;
        };
    }
    if (*mode != "re") {
        return parameters.wrong("'mode' is 'plain' or 're'");
    }
    std::vector<std::shared_ptr<const Regex>> all;
    for (const auto& pattern : *fields) {
        auto regex = compiled(pattern, parameters);
        if (!regex) return base::Failure(regex.error());
        all.push_back(std::move(*regex));
    }
    return [all, include](const FieldSubject& field, Application&) {
        const bool named = !field.name.empty() && std::ranges::any_of(all, [&](const auto& regex) {
            return regex->matches(field.name);
        });
        return named == include;
    };
}

}  // namespace

Result<ItemChecks::Check> read_item_check(const std::string& type, Parameters& parameters) {
    if (type == "processing_item_applied") {
        const auto id = parameters.text("processing_item_id");
        if (!id) return base::Failure(id.error());
        return [id = *id](const DetectionItem& item, Application&) {
            return item.processed.contains(id);
        };
    }
    if (type == "processing_state") {
        auto check = read_state_check(parameters);
        if (!check) return base::Failure(check.error());
        return [check = *check](const DetectionItem&, Application& application) {
            return check(application);
        };
    }
    auto check = read_value_check(type, parameters);
    if (!check) return base::Failure(check.error());
    const auto cond = parameters.text("cond");
    if (!cond) return base::Failure(cond.error());
    if (*cond != "any" && *cond != "all") {
        return parameters.wrong("'cond' is 'any' or 'all'");
    }
    return [check = *check, any = *cond == "any"](const DetectionItem& item, Application&) {
        const auto values = values_of(item);
        return any ? std::ranges::any_of(values, check) : std::ranges::all_of(values, check);
    };
}

Result<FieldChecks::Check> read_field_check(const std::string& type, Parameters& parameters) {
    if (type == "include_fields") return read_fields(parameters, true);
    if (type == "exclude_fields") return read_fields(parameters, false);
    if (type == "processing_item_applied") {
        const auto id = parameters.text("processing_item_id");
        if (!id) return base::Failure(id.error());
        return [id = *id](const FieldSubject& field, Application& application) {
            if (field.item != nullptr) return field.item->processed.contains(id);
            const auto known = application.field_processed.find(field.name);
            return known != application.field_processed.end() && known->second.contains(id);
        };
    }
    if (type == "processing_state") {
        auto check = read_state_check(parameters);
        if (!check) return base::Failure(check.error());
        return [check = *check](const FieldSubject&, Application& application) {
            return check(application);
        };
    }
    return parameters.wrong("not known for names of fields");
}

}  // namespace shoji::sigma
