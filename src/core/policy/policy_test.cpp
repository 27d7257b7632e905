#include "core/policy/policy.h"

#include "core/policy/example_test.h"
#include "core/text/text.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace shoji::policy {
namespace {

using namespace std::chrono_literals;

constexpr Day in_force = 2026y / 9 / 1;

Decision ask(std::string zone, std::string role, std::string destination, Day today = in_force) {
    return decide(example(), {std::move(zone), std::move(role), std::move(destination), today});
}

TEST(Decide, SaysYesAlongARoute) {
    EXPECT_EQ(ask("lgwan", "staff", "demo"),
              (Decision{true, "route:staff-demo", "policy.allowed"}));
}

TEST(Decide, NamesWhatIsUnknown) {
    EXPECT_EQ(ask("lobby", "staff", "demo").reason, "policy.zone_unknown");
    EXPECT_EQ(ask("lgwan", "guest", "demo").reason, "policy.role_unknown");
    EXPECT_EQ(ask("lgwan", "staff", "bank").reason, "policy.destination_unknown");
    EXPECT_EQ(ask("internet", "staff", "demo"),
              (Decision{false, "default-deny", "policy.no_route"}));
}

TEST(Decide, HoldsFromTheFirstToTheLastDayOfAnApproval) {
    EXPECT_EQ(ask("lgwan", "staff", "demo", 2026y / 3 / 31),
              (Decision{false, "destination:demo", "policy.not_yet_approved"}));
    EXPECT_TRUE(ask("lgwan", "staff", "demo", 2026y / 4 / 1).allowed);
    EXPECT_TRUE(ask("lgwan", "staff", "demo", 2027y / 3 / 31).allowed);
    EXPECT_EQ(ask("lgwan", "staff", "demo", 2027y / 4 / 1),
              (Decision{false, "destination:demo", "policy.expired"}));
}

TEST(Decide, AllowsNothingByMalformedDates) {
    Configuration configuration = example();
    const Request request{"lgwan", "staff", "demo", in_force};
    configuration.destinations[0].expires = Day{};
    EXPECT_FALSE(decide(configuration, request).allowed);
    configuration = example();
    configuration.destinations[0].approved = Day{};
    EXPECT_FALSE(decide(configuration, request).allowed);
    EXPECT_FALSE(ask("lgwan", "staff", "demo", Day{}).allowed);
    EXPECT_FALSE(ask("lgwan", "staff", "demo", 2026y / 9 / 31).allowed);
}

TEST(Decide, GivesReasonsThatTheCatalogueHas) {
    for (const char* key : {"policy.allowed", "policy.zone_unknown", "policy.role_unknown",
                            "policy.destination_unknown", "policy.no_route",
                            "policy.not_yet_approved", "policy.expired"}) {
        EXPECT_TRUE(text::knows(key)) << key;
    }
}

// Written apart from decide(): all that must hold at once, of the first destination of that id.
bool naive(const Configuration& configuration, const Request& request) {
    const auto has_id = [](std::string_view id) {
        return [id](const auto& item) { return item.id == id; };
    };
    const auto destination =
        std::ranges::find_if(configuration.destinations, has_id(request.destination));
    if (destination == configuration.destinations.end()) return false;
    const std::chrono::sys_days today(request.today);
    return std::ranges::any_of(configuration.zones, has_id(request.terminal_zone)) &&
           std::ranges::any_of(configuration.zones, has_id(destination->zone)) &&
           std::ranges::any_of(configuration.roles, has_id(request.role)) &&
           std::chrono::sys_days(destination->approved) <= today &&
           today <= std::chrono::sys_days(destination->expires) &&
           std::ranges::count(configuration.routes,
                              Route{"", request.terminal_zone, request.role, request.destination},
                              [](Route route) {
                                  route.id = "";
                                  return route;
                              }) > 0;
}

TEST(Decide, EqualsANaiveEvaluatorOverRandomConfigurations) {
    std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same inputs in each run
    int allowed = 0;
    for (int round = 0; round < 5000; ++round) {
        const Configuration configuration = random_configuration(random, in_force);
        const auto id = [&] { return "id-" + std::to_string(random() % 4); };
        const Request request{id(), id(), id(), in_force};
        const Decision decision = decide(configuration, request);
        ASSERT_EQ(decision.allowed, naive(configuration, request));
        ASSERT_EQ(decision.allowed, decision.reason == "policy.allowed");
        ASSERT_TRUE(text::knows(decision.reason));
        if (decision.allowed) {
            ++allowed;
            ASSERT_TRUE(may_see(configuration, request.role, request.destination));
            Configuration without = configuration;
            without.routes.clear();
            ASSERT_FALSE(decide(without, request).allowed);
        }
    }
    EXPECT_GT(allowed, 20);  // else the round proves little
}

TEST(MaySee, FollowsTheRoutesOfARoleFromAnyZone) {
    Configuration configuration = example();
    EXPECT_TRUE(may_see(configuration, "staff", "demo"));
    EXPECT_FALSE(may_see(configuration, "guest", "demo"));
    EXPECT_FALSE(may_see(configuration, "staff", "bank"));
    configuration.routes.clear();
    EXPECT_FALSE(may_see(configuration, "staff", "demo"));
}

TEST(DayInJapan, BeginsNineHoursBeforeUtc) {
    const std::chrono::sys_seconds last = std::chrono::sys_days(2027y / 3 / 31) + 14h + 59min + 59s;
    EXPECT_EQ(day_in_japan(last), 2027y / 3 / 31);
    EXPECT_EQ(day_in_japan(last + 1s), 2027y / 4 / 1);
    EXPECT_EQ(end_of_day_in_japan(2027y / 3 / 31), last + 1s);
}

}  // namespace
}  // namespace shoji::policy
