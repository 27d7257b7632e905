#include "watch/detect/beacon/detector.h"

#include "watch/detect/beacon/testing/traffic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::beacon {
namespace {

using ::testing::SizeIs;

// Thirty terminals that have been on for `days`, and each talks to sites of its own now and then.
void fill_city(Detector& detector, int days) {
    for (event::Time time = 0; time < days * a_day; time += an_hour) {
        for (int host = 0; host < 30; ++host) {
            detector.add(sign_of_life("pc" + std::to_string(host), monday + time));
        }
    }
}

// A contact each minute with 420 bytes, for so many hours from `start` on.
void beacon_for(Detector& detector, const event::Activity& like, event::Time start, int hours) {
    for (int i = 0; i < hours * 60; ++i) {
        auto activity = like;
        activity.time = start + i * 60 * a_second;
        activity.bytes_out = 420;
        detector.add(activity);
    }
}

TEST(Detector, tells_of_a_beacon_with_all_that_there_is_to_tell) {
    Detector detector(small_settings());
    fill_city(detector, 2);
    beacon_for(detector, request("pc3", "evil.example", 0), monday + 2 * a_day, 12);
    const auto alerts = detector.take_alerts();
    ASSERT_EQ(count(alerts, AlertKind::beacon), 1U);
    const auto& alert = alerts.front();
    EXPECT_EQ(alert.host, "pc3");
    EXPECT_EQ(alert.destination, "evil.example");
    EXPECT_GE(alert.contacts, 300U);
    EXPECT_EQ(alert.first, monday + 2 * a_day);
    EXPECT_DOUBLE_EQ(alert.middle_pause, 60);
    EXPECT_DOUBLE_EQ(alert.middle_size, 420);
    EXPECT_DOUBLE_EQ(alert.scores.timestamp, 1);
    EXPECT_DOUBLE_EQ(alert.scores.data_size, 1);
    EXPECT_GE(alert.threat, 0.85);
    EXPECT_LE(alert.threat, 1);
    EXPECT_DOUBLE_EQ(alert.modifiers.prevalence, 0.15);
    EXPECT_DOUBLE_EQ(alert.modifiers.first_seen, 0.15);
    EXPECT_EQ(alert.hosts, 1U);
    EXPECT_EQ(alert.network, 30U);
    EXPECT_LE(alert.time - alert.first, 9 * an_hour);
    EXPECT_THAT(detector.take_alerts(), SizeIs(0));
}

TEST(Detector, tells_of_the_same_thing_once) {
    Detector detector(small_settings());
    fill_city(detector, 2);
    beacon_for(detector, request("pc3", "evil.example", 0), monday + 2 * a_day, 100);
    EXPECT_EQ(count(detector.take_alerts(), AlertKind::beacon), 1U);
}

TEST(Detector, what_everybody_does_is_no_beacon) {
    Detector detector(small_settings());
    fill_city(detector, 2);
    for (int i = 0; i < 48 * 60; ++i) {
        for (int host = 0; host < 30; ++host) {
            detector.add(request("pc" + std::to_string(host), "updates.example",
                                 monday + 2 * a_day + i * 60 * a_second));
        }
    }
    EXPECT_THAT(detector.take_alerts(), SizeIs(0));
    EXPECT_EQ(detector.statistics().pairs, 0U) << "and takes no room pair by pair";
}

TEST(Detector, what_is_inside_is_not_outside) {
    auto settings = small_settings();
    settings.inside = {"city.lg.jp"};
    Detector detector(settings);
    fill_city(detector, 2);
    beacon_for(detector, request("pc3", "app.city.lg.jp", 0), monday + 2 * a_day, 24);
    beacon_for(detector, query("pc4", "app.city.lg.jp", 0), monday + 3 * a_day, 24);
    auto connection = request("pc5", "", 0);
    connection.kind = event::ActivityKind::connection;
    connection.peer = "10.1.2.3";
    beacon_for(detector, connection, monday + 4 * a_day, 24);
    EXPECT_THAT(detector.take_alerts(), SizeIs(0));
    beacon_for(detector, request("pc3", "appcity.lg.jp", 0), monday + 5 * a_day, 24);
    EXPECT_EQ(count(detector.take_alerts(), AlertKind::beacon), 1U);
}

TEST(Detector, nights_between_days_of_work_are_no_pauses) {
    Detector detector(small_settings());
    fill_city(detector, 2);
    for (int day = 2; day < 6; ++day) {
        for (int minute = 0; minute < 8 * 60; minute += 30) {
            const auto time = monday + day * a_day + minute * 60 * a_second;
            detector.add(sign_of_life("pc3", time - 60 * a_second));
            detector.add(request("pc3", "evil.example", time));
        }
    }
    const auto alerts = detector.take_alerts();
    ASSERT_EQ(count(alerts, AlertKind::beacon), 1U);
    EXPECT_DOUBLE_EQ(alerts.front().middle_pause, 1800);
}

TEST(Detector, a_front_is_a_destination_of_its_own) {
    Detector detector(small_settings());
    fill_city(detector, 2);
    for (int host = 0; host < 30; ++host) {
        detector.add(request("pc" + std::to_string(host), "cdn.example", monday + 2 * a_day));
    }
    auto fronted = request("pc3", "cdn.example", 0);
    fronted.host_header = "hidden.example";
    beacon_for(detector, fronted, monday + 2 * a_day, 12);
    auto headerless = request("pc4", "cdn.example", 0);
    headerless.host_header = "";
    beacon_for(detector, headerless, monday + 2 * a_day + 12 * an_hour, 12);
    const auto alerts = detector.take_alerts();
    ASSERT_EQ(count(alerts, AlertKind::beacon), 2U);
    EXPECT_EQ(alerts[0].destination, "cdn.example as hidden.example");
    EXPECT_EQ(alerts[1].destination, "cdn.example without a header");
    EXPECT_DOUBLE_EQ(alerts[0].modifiers.missing_header, 0.1);
}

TEST(Detector, a_long_connection_is_told_by_its_hours) {
    Detector detector(small_settings());
    fill_city(detector, 2);
    auto tunnel = request("pc3", "", monday + 2 * a_day);
    tunnel.kind = event::ActivityKind::connection;
    tunnel.peer = "203.0.113.7";
    tunnel.signature = "";
    tunnel.duration = 5 * an_hour;
    detector.add(tunnel);
    EXPECT_THAT(detector.take_alerts(), SizeIs(0));
    tunnel.time += 6 * an_hour;
    detector.add(tunnel);
    const auto alerts = detector.take_alerts();
    ASSERT_EQ(count(alerts, AlertKind::long_connection), 1U);
    EXPECT_EQ(alerts.front().destination, "203.0.113.7");
    EXPECT_DOUBLE_EQ(alerts.front().open_hours, 10);
}

TEST(Detector, a_rare_destination_of_a_rare_client_that_comes_back) {
    Detector detector(small_settings());
    fill_city(detector, 2);
    auto visit = request("pc3", "rare.example", monday + 2 * a_day);
    const auto visits = [&](std::string_view client) {
        visit.signature = client;
        for (int i = 0; i < 3; ++i) {
            visit.time += 11 * an_hour;
            detector.add(sign_of_life("pc3", visit.time - an_hour));
            detector.add(visit);
        }
    };
    detector.add(request("pc3", "other.example", monday + 2 * a_day));
    visits("browser");
    EXPECT_THAT(detector.take_alerts(), SizeIs(0));
    visit.domain = visit.host_header = "rare2.example";
    visits("implant");
    const auto alerts = detector.take_alerts();
    ASSERT_THAT(alerts, SizeIs(1));
    EXPECT_EQ(alerts.front().kind, AlertKind::rare_destination);
    EXPECT_EQ(alerts.front().destination, "rare2.example");
}

TEST(Detector, young_domains_come_from_a_list) {
    Detector detector(small_settings());
    detector.set_lists(*DomainList::read("young.example 2026-05-20\nold.example 2020-01-01\n"
                                         "new.example\n"),
                       {});
    detector.add(request("pc1", "a.young.example", monday));
    detector.add(request("pc1", "old.example", monday));
    detector.add(query("pc2", "www.new.example", monday));
    const auto alerts = detector.take_alerts();
    ASSERT_EQ(count(alerts, AlertKind::young_domain), 2U);
    EXPECT_EQ(alerts[0].destination, "a.young.example");
    EXPECT_EQ(alerts[1].destination, "dns:new.example");
}

TEST(Detector, known_domains_are_held_back_and_counted) {
    Detector detector(small_settings());
    detector.set_lists({}, *DomainList::read("evil.example\n"));
    fill_city(detector, 2);
    beacon_for(detector, request("pc3", "c2.evil.example", 0), monday + 2 * a_day, 12);
    EXPECT_THAT(detector.take_alerts(), SizeIs(0));
    EXPECT_EQ(detector.statistics().known, 1U);
}

TEST(Detector, names_by_chance_within_an_hour) {
    Detector detector(small_settings());
    const char* const names[] = {"bkzxwqpjvh", "pldtkrwnqmz", "xqzjvkwpfh", "vbnqxzkjwt",
                                 "qwxzkvjpbm", "zkxjqvwbpg",  "hxqzvjkwpd", "wzxqkvjbnm",
                                 "kqzxjwvpbf", "jxqkzvwpbt",  "vqxzjkwbph", "xkqzvjwpbd",
                                 "zqxkjvwpbr", "qzkxvjwbps",  "xzqjkvwpbn", "kzxqvjwbpl",
                                 "vzqxkjwpbc", "jqzxkvwbpm",  "wqxzkjvpbk", "zxkqjvwbpx"};
    event::Time time = monday;
    for (const auto* name : names) {
        // The same words for a person, who also misspells.
        detector.add(query("pc1", "tenki-yohou.example", time));
        detector.add(query("pc2", std::string(name) + ".com", time += 3 * a_second));
    }
    const auto alerts = detector.take_alerts();
    ASSERT_EQ(count(alerts, AlertKind::generated_names), 1U);
    EXPECT_EQ(alerts.front().host, "pc2");
    EXPECT_GE(alerts.front().names, 12U);
}

TEST(Detector, trying_what_the_policy_denies) {
    Detector detector(small_settings());
    fill_city(detector, 2);
    auto attempt = request("pc3", "", 0);
    attempt.kind = event::ActivityKind::connection;
    attempt.peer = "203.0.113.9";
    attempt.denied = true;
    for (int i = 0; i < 30; ++i) {
        attempt.time = monday + 2 * a_day + i * 600 * a_second;
        detector.add(attempt);
    }
    const auto alerts = detector.take_alerts();
    ASSERT_EQ(count(alerts, AlertKind::denied), 1U);
    EXPECT_EQ(alerts.front().destination, "denied:203.0.113.9");
    EXPECT_LE(alerts.front().time - alerts.front().first, 3 * an_hour);
}

TEST(Detector, what_is_denied_to_everybody_is_no_alert) {
    Detector detector(small_settings());
    fill_city(detector, 2);
    for (int i = 0; i < 60; ++i) {
        for (int host = 0; host < 30; ++host) {
            const std::string name = "pc" + std::to_string(host);
            auto attempt =
                request(name, "metrics.example", monday + 2 * a_day + i * 600 * a_second);
            attempt.denied = true;
            detector.add(attempt);
        }
    }
    EXPECT_THAT(detector.take_alerts(), SizeIs(0));
}

}  // namespace
}  // namespace shoji::beacon
