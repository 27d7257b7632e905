// What would change from one configuration to another, item by item. Pure.
#pragma once

#include "core/policy/policy.h"

#include <optional>
#include <variant>

namespace shoji::policy {

using Item = std::variant<Zone, Role, Destination, Route>;

struct Change {
    std::optional<Item> before;  // none: added
    std::optional<Item> after;   // none: removed; both hold the same alternative and id

    friend bool operator==(const Change&, const Change&) = default;
};

// Zones, then roles, destinations and routes, each by id; the order within a configuration's lists
// is no change. Precondition: no id stands twice in a list.
std::vector<Change> plan(const Configuration& before, const Configuration& after);

// `configuration` with the changes made, each list sorted by id.
Configuration apply(Configuration configuration, const std::vector<Change>& changes);

// The same configuration with each list sorted by id.
Configuration sorted(Configuration configuration);

const std::string& id_of(const Item& item);

}  // namespace shoji::policy
