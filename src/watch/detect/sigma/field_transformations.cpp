// Transformations of names of fields: in items, in what fieldref refers to, in correlations.
#include "watch/detect/sigma/item_values.h"
#include "watch/detect/sigma/transformations.h"

#include <algorithm>
#include <functional>
#include <optional>

namespace shoji::sigma {
namespace {

using base::ErrorKind;
using base::Result;
using Names = std::vector<std::string>;

// The new names of a field; nothing when it keeps its own. Keywords have no name.
using NewNames = std::function<std::optional<Names>(const std::string&)>;

class FieldTransformation : public Transformation {
  public:
    explicit FieldTransformation(NewNames new_names) : new_names_(std::move(new_names)) {}

    [[nodiscard]] bool is_of_items() const override { return true; }

    Result<void> apply(RuleDraft& rule, const PipelineItem& item,
                       Application& application) const override {
        each_search(rule, [&](Detection& search) { apply_to(search, item, application); });
        return {};
    }

    Result<void> apply(CorrelationRule& rule, const PipelineItem& item,
                       Application& application) const override {
        const auto is_alias = [&](const std::string& name) {
            return std::ranges::find(rule.aliases, name, &FieldAlias::name) != rule.aliases.end();
        };
        for (auto& alias : rule.aliases) {
            for (auto& [reference, field] : alias.fields) {
                if (auto done = rename_one(field, item, application); !done) return done;
            }
        }
        Names groups;
        for (const auto& name : rule.group_by) {
            auto names = is_alias(name) ? Names{name} : renamed(name, item, application);
            std::ranges::move(names, std::back_inserter(groups));
        }
        if (groups.size() > CorrelationRule::most_fields) {
            return base::because(ErrorKind::full, "'group-by' has more than {} names",
                                 CorrelationRule::most_fields);
        }
        rule.group_by = std::move(groups);
        for (auto& field : rule.fields) {
            if (auto done = rename_one(field, item, application); !done) return done;
        }
        return {};
    }

  private:
    void apply_to(Detection& detection, const PipelineItem& item, Application& application) const {
        if (detection.kind != Detection::Kind::item) {
            for (auto& part : detection.parts) apply_to(part, item, application);
            return;
        }
        if (!item.is_about(detection.item, application)) return;
        if (has_modifier(detection.item, "fieldref"))
            rename_values(detection.item, item, application);
        const auto names = new_names_(detection.item.field);
        if (!names || !item.is_about_field(detection.item.field, &detection.item, application)) {
            return;
        }
        application.mapped.insert(detection.item.field);
        application.mapped.insert(names->begin(), names->end());
        if (detection.item.field.empty()) open_ends(detection.item);
        detection.item.processed.insert(item.id);
        if (names->size() == 1) {
            detection.item.field = names->front();
            return;
        }
        Detection any;
        any.kind = Detection::Kind::any;
        for (const auto& name : *names) {
            any.parts.push_back(detection);
            any.parts.back().item.field = name;
        }
        detection = std::move(any);
    }

    // A keyword is anywhere in the event; in a field it is anywhere in its value.
    static void open_ends(DetectionItem& item) {
        auto values = values_of(item);
        for (auto& value : values) {
            if (value.kind == ItemValue::Kind::opaque) continue;
            if (value.kind != ItemValue::Kind::text) {
                value = ItemValue::of_text(Glob::parse(value.node.text));
            }
            value.glob.any_before();
            value.glob.any_after();
        }
        set_values(item, values);
    }

    void rename_values(DetectionItem& detection, const PipelineItem& item,
                       Application& application) const {
        std::vector<ItemValue> values;
        for (auto& value : values_of(detection)) {
            for (const auto& name : renamed(value.node.text, item, application)) {
                values.push_back(value);
                values.back().node.text = name;
            }
        }
        set_values(detection, values);
    }

    // Of a name that stands alone.
    Names renamed(const std::string& name, const PipelineItem& item,
                  Application& application) const {
        auto names = new_names_(name);
        if (!names || !item.is_about_field(name, nullptr, application)) return {name};
        application.mapped.insert(name);
        application.mapped.insert(names->begin(), names->end());
        auto processed = application.field_processed[name];
        processed.insert(item.id);
        application.field_processed.erase(name);
        for (const auto& one : *names) application.field_processed[one] = processed;
        return std::move(*names);
    }

    Result<void> rename_one(std::string& name, const PipelineItem& item,
                            Application& application) const {
        auto names = renamed(name, item, application);
        if (names.size() > 1) {
            return base::because(
                ErrorKind::invalid,
                "the field '{}' gets several names, which a correlation's alias or "
                "condition cannot have",
                name);
        }
        name = std::move(names.front());
        return {};
    }

    NewNames new_names_;
};

// Old names, or beginnings of them, in the order in which they stand.
using Mapping = std::vector<std::pair<std::string, Names>>;

Result<Mapping> read_mapping(Parameters& parameters) {
    const auto member = parameters.need("mapping");
    if (!member) return base::Failure(member.error());
    if ((*member)->kind != yaml::Kind::mapping) {
        return parameters.wrong_at(**member, "'mapping' needs names and their new names");
    }
    Mapping mapping;
    for (const auto& [key, value] : (*member)->members) {
        Names names;
        if (value.kind == yaml::Kind::text) names.push_back(value.text);
        for (const auto& one : value.items) {
            if (one.is_scalar()) names.push_back(one.text);
        }
        constexpr std::size_t most_names = 100;
        if (names.size() > most_names) {
            return parameters.wrong_at(value, "'{}' gets more than {} names", key, most_names);
        }
        if (names.empty() || (!value.items.empty() && names.size() != value.items.size())) {
            return parameters.wrong_at(value, "'{}' needs a new name, or several", key);
        }
        // A key of null is for keywords.
        const bool keywords = key == "null" || key == "~";
        mapping.emplace_back(keywords ? "" : key, std::move(names));
    }
    return mapping;
}

std::optional<Names> by_name(const Mapping& mapping, const std::string& field) {
    const auto found = std::ranges::find(mapping, field, &Mapping::value_type::first);
    if (found == mapping.end()) return std::nullopt;
    return found->second;
}

std::optional<Names> by_beginning(const Mapping& mapping, const std::string& field) {
    for (const auto& [beginning, names] : mapping) {
        if (beginning.empty() || !field.starts_with(beginning)) continue;
        Names all;
        for (const auto& name : names) all.push_back(name + field.substr(beginning.size()));
        return all;
    }
    return std::nullopt;
}

}  // namespace

MadeTransformation field_transformation(const std::string& type, Parameters& parameters) {
    const auto made = [](NewNames new_names) {
        return std::make_shared<const FieldTransformation>(std::move(new_names));
    };
    if (type == "field_name_mapping" || type == "field_name_prefix_mapping") {
        auto mapping = read_mapping(parameters);
        if (!mapping) return base::Failure(mapping.error());
        const auto find = type == "field_name_mapping" ? by_name : by_beginning;
        return made([mapping = std::move(*mapping), find](const std::string& field) {
            return find(mapping, field);
        });
    }
    if (type != "field_name_prefix" && type != "field_name_suffix") return nullptr;
    const bool before = type == "field_name_prefix";
    auto affix = parameters.text(before ? "prefix" : "suffix");
    if (!affix) return base::Failure(affix.error());
    return made([affix = *affix, before](const std::string& field) -> std::optional<Names> {
        if (field.empty()) return std::nullopt;
        return Names{before ? affix + field : field + affix};
    });
}

}  // namespace shoji::sigma
