#include "core/policy/example_test.h"

#include <fmt/format.h>

namespace shoji::policy {
namespace {

using namespace std::chrono_literals;

std::size_t below(std::mt19937& random, std::size_t limit) {
    return random() % limit;
}

std::string pick_id(std::mt19937& random) {
    return fmt::format("id-{}", below(random, 4));
}

Day near(std::mt19937& random, Day middle) {
    return Day{std::chrono::sys_days(middle) +
               std::chrono::days{static_cast<int>(below(random, 7)) - 3}};
}

Name pick_name(std::mt19937& random) {
    return {fmt::format("名前{}", below(random, 100)), fmt::format("name {}", below(random, 100))};
}

std::vector<Origin> pick_origins(std::mt19937& random) {
    std::vector<Origin> origins;
    const std::size_t count = 1 + below(random, 3);
    for (std::size_t i = 0; i < count; ++i) {
        origins.push_back(
            {below(random, 2) == 0 ? Scheme::http : Scheme::https, fmt::format("h{}.example.jp", i),
             static_cast<std::uint16_t>(1 + below(random, 65535)), below(random, 2) == 0});
    }
    return origins;
}

}  // namespace

Configuration example() {
    Configuration configuration;
    configuration.zones = {{"lgwan", {"LGWAN接続系", "LGWAN network"}},
                           {"internet", {"インターネット", "Internet"}}};
    configuration.roles = {{"staff", {"職員", "Staff"}}};
    Destination demo;
    demo.id = "demo";
    demo.name = {"見本", "Demonstration"};
    demo.zone = "internet";
    demo.origins = {{Scheme::https, "www.example.jp", 443, false},
                    {Scheme::http, "127.0.0.1", 8080, true}};
    demo.reason = "It is the city's own.";
    demo.approver = "情報政策課長";
    demo.approved = 2026y / 4 / 1;
    demo.expires = 2027y / 3 / 31;
    configuration.destinations = {demo};
    configuration.routes = {{"staff-demo", "lgwan", "staff", "demo"}};
    return configuration;
}

Configuration random_configuration(std::mt19937& random, Day middle) {
    Configuration configuration;
    for (std::size_t i = below(random, 8); i > 0; --i) {
        configuration.zones.push_back({pick_id(random), pick_name(random)});
    }
    for (std::size_t i = below(random, 8); i > 0; --i) {
        configuration.roles.push_back({pick_id(random), pick_name(random)});
    }
    for (std::size_t i = below(random, 8); i > 0; --i) {
        configuration.destinations.push_back({pick_id(random), pick_name(random), pick_id(random),
                                              pick_origins(random), "reason", "approver",
                                              near(random, middle), near(random, middle)});
    }
    for (std::size_t i = below(random, 60); i > 0; --i) {
        configuration.routes.push_back(
            {fmt::format("route-{}", i), pick_id(random), pick_id(random), pick_id(random)});
    }
    return configuration;
}

Configuration random_sound_configuration(std::mt19937& random) {
    Configuration configuration;
    const Day middle = 2026y / 6 / 1;
    for (std::size_t i = 0; i < 4; ++i) {
        const std::string id = fmt::format("id-{}", i);
        if (below(random, 3) == 0) continue;
        configuration.zones.push_back({id, pick_name(random)});
        configuration.roles.push_back({id, pick_name(random)});
        Destination destination{id,       pick_name(random), id,     pick_origins(random),
                                "reason", "approver",        middle, middle};
        destination.expires = Day{std::chrono::sys_days(middle) + std::chrono::days{i}};
        configuration.destinations.push_back(destination);
    }
    for (const Zone& zone : configuration.zones) {
        for (const Destination& destination : configuration.destinations) {
            if (below(random, 2) == 0) continue;
            configuration.routes.push_back(
                {zone.id + "-" + destination.id, zone.id, destination.zone, destination.id});
        }
    }
    return configuration;
}

}  // namespace shoji::policy
