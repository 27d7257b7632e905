// Transformations of whole rules.
#include "watch/detect/sigma/transformations.h"

#include <algorithm>
#include <array>

namespace shoji::sigma {
namespace {

using base::ErrorKind;
using base::Result;

class AddCondition : public Transformation {
  public:
    AddCondition(yaml::Node conditions, bool is_template, bool negated)
        : conditions_(std::move(conditions)), template_(is_template), negated_(negated) {}

    Result<void> apply(RuleDraft& rule, const PipelineItem& item,
                       Application& /*application*/) const override {
        DetectionPart part;
        auto& search = part.searches["added"];
        for (const auto& [key, value] : conditions_.members) {
            auto given = std::make_shared<yaml::Node>(value);
            if (template_) fill(*given, rule.source);
            auto& added = search.parts.emplace_back();
            added.kind = Detection::Kind::item;
            const auto bar = std::min(key.find('|'), key.size());
            added.item.field = key.substr(0, bar);
            added.item.modifiers = key.substr(std::min(bar + 1, key.size()));
            added.item.given = std::move(given);
            added.item.processed.insert(item.id);
        }
        part.conditions.emplace_back(negated_ ? "not added" : "added");
        part.line = conditions_.line;
        rule.more.push_back(std::move(part));
        return {};
    }

  private:
    static void fill(yaml::Node& node, const RuleSource& source) {
        for (auto& item : node.items) fill(item, source);
        if (node.kind != yaml::Kind::text) return;
        for (const auto& [name, value] :
             {std::pair("category", &source.category), std::pair("product", &source.product),
              std::pair("service", &source.service)}) {
            for (const auto& placeholder :
                 {fmt::format("${{{}}}", name), fmt::format("${}", name)}) {
                for (auto at = node.text.find(placeholder); at != std::string::npos;
                     at = node.text.find(placeholder, at + value->size())) {
                    node.text.replace(at, placeholder.size(), *value);
                }
            }
        }
    }

    yaml::Node conditions_;
    bool template_;
    bool negated_;
};

class ChangeSource : public Transformation {
  public:
    explicit ChangeSource(RuleSource source) : source_(std::move(source)) {}
    Result<void> apply(RuleDraft& rule, const PipelineItem& /*item*/,
                       Application& /*application*/) const override {
        rule.source = source_;
        return {};
    }

  private:
    RuleSource source_;
};

class SetState : public Transformation {
  public:
    SetState(std::string key, yaml::Node value) : key_(std::move(key)), value_(std::move(value)) {}
    Result<void> apply(RuleDraft& /*rule*/, const PipelineItem& /*item*/,
                       Application& application) const override {
        application.state.insert_or_assign(key_, value_);
        return {};
    }
    Result<void> apply(CorrelationRule& /*rule*/, const PipelineItem& /*item*/,
                       Application& application) const override {
        application.state.insert_or_assign(key_, value_);
        return {};
    }

  private:
    std::string key_;
    yaml::Node value_;
};

class SetAttribute : public Transformation {
  public:
    SetAttribute(std::string name, std::string value)
        : name_(std::move(name)), value_(std::move(value)) {}
    Result<void> apply(RuleDraft& rule, const PipelineItem& /*item*/,
                       Application& /*application*/) const override {
        rule.custom.insert_or_assign(name_, value_);
        return {};
    }

  private:
    std::string name_;
    std::string value_;
};

class RuleFailure : public Transformation {
  public:
    explicit RuleFailure(std::string message) : message_(std::move(message)) {}
    Result<void> apply(RuleDraft& /*rule*/, const PipelineItem& /*item*/,
                       Application& /*application*/) const override {
        return base::because(ErrorKind::invalid, base::Words::quoted(message_));
    }
    Result<void> apply(CorrelationRule& /*rule*/, const PipelineItem& /*item*/,
                       Application& /*application*/) const override {
        return base::because(ErrorKind::invalid, base::Words::quoted(message_));
    }

