// Transformations of values, item by item.
#include "watch/detect/sigma/item_values.h"
#include "watch/detect/sigma/number.h"
#include "watch/detect/sigma/placeholders.h"
#include "watch/detect/sigma/replacement.h"
#include "watch/detect/sigma/transformations.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>

namespace shoji::sigma {
namespace {

using base::ErrorKind;
using base::Result;
using Values = std::vector<ItemValue>;

// What becomes of a value; nothing: it stays. No values: it goes.
using Change = std::function<Result<std::optional<Values>>(const ItemValue&)>;

class ValueTransformation : public Transformation {
  public:
    explicit ValueTransformation(Change change) : change_(std::move(change)) {}
    [[nodiscard]] bool is_of_items() const override { return true; }

    Result<void> apply(RuleDraft& rule, const PipelineItem& item,
                       Application& application) const override {
        Result<void> done;
        each_search(rule, [&](Detection& search) {
            each_item(search, [&](DetectionItem& one) {
                if (!done || !item.is_about(one, application)) return;
                done = apply_to(one, item);
            });
        });
        return done;
    }

  private:
    Result<void> apply_to(DetectionItem& detection, const PipelineItem& item) const {
        Values values;
        bool changed = false;
        for (auto& value : values_of(detection)) {
            auto result = change_(value);
            if (!result) return base::inside(base::at_line(detection.value().line), result.error());
            changed = changed || result->has_value();
            if (!*result) {
                values.push_back(std::move(value));
            } else {
                std::ranges::move(**result, std::back_inserter(values));
            }
            if (values.size() > most_tests) {
                return base::because(ErrorKind::full, "more than {} values", most_tests);
            }
        }
        if (!changed) return {};
        set_values(detection, values);
        detection.processed.insert(item.id);
        return {};
    }

    Change change_;
};

// Of the placeholders that a transformation is for: all, those it includes, or all but some.
struct PlaceholderChoice {
    std::optional<std::vector<std::string>> include;
    std::optional<std::vector<std::string>> exclude;

    [[nodiscard]] bool is_for(std::string_view name) const {
        const auto has = [&](const std::vector<std::string>& list) {
            return std::ranges::find(list, name) != list.end();
        };
        return (!include || has(*include)) && (!exclude || !has(*exclude));
    }
};

Result<PlaceholderChoice> read_choice(Parameters& parameters) {
    PlaceholderChoice choice;
    for (const auto& [name, list] :
         {std::pair("include", &choice.include), std::pair("exclude", &choice.exclude)}) {
        if (parameters.find(name) == nullptr) continue;
        auto read = parameters.list(name);
        if (!read) return base::Failure(read.error());
        *list = std::move(*read);
    }
    if (choice.include && choice.exclude) {
        return parameters.wrong("'include' and 'exclude' do not go together");
    }
    return choice;
}

class PlaceholderTransformation : public Transformation {
  public:
    PlaceholderTransformation(PlaceholderChoice choice, bool wildcard)
        : choice_(std::move(choice)), wildcard_(wildcard) {}
    [[nodiscard]] bool is_of_items() const override { return true; }

    Result<void> apply(RuleDraft& rule, const PipelineItem& item,
                       Application& application) const override {
        Result<void> done;
        each_search(rule, [&](Detection& search) {
            each_item(search, [&](DetectionItem& one) {
                if (!done || !has_modifier(one, "expand")) return;
                if (item.is_about(one, application)) done = apply_to(one, item, application);
            });
        });
        return done;
    }

