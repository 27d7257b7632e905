// For tests: whether an object of JSON is what the OCSF schema allows.
#pragma once

#include "watch/event/testing/ocsf_schema.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <simdjson.h>

namespace shoji::event::testing {

inline std::vector<std::string_view> words(std::string_view text) {
    std::vector<std::string_view> all;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        if (end > 0) all.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return all;
}

// What the schema has against an object, if anything.
inline std::string against_one(const OcsfType& type, const simdjson::dom::object& object) {
    std::set<std::string_view> names;
    for (const auto member : object) names.insert(member.key);
    const auto has = [&](std::string_view name) { return names.contains(name); };
    for (const auto name : words(type.required)) {
        if (!has(name)) return fmt::format("{} has no {}", type.name, name);
    }
    const auto choices = words(type.one_of);
    if (!choices.empty() && std::ranges::none_of(choices, has)) {
        return fmt::format("{} has none of {}", type.name, type.one_of);
    }
    const auto allowed = words(type.allowed);
    for (const auto name : names) {
        if (std::ranges::find(allowed, name) == allowed.end()) {
            return fmt::format("{} may have no {}", type.name, name);
        }
    }
    return {};
}

inline const OcsfType* type_of(std::string_view name) {
    const auto* found = std::ranges::find(ocsf_schema, name, &OcsfType::name);
    return found == std::end(ocsf_schema) ? nullptr : found;
}

// Of all objects below.
inline std::string against_parts(const simdjson::dom::object& object) {
    for (const auto member : object) {
        if (member.key == "unmapped" || member.key == "data") continue;
        std::vector<simdjson::dom::object> parts;
        simdjson::dom::object one;
        simdjson::dom::array list;
        if (member.value.get(one) == simdjson::SUCCESS) parts.push_back(one);
        if (member.value.get(list) == simdjson::SUCCESS) {
            for (const auto item : list) {
                if (item.get(one) == simdjson::SUCCESS) parts.push_back(one);
            }
        }
        for (const auto& part : parts) {
            const auto* type = type_of(member.key);
            if (type == nullptr) return fmt::format("{} is no known object", member.key);
            if (auto wrong = against_one(*type, part); !wrong.empty()) return wrong;
            if (auto wrong = against_parts(part); !wrong.empty()) return wrong;
        }
    }
    return {};
}

// All that the schema has against an object of that type, and those in it; empty: nothing.
inline std::string against(std::string_view type, const simdjson::dom::object& object) {
    const auto* known = type_of(type);
    if (known == nullptr) return fmt::format("{} is no known type", type);
    auto wrong = against_one(*known, object);
    return wrong.empty() ? against_parts(object) : wrong;
}

}  // namespace shoji::event::testing
