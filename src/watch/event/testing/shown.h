// Events as texts, for tests.
#pragma once

#include "watch/event/event.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace shoji::event::testing {

// The values of a field, joined by '|'; "(none)" when it is not there.
inline std::string values(const Event& event, std::string_view name) {
    std::string all;
    bool found = false;
    for (const auto& field : event.fields()) {
        if (field.name != name) continue;
        all += (found ? "|" : "") + std::string(field.value);
        found = true;
    }
    return found ? all : "(none)";
}

// "product/service/category", the first category; '-' for what is not known.
inline std::string source_of(const Event& event, const Names& names) {
    const auto name = [&](SourceId id) {
        return id == no_source ? std::string("-") : std::string(names.name(id));
    };
    return name(event.source.product) + '/' + name(event.source.service) + '/' +
           name(event.source.categories.front());
}

}  // namespace shoji::event::testing
