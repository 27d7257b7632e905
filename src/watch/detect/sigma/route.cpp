#include "watch/detect/sigma/route.h"

#include <algorithm>

namespace shoji::sigma {

std::size_t Routes::SourceHash::operator()(const event::LogSource& source) const {
    auto hash = static_cast<std::size_t>(source.product);
    hash = hash * 31 + static_cast<std::size_t>(source.service);
    for (const auto id : source.categories) hash = hash * 31 + static_cast<std::size_t>(id);
    return hash;
}

void Routes::clear() {
    routes_.clear();
    last_ = nullptr;
    slots_ = 0;
}

const Route& Routes::all() {
    if (last_ == nullptr) last_ = &routes_.emplace(event::LogSource{}, make(nullptr)).first->second;
    return *last_;
}

const Route& Routes::of(const event::LogSource& source) {
    if (last_ != nullptr && source == last_source_) return *last_;
    auto known = routes_.find(source);
    if (known == routes_.end()) known = routes_.emplace(source, make(&source)).first;
    last_source_ = source;
    last_ = &known->second;
    return *last_;
}

Route Routes::make(const event::LogSource* source) {
    Route route;
    route.slots.assign(plan_.fields, Route::no_slot);
    for (const auto& group : plan_.groups) {
        if (source == nullptr || group.is_for(*source)) add(group, route);
    }
    route.always.resize(words_for(route.detections.size()));
    std::uint32_t first_bit = 0;
    for (const auto& group : plan_.groups) {
        if (source != nullptr && !group.is_for(*source)) continue;
        for (const auto own : group.always) set_bit(route.always, first_bit + own);
        first_bit += static_cast<std::uint32_t>(group.detections.size());
    }
    return route;
}

void Routes::add(const Group& group, Route& route) {
    const auto slot_of = [&](event::FieldId field) {
        auto& slot = route.slots[static_cast<std::uint32_t>(field)];
        if (slot == Route::no_slot) slot = slots_++;
        return slot;
    };
    const auto first_bit = static_cast<std::uint32_t>(route.detections.size());
    route.detections.insert(route.detections.end(), group.detections.begin(),
                            group.detections.end());
    for (const auto number : group.detections) {
        const auto& asked = plan_.detections[number].asked;
        for (std::size_t i = 0; i < asked.count; ++i) slot_of(asked.of[i]);
    }
    for (const auto& index : group.fields) {
        const Search search{&group, &index, first_bit};
        if (index.field == any_field) {
            if (index.inside &&
                (route.shortest_keyword == 0 || index.shortest_inside < route.shortest_keyword)) {
                route.shortest_keyword = index.shortest_inside;
            }
            route.keywords.push_back(search);
            continue;
        }
        auto known = std::ranges::find(route.fields, index.field, &RouteField::field);
        if (known == route.fields.end()) {
            route.fields.push_back({index.field, slot_of(index.field), {}});
            known = route.fields.end() - 1;
        }
        known->searches.push_back(search);
    }
}

}  // namespace shoji::sigma