  private:
    Result<void> apply_to(DetectionItem& detection, const PipelineItem& item,
                          const Application& application) const {
        Values values;
        bool left = false;
        for (auto& value : values_of(detection)) {
            if (value.kind != ItemValue::Kind::text || !has_placeholders(value.glob)) {
                left = left || value.kind == ItemValue::Kind::opaque;
                values.push_back(std::move(value));
                continue;
            }
            std::string missing;
            auto globs = with_placeholders(value.glob, most_tests, [&](std::string_view name) {
                return replacement(name, application, left, missing);
            });
            if (!missing.empty()) {
                return base::because(ErrorKind::not_found,
                                     "the pipeline has no 'vars' for the placeholder '{}'",
                                     missing);
            }
            if (!globs) return base::because(ErrorKind::full, "more than {} values", most_tests);
            for (auto& glob : *globs) values.push_back(ItemValue::of_text(std::move(glob)));
            detection.processed.insert(item.id);
        }
        set_values(detection, values);
        if (!left) drop_modifier(detection, "expand");
        return {};
    }

    std::optional<std::vector<Glob>> replacement(std::string_view name,
                                                 const Application& application, bool& left,
                                                 std::string& missing) const {
        if (!choice_.is_for(name)) {
            left = true;
            return std::nullopt;
        }
        if (wildcard_) return std::vector{Glob::parse("*")};
        const auto list = application.vars->find(name);
        if (list == application.vars->end()) {
            missing = name;
            return std::nullopt;
        }
        std::vector<Glob> globs;
        for (const auto& text : list->second) globs.push_back(Glob::parse(text));
        return globs;
    }

    PlaceholderChoice choice_;
    bool wildcard_;
};

class DropTransformation : public Transformation {
  public:
    [[nodiscard]] bool is_of_items() const override { return true; }
    Result<void> apply(RuleDraft& rule, const PipelineItem& item,
                       Application& application) const override {
        each_search(rule, [&](Detection& search) {
            if (!drops(search, item, application)) return;
            search = Detection();
            search.emptied = true;
        });
        return {};
    }

  private:
    // True when nothing is left of the detection.
    static bool drops(Detection& detection, const PipelineItem& item, Application& application) {
        if (detection.kind == Detection::Kind::item) {
            return item.is_about(detection.item, application);
        }
        const auto count = std::erase_if(
            detection.parts, [&](Detection& part) { return drops(part, item, application); });
        return count > 0 && detection.parts.empty();
    }
};

class ItemFailure : public Transformation {
  public:
    explicit ItemFailure(std::string message) : message_(std::move(message)) {}
    [[nodiscard]] bool is_of_items() const override { return true; }
    Result<void> apply(RuleDraft& rule, const PipelineItem& item,
                       Application& application) const override {
        Result<void> done;
        each_search(rule, [&](const Detection& search) {
            each_item(search, [&](const DetectionItem& one) {
                if (!done || !item.is_about(one, application)) return;
                done = base::inside(
                    base::at_line(one.value().line),
                    base::because(ErrorKind::invalid, base::Words::quoted(message_)).value());
            });
        });
        return done;
    }

