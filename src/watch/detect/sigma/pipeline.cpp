#include "watch/detect/sigma/pipeline.h"

#include "watch/detect/sigma/item_values.h"
#include "watch/detect/sigma/number.h"
#include "watch/detect/sigma/transformations.h"

#include <algorithm>
#include <array>

namespace shoji::sigma {
namespace {

using base::ErrorKind;
using base::Result;

// Why a transformation that pySigma has is none here; nothing where it has none of that type.
std::optional<base::Words> reason_against(std::string_view type) {
    using base::Words;
    if (type == "query_expression_placeholders") {
        return Words::of("there is no query that it could write into");
    }
    if (type == "add_field" || type == "remove_field" || type == "set_field") {
        return Words::of("there is no output of fields");
    }
    if (type == "field_name_transform") return Words::of("it needs a function of Python");
    if (type == "file_placeholders" || type == "http_placeholders" ||
        type == "command_placeholders") {
        return Words::of("lists are given with --placeholders");
    }
    return std::nullopt;
}

Result<std::shared_ptr<const Transformation>> read_transformation(
    const std::string& type, Parameters& parameters, std::vector<std::string>& notices) {
    if (const auto reason = reason_against(type)) {
        auto failure = base::because(ErrorKind::invalid, *reason);
        return parameters.wrong_at(
            parameters.node(),
            std::move(failure.value()).inside(base::Words::of("it means nothing here")));
    }
    auto made = field_transformation(type, parameters);
    if (made && *made == nullptr) made = value_transformation(type, parameters);
    if (made && *made == nullptr) made = item_transformation(type, parameters, notices);
    if (made && *made == nullptr) made = rule_transformation(type, parameters, notices);
    if (made && *made == nullptr) {
        return parameters.wrong("not known");
    }
    return made;
}

Result<PipelineItem> read_item_of_pipeline(const yaml::Node& node, std::size_t number,
                                           std::vector<std::string>& notices) {
    const std::string type(node.text_of("type"));
    if (type.empty()) return wrong(node, "a transformation has no type");
    Parameters parameters(node, base::Words::of("the transformation '{}'", type));
    parameters.find("type");
    for (const auto& [key, value] : node.members) {
        if (is_of_checks(key)) parameters.find(key);
    }
    PipelineItem item;
    auto id = parameters.text("id", "");
    if (!id) return base::Failure(id.error());
    // Not a name that a document could give by chance.
    item.id = id->empty() ? fmt::format("\n{}:{}", node.line, number) : *id;
    auto checks = read_checks(node);
    if (!checks) return base::Failure(checks.error());
    item.rule_checks = std::move(checks->rule);
    item.item_checks = std::move(checks->item);
    item.field_checks = std::move(checks->field);
    auto transformation = read_transformation(type, parameters, notices);
    if (!transformation) return base::Failure(transformation.error());
    item.transformation = std::move(*transformation);
    if (auto finished = parameters.finish(); !finished) return base::Failure(finished.error());
    const bool of_items = !item.item_checks.checks.empty() || !item.field_checks.checks.empty();
    if (of_items && !item.transformation->is_of_items()) {
        return parameters.wrong_at(node, "it asks for no conditions of items or fields");
    }
    return item;
}

Result<void> refuse_output(const yaml::Node& document) {
    for (const auto* key : {"postprocessing", "finalizers"}) {
        const auto* list = document.find(key);
        if (list == nullptr || (list->items.empty() && list->members.empty())) continue;
        const auto& first = list->items.empty() ? *list : list->items.front();
        return wrong(first, "'{}' ('{}') means nothing here: there are no queries", key,
                     first.text_of("type"));
    }
    return {};
}

Result<void> read_vars(const yaml::Node& document, Vars& vars) {
    const auto* section = document.find("vars");
    if (section == nullptr) return {};
    if (section->kind != yaml::Kind::mapping) return wrong(*section, "'vars' needs names");
    for (const auto& [name, value] : section->members) {
        auto& list = vars[name];
        if (value.kind == yaml::Kind::mapping) return wrong(value, "'{}' needs values", name);
        if (value.is_scalar()) list.push_back(value.text);
        for (const auto& one : value.items) {
            if (!one.is_scalar()) return wrong(one, "'{}' needs values", name);
            list.push_back(one.text);
        }
    }
    return {};
}

// A name that becomes several, again and again, is not let grow without end.
Result<void> check_size(const RuleDraft& rule) {
    std::size_t items = 0;
    each_search(rule, [&](const Detection& search) {
        each_item(search, [&](const DetectionItem&) { ++items; });
    });
    if (items <= most_tests) return {};
    return base::because(ErrorKind::full, "the pipeline makes more than {} items of it",
                         most_tests);
}
Result<void> check_size(const CorrelationRule& /*rule*/) {
    return {};
}

template <class Target>
Result<void> apply_all(std::span<const PipelineItem> items, Target& rule,
                       Application& application) {
    for (const auto& item : items) {
        const bool holds = item.rule_checks.hold(RuleSubject{}, application);
        if (application.failure) return base::because(ErrorKind::invalid, *application.failure);
        if (!holds) continue;
        if (auto applied = item.transformation->apply(rule, item, application); !applied) {
            return applied;
        }
        if (application.failure) return base::because(ErrorKind::invalid, *application.failure);
        if (auto bounded = check_size(rule); !bounded) return bounded;
        application.applied.insert(item.id);
    }
    return {};
}

}  // namespace

bool PipelineItem::is_about(const DetectionItem& item, Application& application) const {
    if (!item_checks.hold(item, application)) return false;
    const bool refers = has_modifier(item, "fieldref");
    const auto values = refers ? values_of(item) : std::vector<ItemValue>();
    return field_checks.hold([&](const FieldChecks::Check& check) {
        return check({item.field, &item}, application) ||
               std::ranges::any_of(values, [&](const ItemValue& value) {
                   return check({value.node.text, nullptr}, application);
               });
    });
}

bool PipelineItem::is_about_field(std::string_view field, const DetectionItem* item,
                                  Application& application) const {
    return field_checks.hold(FieldSubject{field, item}, application);
}

Result<std::vector<PipelineItem>> read_items(const yaml::Node& list,
                                             std::vector<std::string>& notices) {
    if (list.kind != yaml::Kind::sequence)
        return wrong(list, "a list of transformations is needed");
    if (list.items.size() > Pipeline::most_items) {
        return wrong(list, "more than {} transformations", Pipeline::most_items);
    }
    std::vector<PipelineItem> items;
    for (const auto& node : list.items) {
        auto item = read_item_of_pipeline(node, items.size(), notices);
        if (!item) return base::Failure(item.error());
        items.push_back(std::move(*item));
    }
    return items;
}

Result<Pipeline> read_pipeline(std::string_view text) {
    const auto documents = yaml::read(text);
    if (!documents) return base::Failure(documents.error());
    if (documents->size() != 1 || documents->front().kind != yaml::Kind::mapping) {
        auto failure = base::because(ErrorKind::invalid, "a pipeline is one document with members");
        return base::inside(base::at_line(1), std::move(failure.value()));
    }
    Pipeline pipeline;
    const auto& document = documents->front();
    Parameters parameters(document, base::Words::of("the pipeline"));
    auto name = parameters.text("name", "");
    if (!name) return base::Failure(name.error());
    pipeline.name = std::move(*name);
    const auto priority = parameters.text("priority", "0");
    const auto number = priority ? number_of(*priority) : std::nullopt;
    if (!number) return wrong(*parameters.find("priority"), "'priority' needs a number");
    pipeline.priority = *number;
    if (parameters.find("allowed_backends") != nullptr) {
        pipeline.notices.emplace_back("allowed_backends");
    }
    for (const auto* member : {"vars", "transformations", "postprocessing", "finalizers"}) {
        parameters.find(member);
    }
    if (auto finished = parameters.finish(); !finished) return base::Failure(finished.error());
    if (auto none = refuse_output(document); !none) return base::Failure(none.error());
    if (auto read = read_vars(document, pipeline.vars); !read) {
        return base::Failure(read.error());
    }
    if (const auto* list = document.find("transformations")) {
        auto items = read_items(*list, pipeline.notices);
        if (!items) return base::Failure(items.error());
        pipeline.items = std::move(*items);
    }
    return pipeline;
}

Pipeline joined(std::vector<Pipeline> pipelines) {
    std::ranges::stable_sort(pipelines, {}, &Pipeline::priority);
    Pipeline all;
    for (auto& pipeline : pipelines) {
        for (auto& [name, values] : pipeline.vars) all.vars[name] = std::move(values);
        std::ranges::move(pipeline.items, std::back_inserter(all.items));
        std::ranges::move(pipeline.notices, std::back_inserter(all.notices));
    }
    return all;
}

Result<void> apply(const Pipeline& pipeline, RuleDraft& rule) {
    Application application;
    application.rule = &rule;
    application.vars = &pipeline.vars;
    return apply_items(pipeline.items, rule, application);
}

Result<void> apply(const Pipeline& pipeline, CorrelationRule& rule,
                   std::span<const RuleSource> referenced) {
    Application application;
    application.correlation = &rule;
    application.referenced = referenced;
    application.vars = &pipeline.vars;
    return apply_items(pipeline.items, rule, application);
}

Result<void> apply_items(std::span<const PipelineItem> items, RuleDraft& rule,
                         Application& application) {
    return apply_all(items, rule, application);
}

Result<void> apply_items(std::span<const PipelineItem> items, CorrelationRule& rule,
                         Application& application) {
    return apply_all(items, rule, application);
}

}  // namespace shoji::sigma
