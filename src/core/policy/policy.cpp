#include "core/policy/policy.h"

#include <algorithm>

namespace shoji::policy {
namespace {

constexpr std::chrono::hours japan_is_ahead{9};

template <class T>
const T* find(const std::vector<T>& list, std::string_view id) {
    const auto found = std::ranges::find(list, id, &T::id);
    return found == list.end() ? nullptr : &*found;
}

Decision deny(std::string rule, std::string_view reason) {
    return {false, std::move(rule), reason};
}

}  // namespace

const Destination* find_destination(const Configuration& configuration, std::string_view id) {
    return find(configuration.destinations, id);
}

Decision decide(const Configuration& configuration, const Request& request) {
    constexpr std::string_view by_default = "default-deny";
    if (find(configuration.zones, request.terminal_zone) == nullptr) {
        return deny(std::string(by_default), "policy.zone_unknown");
    }
    if (find(configuration.roles, request.role) == nullptr) {
        return deny(std::string(by_default), "policy.role_unknown");
    }
    const Destination* destination = find_destination(configuration, request.destination);
    if (destination == nullptr) {
        return deny(std::string(by_default), "policy.destination_unknown");
    }
    const auto route = std::ranges::find_if(configuration.routes, [&](const Route& candidate) {
        return candidate.from_zone == request.terminal_zone && candidate.role == request.role &&
               candidate.destination == request.destination;
    });
    if (route == configuration.routes.end()) {
        return deny(std::string(by_default), "policy.no_route");
    }
    std::string approval = "destination:" + destination->id;
    if (find(configuration.zones, destination->zone) == nullptr) {
        return deny(std::move(approval), "policy.zone_unknown");
    }
    if (!request.today.ok() || !destination->approved.ok() ||
        request.today < destination->approved) {
        return deny(std::move(approval), "policy.not_yet_approved");
    }
    if (!destination->expires.ok() || request.today > destination->expires) {
        return deny(std::move(approval), "policy.expired");
    }
    return {true, "route:" + route->id, "policy.allowed"};
}

bool may_see(const Configuration& configuration, std::string_view role,
             std::string_view destination) {
    return find(configuration.roles, role) != nullptr &&
           find_destination(configuration, destination) != nullptr &&
           std::ranges::any_of(configuration.routes, [&](const Route& route) {
               return route.role == role && route.destination == destination;
           });
}

Day day_in_japan(std::chrono::sys_seconds moment) {
    return Day{std::chrono::floor<std::chrono::days>(moment + japan_is_ahead)};
}

std::chrono::sys_seconds end_of_day_in_japan(Day day) {
    return std::chrono::sys_days(day) + std::chrono::days{1} - japan_is_ahead;
}

}  // namespace shoji::policy
