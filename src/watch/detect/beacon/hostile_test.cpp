// What an attacker, or a broken clock, can make of the input.
#include "watch/detect/beacon/detector.h"
#include "watch/detect/beacon/testing/traffic.h"
#include "watch/detect/city/city.h"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>

namespace shoji::beacon {
namespace {

TEST(Hostile, texts_of_ten_megabytes) {
    const std::string giant(10'000'000, 'A');
    Detector detector(small_settings());
    for (int i = 0; i < 20; ++i) {
        auto activity = request(giant, giant, monday + i * 60 * a_second);
        activity.host_header = activity.signature = activity.peer = activity.method = giant;
        detector.add(activity);
        activity.kind = event::ActivityKind::query;
        detector.add(activity);
    }
    EXPECT_EQ(detector.statistics().hosts, 1U);
    EXPECT_EQ(detector.statistics().destinations, 2U);
    EXPECT_LT(detector.save().size(), 20'000U);
}

TEST(Hostile, empty_texts_and_no_times_are_counted) {
    Detector detector(small_settings());
    detector.add(request("", "a.example", monday));
    detector.add(request("pc", "", monday));
    detector.add(query("pc", "", monday));
    detector.add(query("pc", ".", monday));
    detector.add(request("pc", "a.example", 0));
    detector.add(request("pc", "a.example", -a_day));
    detector.add(request("pc", "a.example", INT64_MAX));
    detector.add(request("pc", "a.example", INT64_MIN));
    auto file = request("", "", monday);
    file.kind = event::ActivityKind::file_read;
    detector.add(file);  // nothing of the outside: no loss
    const auto dropped = detector.statistics().dropped;
    EXPECT_EQ(dropped.nameless, 4U);
    EXPECT_EQ(dropped.untimed, 4U);
}

TEST(Hostile, odd_durations_and_sizes) {
    Detector detector(small_settings());
    for (int i = 0; i < 100; ++i) {
        auto activity = request("pc", "a.example", monday + i * an_hour);
        activity.kind = event::ActivityKind::connection;
        activity.peer = "203.0.113.1";
        activity.duration = i % 2 == 0 ? INT64_MAX : INT64_MIN;
        activity.bytes_out = UINT64_MAX;
        detector.add(activity);
    }
    for (const auto& alert : detector.take_alerts()) {
        EXPECT_GE(alert.threat, 0);
        EXPECT_LE(alert.threat, 1);
    }
}

TEST(Hostile, clocks_that_run_backwards_or_stand_in_1970) {
    Detector detector(small_settings());
    constexpr int minutes = 10 * 24 * 60;
    for (int i = 0; i < minutes; ++i) {
        const auto now = monday + i * 60 * a_second;
        detector.add(request("good", "evil.example", now));
        detector.add(request("back", "b.example", monday + 30 * 60 * a_second - i * a_second));
        detector.add(request("born", "c.example", (1 + i) * a_second));
        detector.add(request("late", "d.example", now + 300 * a_day));
    }
    const auto alerts = detector.take_alerts();
    ASSERT_GE(count(alerts, AlertKind::beacon), 1U);
    for (const auto& alert : alerts) EXPECT_EQ(alert.host, "good");
    // The terminals of 1970 and of next year in whole, the one that runs backwards from its second
    // day on.
    EXPECT_GT(detector.statistics().dropped.strange_clock, 2U * minutes);
    EXPECT_LT(detector.statistics().dropped.strange_clock, 3U * minutes);
    EXPECT_EQ(detector.statistics().hosts, 2U);
}

// Sanitizers make the same way longer.
#if defined(__SANITIZE_ADDRESS__) || defined(__clang__)
constexpr int flood = 1'000'000;
#else
constexpr int flood = 10'000'000;
#endif

TEST(Hostile, ten_million_destinations_of_one_terminal) {
    Settings settings;
    settings.memory_bytes = 8 << 20;
    const auto limits = Limits::of(settings.memory_bytes);
    Detector detector(settings);
    for (event::Time time = 0; time < 2 * a_day; time += an_hour) {
        for (int host = 0; host < 20; ++host) {
            detector.add(sign_of_life("pc" + std::to_string(host), monday + time));
        }
    }
    // Another terminal's beacon goes on meanwhile, and is found.
    std::string name;
    for (int i = 0; i < flood; ++i) {
        const auto time = monday + 2 * a_day + i * (24 * an_hour / flood);
        name = "x" + std::to_string(i) + ".example";
        detector.add(request("pc1", name, time));
        if (i % (flood / 1440) == 0) detector.add(request("pc2", "evil.example", time));
    }
    const auto alerts = detector.take_alerts();
    ASSERT_EQ(count(alerts, AlertKind::beacon), 1U);
    ASSERT_GE(count(alerts, AlertKind::flood), 1U);
    for (const auto& alert : alerts) {
        EXPECT_EQ(alert.host, alert.kind == AlertKind::flood ? "pc1" : "pc2");
    }
    const auto statistics = detector.statistics();
    EXPECT_LE(statistics.pairs, limits.pairs_of_host + 1);
    EXPECT_LE(statistics.destinations, limits.targets);
    // Nothing is let go without being counted.
    EXPECT_EQ(
        statistics.dropped.forgotten_pairs + statistics.pairs + statistics.dropped.destinations,
        flood + 1U);
}

TEST(Hostile, more_terminals_than_there_is_room_for) {
    Settings settings;
    settings.memory_bytes = 1 << 20;
    const auto limits = Limits::of(settings.memory_bytes);
    Detector detector(settings);
    for (std::uint32_t i = 0; i < limits.hosts + 1000; ++i) {
        detector.add(request("pc" + std::to_string(i), "a" + std::to_string(i) + ".example",
                             monday + i * 1000));
    }
    EXPECT_EQ(detector.statistics().hosts, limits.hosts);
    EXPECT_EQ(detector.statistics().dropped.hosts, 1000U);
}

TEST(Hostile, alerts_that_nobody_fetches_are_bounded_and_counted) {
    Settings settings;
    settings.memory_bytes = 64 << 20;
    settings.common_hosts = 1'000'000;
    Detector detector(settings);
    detector.set_lists(*DomainList::read("example\n"), {});
    constexpr std::uint32_t more = 100;
    for (std::uint32_t i = 0; i < Detector::most_alerts + more; ++i) {
        detector.add(
            request("pc" + std::to_string(i % 100), "d" + std::to_string(i) + ".example", monday));
    }
    EXPECT_EQ(detector.take_alerts().size(), Detector::most_alerts);
    EXPECT_EQ(detector.statistics().dropped.alerts, more);
}

using Who = std::multimap<std::pair<AlertKind, std::string>, std::uint64_t>;

// The city's alerts when its terminals bear other names.
Who alerts_of(const std::string& prefix) {
    city::CityPlan plan;
    plan.terminals = 60;
    plan.day_count = 5;
    for (std::uint32_t i = 0; i < city::attack_kinds; ++i) {
        city::Attack attack;
        attack.kind = static_cast<city::AttackKind>(i);
        attack.host = i;
        attack.start = plan.start + 2 * city::days + 9 * city::hours;
        plan.attacks.push_back(attack);
    }
    city::City city(plan);
    auto settings = small_settings();
    settings.memory_bytes = 32 << 20;
    Detector detector(settings);
    event::Activity activity;
    city::Label label = 0;
    std::string name;
    while (city.next(activity, label)) {
        name = prefix + std::string(activity.host.rbegin(), activity.host.rend());
        activity.host = name;
        detector.add(activity);
    }
    Who who;
    for (const auto& alert : detector.take_alerts()) {
        who.emplace(std::pair(alert.kind, alert.host.substr(prefix.size())), alert.contacts);
    }
    return who;
}

TEST(DetectorProperty, the_names_of_terminals_change_nothing) {
    const auto one = alerts_of("a");
    EXPECT_GE(one.size(), 5U);
    EXPECT_EQ(one, alerts_of("zz-"));
}

}  // namespace
}  // namespace shoji::beacon