  private:
    std::string message_;
};

MadeTransformation made(Change change) {
    return std::make_shared<const ValueTransformation>(std::move(change));
}

Result<std::optional<Values>> one(ItemValue value) {
    return std::optional(Values{std::move(value)});
}

MadeTransformation read_map(Parameters& parameters) {
    const auto member = parameters.need("mapping");
    if (!member) return base::Failure(member.error());
    std::map<std::string, Values> mapping;
    for (const auto& [key, node] : (*member)->members) {
        auto& values = mapping[key];
        if (node.is_scalar()) values.push_back(ItemValue::of_text(Glob::parse(node.text)));
        for (const auto& item : node.items) {
            values.push_back(ItemValue::of_text(Glob::parse(item.text)));
        }
    }
    if (mapping.empty()) {
        return parameters.wrong_at(**member, "'mapping' needs texts and their new texts");
    }
    return made([mapping](const ItemValue& value) -> Result<std::optional<Values>> {
        if (value.kind != ItemValue::Kind::text) return std::nullopt;
        const auto found = mapping.find(value.plain());
        if (found == mapping.end()) return std::nullopt;
        return std::optional(found->second);
    });
}

MadeTransformation read_set(Parameters& parameters) {
    const auto member = parameters.need("value");
    if (!member) return base::Failure(member.error());
    auto node = **member;
    if (!node.is_scalar()) return parameters.wrong_at(node, "'value' needs one value");
    const auto force = parameters.text("force_type", "");
    if (!force) return base::Failure(force.error());
    if (*force == "str") {
        node.kind = yaml::Kind::text;
    } else if (*force == "num") {
        if (!number_of(node.text)) return wrong(node, "'{}' is no number", node.text);
        node.kind = yaml::Kind::real;
    } else if (!force->empty()) {
        return parameters.wrong_at(node, "'force_type' is 'str' or 'num'");
    }
    return made([value = ItemValue::of(node)](const ItemValue&) { return one(value); });
}

MadeTransformation read_convert(Parameters& parameters) {
    const auto type = parameters.text("target_type");
    if (!type) return base::Failure(type.error());
    if (*type == "str") {
        return made([](const ItemValue& value) -> Result<std::optional<Values>> {
            if (value.kind != ItemValue::Kind::number) return std::nullopt;
            return one(ItemValue::of_text(Glob::plain(value.node.text)));
        });
    }
    if (*type != "num") {
        return parameters.wrong("'target_type' is 'str' or 'num'");
    }
    return made([](const ItemValue& value) -> Result<std::optional<Values>> {
        if (value.kind != ItemValue::Kind::text) return std::nullopt;
        const auto text = value.plain();
        if (!number_of(text)) return base::because(ErrorKind::invalid, "'{}' is no number", text);
        return one(ItemValue{ItemValue::Kind::number, {}, {yaml::Kind::real, 0, text, {}, {}}});
    });
}

MadeTransformation read_case(Parameters& parameters) {
    const auto method = parameters.text("method", "lower");
    if (!method) return base::Failure(method.error());
    const auto change = case_change(*method);
    if (!change) {
        return parameters.wrong("'method' is 'lower', 'upper' or 'snake_case'");
    }
    return made([change = *change](const ItemValue& value) -> Result<std::optional<Values>> {
        if (value.kind != ItemValue::Kind::text) return std::nullopt;
        return one(ItemValue::of_text(with_literals(value.glob, change)));
    });
}

MadeTransformation read_replace(Parameters& parameters) {
    auto replacement = Replacement::read(parameters);
    if (!replacement) return base::Failure(replacement.error());
    return made([replacement =
                     *replacement](const ItemValue& value) -> Result<std::optional<Values>> {
        if (value.kind == ItemValue::Kind::text) {
            return one(ItemValue::of_text(replacement.in(value)));
        }
        if (value.kind != ItemValue::Kind::number) return std::nullopt;
        return one(
            ItemValue::of_text(replacement.in(ItemValue::of_text(Glob::plain(value.node.text)))));
    });
}

}  // namespace

MadeTransformation value_transformation(const std::string& type, Parameters& parameters) {
    if (type == "drop_detection_item") return std::make_shared<const DropTransformation>();
    if (type == "replace_string") return read_replace(parameters);
    if (type == "map_string") return read_map(parameters);
    if (type == "set_value") return read_set(parameters);
    if (type == "convert_type") return read_convert(parameters);
    if (type == "case") return read_case(parameters);
    if (type == "value_placeholders" || type == "wildcard_placeholders") {
        auto choice = read_choice(parameters);
        if (!choice) return base::Failure(choice.error());
        return std::make_shared<const PlaceholderTransformation>(std::move(*choice),
                                                                 type == "wildcard_placeholders");
    }
    if (type != "detection_item_failure") return nullptr;
    auto message = parameters.text("message");
    if (!message) return base::Failure(message.error());
    return std::make_shared<const ItemFailure>(std::move(*message));
}

}  // namespace shoji::sigma
