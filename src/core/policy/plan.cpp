#include "core/policy/plan.h"

#include <algorithm>
#include <map>
#include <type_traits>

namespace shoji::policy {
namespace {

template <class T>
void compare(const std::vector<T>& before, const std::vector<T>& after,
             std::vector<Change>& changes) {
    std::map<std::string_view, Change> by_id;
    for (const T& item : before) by_id[item.id].before = item;
    for (const T& item : after) by_id[item.id].after = item;
    for (auto& [id, change] : by_id) {
        if (change.before != change.after) changes.push_back(std::move(change));
    }
}

template <class T>
void sort_by_id(std::vector<T>& items) {
    std::ranges::stable_sort(items, {}, &T::id);
}

template <class T>
std::vector<T>& list_of(Configuration& configuration) {
    if constexpr (std::is_same_v<T, Zone>) return configuration.zones;
    if constexpr (std::is_same_v<T, Role>) return configuration.roles;
    if constexpr (std::is_same_v<T, Destination>) return configuration.destinations;
    if constexpr (std::is_same_v<T, Route>) return configuration.routes;
}

void erase(Configuration& configuration, const Item& item) {
    std::visit(
        [&]<class T>(const T& old) {
            std::erase_if(list_of<T>(configuration),
                          [&](const T& candidate) { return candidate.id == old.id; });
        },
        item);
}

void insert(Configuration& configuration, const Item& item) {
    std::visit([&]<class T>(const T& added) { list_of<T>(configuration).push_back(added); }, item);
}

}  // namespace

std::vector<Change> plan(const Configuration& before, const Configuration& after) {
    std::vector<Change> changes;
    compare(before.zones, after.zones, changes);
    compare(before.roles, after.roles, changes);
    compare(before.destinations, after.destinations, changes);
    compare(before.routes, after.routes, changes);
    return changes;
}

Configuration apply(Configuration configuration, const std::vector<Change>& changes) {
    for (const Change& change : changes) {
        if (change.before) erase(configuration, *change.before);
        if (change.after) insert(configuration, *change.after);
    }
    return sorted(std::move(configuration));
}

Configuration sorted(Configuration configuration) {
    sort_by_id(configuration.zones);
    sort_by_id(configuration.roles);
    sort_by_id(configuration.destinations);
    sort_by_id(configuration.routes);
    return configuration;
}

const std::string& id_of(const Item& item) {
    return std::visit([](const auto& alternative) -> const std::string& { return alternative.id; },
                      item);
}

}  // namespace shoji::policy
