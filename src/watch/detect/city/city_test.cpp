#include "watch/detect/city/city.h"

#include "watch/detect/city/attack.h"
#include "watch/detect/city/service.h"

#include <map>
#include <set>
#include <stdexcept>

#include <gtest/gtest.h>

namespace shoji::city {
namespace {

using event::Activity;
using event::ActivityKind;

CityPlan small_plan() {
    CityPlan plan;
    plan.terminals = 50;
    plan.day_count = 7;
    return plan;
}

CityPlan attacked_plan() {
    CityPlan plan = small_plan();
    for (std::size_t i = 0; i < attack_kinds; ++i) {
        plan.attacks.push_back({.kind = static_cast<AttackKind>(i),
                                .host = static_cast<std::uint32_t>(i),
                                .start = plan.start + 10 * hours});
    }
    return plan;
}

std::uint64_t fold(std::uint64_t sum, std::string_view text) {
    for (const char c : text) sum = mix(sum ^ static_cast<unsigned char>(c));
    return sum;
}

// Everything that a city says, as one number.
std::uint64_t fingerprint(const CityPlan& plan) {
    City city(plan);
    Activity activity;
    Label label = 0;
    std::uint64_t sum = 0;
    while (city.next(activity, label)) {
        sum = mix(sum, static_cast<std::uint64_t>(activity.time), label);
        sum = mix(sum, activity.bytes_out, activity.bytes_in);
        sum = mix(sum, static_cast<std::uint64_t>(activity.duration),
                  static_cast<std::uint64_t>(activity.kind));
        for (const auto text : {activity.host, activity.user, activity.domain, activity.peer,
                                activity.path, activity.text, activity.process}) {
            sum = fold(sum, text);
        }
    }
    return sum;
}

TEST(City, comes_in_the_order_of_time_within_its_days) {
    const auto plan = attacked_plan();
    City city(plan);
    Activity activity;
    Label label = 0;
    Time before = plan.start;
    while (city.next(activity, label)) {
        ASSERT_GE(activity.time, before);
        before = activity.time;
    }
    EXPECT_LT(before, plan.start + 7 * days);
    EXPECT_FALSE(city.next(activity, label));
}

TEST(City, is_the_same_for_the_same_plan_and_another_for_another_seed) {
    auto plan = attacked_plan();
    plan.day_count = 2;
    const auto first = fingerprint(plan);
    EXPECT_EQ(fingerprint(plan), first);
    plan.seed = 2;
    EXPECT_NE(fingerprint(plan), first);
}

TEST(City, says_everything_that_people_and_machines_do) {
    const auto plan = small_plan();
    City city(plan);
    Activity activity;
    Label label = 0;
    std::map<ActivityKind, std::uint64_t> kinds;
    std::uint64_t denied = 0;
    std::uint64_t sticks = 0;
    std::uint64_t classified = 0;
    while (city.next(activity, label)) {
        ASSERT_EQ(label, 0U);
        ASSERT_FALSE(activity.host.empty());
        ++kinds[activity.kind];
        denied += activity.denied ? 1 : 0;
        sticks += activity.path.starts_with("E:") ? 1 : 0;
        classified += activity.path.starts_with(R"(\\fs01\mynumber)") ? 1 : 0;
    }
    using enum ActivityKind;
    for (const auto kind : {connection, request, query, icmp, file_read, file_write, file_rename,
                            process, logon, mail, print, capture, screen_input}) {
        EXPECT_GT(kinds[kind], 0U) << static_cast<int>(kind);
    }
    EXPECT_GT(denied, 0U);
    EXPECT_GT(sticks, 0U);
    EXPECT_GT(classified, 0U);
}

TEST(City, works_by_day_eats_at_noon_and_rests_on_saturdays) {
    CityPlan plan = small_plan();
    plan.terminals = 200;
    City city(plan);
    Activity activity;
    Label label = 0;
    std::map<Time, std::uint64_t> by_hour;
    std::uint64_t saturday = 0;
    while (city.next(activity, label)) {
        if (activity.kind != ActivityKind::request || activity.signature.empty()) continue;
        if (activity.process.find("msedge") == std::string_view::npos) continue;
        const Time since = activity.time - plan.start;
        ++by_hour[since % days / hours];
        saturday += since / days == 5 ? 1 : 0;
    }
    EXPECT_EQ(by_hour[3], 0U);
    EXPECT_LT(by_hour[12], by_hour[10] * 3 / 4);
    EXPECT_LT(saturday * 10, by_hour[10]);
}

TEST(City, labels_each_attack_on_its_own_terminal) {
    const auto plan = attacked_plan();
    City city(plan);
    Activity activity;
    Label label = 0;
    std::map<Label, std::uint64_t> acts;
    while (city.next(activity, label)) {
        if (label == 0) continue;
        ASSERT_LE(label, plan.attacks.size());
        ASSERT_EQ(activity.host, city.world().host(plan.attacks[label - 1].host));
        ASSERT_GE(activity.time, plan.attacks[label - 1].start);
        ++acts[label];
    }
    for (Label i = 1; i <= plan.attacks.size(); ++i) {
        EXPECT_GT(acts[i], 0U) << name_of(plan.attacks[i - 1].kind);
    }
}

TEST(City, an_attack_ends_when_its_plan_says) {
    auto plan = attacked_plan();
    for (auto& attack : plan.attacks) attack.end = attack.start + 30 * hours;
    City city(plan);
    Activity activity;
    Label label = 0;
    while (city.next(activity, label)) {
        if (label != 0) {
            ASSERT_LT(activity.time, plan.attacks[label - 1].end);
        }
    }
}

TEST(City, the_normal_traffic_is_the_same_with_and_without_attacks) {
    auto plan = attacked_plan();
    plan.day_count = 2;
    City with(plan);
    plan.attacks.clear();
    City without(plan);
    Activity one;
    Activity other;
    Label label = 0;
    Label none = 0;
    while (without.next(other, none)) {
        do {
            ASSERT_TRUE(with.next(one, label));
        } while (label != 0);
        ASSERT_EQ(one.time, other.time);
        ASSERT_EQ(one.host, other.host);
        ASSERT_EQ(one.domain, other.domain);
    }
}

TEST(City, each_service_is_found_as_often_as_its_line_says) {
    CityPlan plan;
    const World world(plan);
    for (std::size_t i = 0; i < services().size(); ++i) {
        const auto& service = services()[i];
        std::uint32_t have = 0;
        for (std::uint32_t host = 0; host < world.hosts(); ++host) {
            have += has_service(world, host, i) ? 1 : 0;
        }
        const auto pool = service.on == Service::On::servers ? world.hosts() - world.terminals()
                                                             : world.terminals();
        EXPECT_GT(have, 0U) << service.name;
        if (service.per_mille == 1000) {
            EXPECT_EQ(have, pool) << service.name;
        }
        EXPECT_LE(have, pool * service.per_mille / 500 + 2) << service.name;
    }
}

TEST(City, holidays_are_days_without_work) {
    CityPlan plan;
    plan.start = Time{20454} * days - 9 * hours;  // 1 January 2026
    EXPECT_TRUE(World(plan).workday(0));
    plan.holidays = true;
    const World world(plan);
    EXPECT_FALSE(world.workday(0));
    EXPECT_TRUE(world.workday(1));
    EXPECT_FALSE(world.workday(2));   // a Saturday
    EXPECT_FALSE(world.workday(11));  // Coming of Age Day
}

TEST(City, refuses_plans_that_cannot_be) {
    CityPlan plan;
    plan.terminals = 0;
    EXPECT_THROW(City{plan}, std::invalid_argument);
    plan.terminals = 2;
    plan.attacks.push_back({.host = 2});
    EXPECT_THROW(City{plan}, std::invalid_argument);
}

TEST(CityRandom, stays_within_its_bounds) {
    Random random(7);
    double sum = 0;
    for (int i = 0; i < 200'000; ++i) {
        ASSERT_LT(random.below(10), 10U);
        ASSERT_LT(random.rank(6), 63U);
        const auto size = random.size(1000, 3);
        ASSERT_GE(size, 125U);
        ASSERT_LE(size, 8000U);
        const Time pause = random.exponential(hours);
        ASSERT_GE(pause, 0);
        ASSERT_LE(pause, 45 * hours);
        sum += static_cast<double>(pause) / hours;
    }
    EXPECT_NEAR(sum / 200'000, 1.0, 0.02);
}

}  // namespace
}  // namespace shoji::city
