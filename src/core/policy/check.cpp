#include "core/policy/check.h"

#include "core/base/printable.h"
#include "core/policy/json.h"

#include <algorithm>
#include <set>
#include <tuple>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace shoji::policy {
namespace {

constexpr std::size_t maximum_problems = 200;
constexpr std::size_t shown_value = 100;  // bytes of an offending value that a problem repeats

class Checker {
  public:
    explicit Checker(const Configuration& configuration) : configuration_(configuration) {}

    std::vector<Problem> run() {
        note_ids("zones", configuration_.zones, maximum_zones, zones_);
        note_ids("roles", configuration_.roles, maximum_roles, roles_);
        note_ids("destinations", configuration_.destinations, maximum_destinations, destinations_);
        note_ids("routes", configuration_.routes, maximum_routes, routes_);
        check_names("zones", configuration_.zones);
        check_names("roles", configuration_.roles);
        for (std::size_t i = 0; i < configuration_.destinations.size(); ++i) check_destination(i);
        for (std::size_t i = 0; i < configuration_.routes.size(); ++i) check_route(i);
        if (problems_.empty()) check_size();
        return std::move(problems_);
    }

  private:
    using Ids = std::set<std::string_view>;

    void add(std::string where, std::string_view key, std::string_view value) {
        if (problems_.size() >= maximum_problems) return;
        problems_.push_back({std::move(where), key, base::printable(value, shown_value)});
    }

    // "zones.office", or "zones[3]" where the id is no safe name for it.
    template <class T>
    static std::string place(std::string_view list, const std::vector<T>& items,
                             std::size_t index) {
        return is_id(items[index].id) ? fmt::format("{}.{}", list, items[index].id)
                                      : fmt::format("{}[{}]", list, index);
    }

    template <class T>
    void note_ids(std::string_view list, const std::vector<T>& items, std::size_t limit, Ids& ids) {
        if (items.size() > limit) {
            add(std::string(list), "policy.problem.too_many", std::to_string(limit));
        }
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (!is_id(items[i].id)) {
                add(place(list, items, i) + ".id", "policy.problem.id_form", items[i].id);
            } else if (!ids.insert(items[i].id).second) {
                add(place(list, items, i), "policy.problem.id_twice", items[i].id);
            }
        }
    }

    void check_text(const std::string& where, std::string_view text, std::size_t limit) {
        if (text.empty()) return add(where, "policy.problem.text_empty", "");
        if (text.size() > limit) {
            return add(where, "policy.problem.text_too_long", std::to_string(limit));
        }
        if (!base::is_printable(text)) add(where, "policy.problem.text_characters", text);
    }

    void check_name(const std::string& where, const Name& name) {
        check_text(where + ".name.ja", name.ja, maximum_name);
        check_text(where + ".name.en", name.en, maximum_name);
    }

    template <class T>
    void check_names(std::string_view list, const std::vector<T>& items) {
        for (std::size_t i = 0; i < items.size(); ++i) {
            check_name(place(list, items, i), items[i].name);
        }
    }

    void check_origin(const std::string& where, const Origin& origin) {
        const bool address = is_address(origin.host);
        if (!address && !is_host_name(origin.host)) {
            add(where + ".host", "policy.problem.host_form", origin.host);
        }
        if (address && !origin.internal && is_internal_address(origin.host)) {
            add(where + ".internal", "policy.problem.address_is_internal", origin.host);
        }
        if (origin.port == 0) add(where + ".port", "policy.problem.port", "0");
    }

    void check_origins(const std::string& where, const std::vector<Origin>& origins) {
        if (origins.empty()) add(where + ".origins", "policy.problem.no_origin", "");
        if (origins.size() > maximum_origins) {
            add(where + ".origins", "policy.problem.too_many", std::to_string(maximum_origins));
        }
        std::set<std::tuple<Scheme, std::string_view, std::uint16_t>> seen;
        for (std::size_t i = 0; i < origins.size(); ++i) {
            const std::string origin = fmt::format("{}.origins[{}]", where, i);
            check_origin(origin, origins[i]);
            if (!seen.emplace(origins[i].scheme, origins[i].host, origins[i].port).second) {
                add(origin, "policy.problem.origin_twice", to_url(origins[i]));
            }
        }
    }

    void check_day(const std::string& where, Day day) {
        const bool four_digits =
            day.year() >= std::chrono::year{1970} && day.year() <= std::chrono::year{9999};
        if (!day.ok() || !four_digits) add(where, "policy.problem.date", to_text(day));
    }

    void check_destination(std::size_t index) {
        const Destination& destination = configuration_.destinations[index];
        const std::string where = place("destinations", configuration_.destinations, index);
        check_name(where, destination.name);
        if (!zones_.contains(destination.zone)) {
            add(where + ".zone", "policy.problem.unknown_zone", destination.zone);
        }
        check_origins(where, destination.origins);
        check_text(where + ".reason", destination.reason, maximum_explanation);
        check_text(where + ".approver", destination.approver, maximum_explanation);
        check_day(where + ".approved", destination.approved);
        check_day(where + ".expires", destination.expires);
        if (destination.expires < destination.approved) {
            add(where + ".expires", "policy.problem.expires_before_approved",
                to_text(destination.expires));
        }
    }

    void check_route(std::size_t index) {
        const Route& route = configuration_.routes[index];
        const std::string where = place("routes", configuration_.routes, index);
        if (!zones_.contains(route.from_zone)) {
            add(where + ".from_zone", "policy.problem.unknown_zone", route.from_zone);
        }
        if (!roles_.contains(route.role)) {
            add(where + ".role", "policy.problem.unknown_role", route.role);
        }
        if (!destinations_.contains(route.destination)) {
            add(where + ".destination", "policy.problem.unknown_destination", route.destination);
        }
        if (!joined_.emplace(route.from_zone, route.role, route.destination).second) {
            add(where, "policy.problem.route_twice", route.id);
        }
    }

    void check_size() {
        if (boost::json::serialize(to_json(configuration_)).size() > maximum_json) {
            add("", "policy.problem.too_large", std::to_string(maximum_json));
        }
    }

    const Configuration& configuration_;
    std::vector<Problem> problems_;
    Ids zones_;
    Ids roles_;
    Ids destinations_;
    Ids routes_;
    std::set<std::tuple<std::string_view, std::string_view, std::string_view>> joined_;
};

}  // namespace

bool is_id(std::string_view text) {
    return !text.empty() && text.size() <= maximum_id && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

std::vector<Problem> check(const Configuration& configuration) {
    return Checker(configuration).run();
}

}  // namespace shoji::policy