  private:
    std::string message_;
};

class StrictMapping : public Transformation {
  public:
    Result<void> apply(RuleDraft& rule, const PipelineItem& /*item*/,
                       Application& application) const override {
        std::set<std::string> unmapped;
        each_search(rule, [&](const Detection& search) {
            each_item(search, [&](const DetectionItem& item) {
                if (!item.field.empty() && !application.mapped.contains(item.field)) {
                    unmapped.insert(item.field);
                }
            });
        });
        std::string names;
        for (const auto& name : unmapped) names += (names.empty() ? "" : ", ") + name;
        if (names.empty()) return {};
        return base::because(ErrorKind::invalid, "no mapping names these fields: {}", names);
    }
};

class Nest : public Transformation {
  public:
    explicit Nest(std::vector<PipelineItem> items) : items_(std::move(items)) {}
    Result<void> apply(RuleDraft& rule, const PipelineItem& /*item*/,
                       Application& application) const override {
        return apply_items(items_, rule, application);
    }
    Result<void> apply(CorrelationRule& rule, const PipelineItem& /*item*/,
                       Application& application) const override {
        return apply_items(items_, rule, application);
    }

  private:
    std::vector<PipelineItem> items_;
};

MadeTransformation read_add_condition(Parameters& parameters) {
    const auto conditions = parameters.need("conditions");
    if (!conditions) return base::Failure(conditions.error());
    if ((*conditions)->kind != yaml::Kind::mapping || (*conditions)->members.empty()) {
        return parameters.wrong_at(**conditions, "'conditions' needs fields and their values");
    }
    parameters.find("name");  // how the search would be called, which nobody sees
    const auto is_template = parameters.flag("template", false);
    if (!is_template) return base::Failure(is_template.error());
    const auto negated = parameters.flag("negated", false);
    if (!negated) return base::Failure(negated.error());
    return std::make_shared<const AddCondition>(**conditions, *is_template, *negated);
}

MadeTransformation read_change_source(Parameters& parameters) {
    std::array<std::string, 3> texts;
    constexpr std::array names{"product", "category", "service"};
    for (std::size_t i = 0; i < names.size(); ++i) {
        auto text = parameters.text(names[i], "");
        if (!text) return base::Failure(text.error());
        texts[i] = std::move(*text);
    }
    const RuleSource source{texts[0], texts[1], texts[2]};
    if (source == RuleSource{}) {
        return parameters.wrong("it names no log source");
    }
    return std::make_shared<const ChangeSource>(source);
}

}  // namespace

MadeTransformation rule_transformation(const std::string& type, Parameters& parameters,
                                       std::vector<std::string>& notices) {
    if (type == "add_condition") return read_add_condition(parameters);
    if (type == "change_logsource") return read_change_source(parameters);
    if (type == "strict_field_mapping_failure") return std::make_shared<const StrictMapping>();
    if (type == "set_state") {
        auto key = parameters.text("key");
        if (!key) return base::Failure(key.error());
        const auto value = parameters.text("val");
        if (!value) return base::Failure(value.error());
        return std::make_shared<const SetState>(*key, *parameters.find("val"));
    }
    if (type == "set_custom_attribute") {
        auto name = parameters.text("attribute");
        if (!name) return base::Failure(name.error());
        const auto value = parameters.text("value");
        if (!value) return base::Failure(value.error());
        notices.push_back(type);
        return std::make_shared<const SetAttribute>(*name, *value);
    }
    if (type == "rule_failure") {
        auto message = parameters.text("message");
        if (!message) return base::Failure(message.error());
        return std::make_shared<const RuleFailure>(std::move(*message));
    }
    if (type != "nest") return nullptr;
    const auto list = parameters.need("items");
    if (!list) return base::Failure(list.error());
    auto items = read_items(**list, notices);
    if (!items) return base::Failure(items.error());
    return std::make_shared<const Nest>(std::move(*items));
}

}  // namespace shoji::sigma
