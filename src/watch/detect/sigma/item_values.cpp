#include "watch/detect/sigma/item_values.h"

#include <algorithm>

namespace shoji::sigma {
namespace {

std::vector<std::string> modifiers_of(const DetectionItem& item) {
    std::vector<std::string> names;
    std::string_view rest = item.modifiers;
    while (!rest.empty()) {
        const auto end = std::min(rest.find('|'), rest.size());
        names.emplace_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return names;
}

// What is about the values as they are and not about how each is to be read.
bool stays(std::string_view modifier) {
    return modifier == "all" || modifier == "cased" || modifier == "neq" || modifier == "expand";
}

bool keeps_text(std::string_view modifier) {
    return stays(modifier) || modifier == "contains" || modifier == "startswith" ||
           modifier == "endswith";
}

std::string text_of(const Glob& glob, std::string_view escaped) {
    std::string text;
    for (const auto& part : glob.parts()) {
        if (part.kind == Glob::Kind::any) text += '*';
        if (part.kind == Glob::Kind::one) text += '?';
        for (const char c : part.text) {
            if (escaped.find(c) != std::string_view::npos) text += '\\';
            text += c;
        }
    }
    return text;
}

}  // namespace

ItemValue ItemValue::of(const yaml::Node& node) {
    switch (node.kind) {
        case yaml::Kind::null:
            return {Kind::null, {}, node};
        case yaml::Kind::boolean:
            return {Kind::boolean, {}, node};
        case yaml::Kind::integer:
        case yaml::Kind::real:
            return {Kind::number, {}, node};
        case yaml::Kind::text:
            return of_text(Glob::parse(node.text));
        default:
            return {Kind::opaque, {}, node};
    }
}

std::string ItemValue::plain() const {
    return kind == Kind::text ? text_of(glob, "*?") : node.text;
}

std::string written(const Glob& glob) {
    return text_of(glob, "*?\\");
}

bool has_modifier(const DetectionItem& item, std::string_view name) {
    return std::ranges::count(modifiers_of(item), name) > 0;
}

void drop_modifier(DetectionItem& item, std::string_view name) {
    std::string left;
    for (const auto& modifier : modifiers_of(item)) {
        if (modifier != name) left += (left.empty() ? "" : "|") + modifier;
    }
    item.modifiers = left;
}

std::vector<ItemValue> values_of(const DetectionItem& item) {
    const auto modifiers = modifiers_of(item);
    const bool texts = std::ranges::all_of(modifiers, keeps_text);
    std::vector<ItemValue> values;
    const auto add = [&](const yaml::Node& node) {
        auto value = texts ? ItemValue::of(node) : ItemValue{ItemValue::Kind::opaque, {}, node};
        for (const auto& modifier : modifiers) {
            const bool inside = modifier == "contains";
            if (!texts || (!inside && modifier != "startswith" && modifier != "endswith")) continue;
            if (value.kind != ItemValue::Kind::text) {
                value = ItemValue::of_text(Glob::parse(node.text));
            }
            if (inside || modifier == "endswith") value.glob.any_before();
            if (inside || modifier == "startswith") value.glob.any_after();
        }
        values.push_back(std::move(value));
    };
    const auto& node = item.value();
    if (node.kind != yaml::Kind::sequence) add(node);
    for (const auto& one : node.items) add(one);
    return values;
}

void set_values(DetectionItem& item, const std::vector<ItemValue>& values) {
    auto list = std::make_shared<yaml::Node>();
    list->kind = yaml::Kind::sequence;
    list->line = item.value().line;
    bool opaque = false;
    for (const auto& value : values) {
        opaque = opaque || value.kind == ItemValue::Kind::opaque;
        auto& node = list->items.emplace_back(value.node);
        node.line = list->line;
        if (value.kind != ItemValue::Kind::text) continue;
        node.kind = yaml::Kind::text;
        node.text = written(value.glob);
    }
    if (!opaque) {
        std::string left;
        for (const auto& modifier : modifiers_of(item)) {
            if (!stays(modifier)) continue;
            left += (left.empty() ? "" : "|") + modifier;
        }
        item.modifiers = left;
    }
    item.given = std::move(list);
}

}  // namespace shoji::sigma
