#include "watch/detect/incident/gatherer.h"

#include "watch/detect/incident/testing/alerts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::incident {
namespace {

using testing::alert;
using ::testing::ElementsAre;
using testing::logon;
using testing::monday;
using testing::started;
using ::testing::UnorderedElementsAre;

TEST(Gatherer, TheSameAHundredTimesIsOneFindingAndNoIncident) {
    Gatherer gatherer{Settings{}};
    std::uint64_t id = 0;
    for (int i = 0; i < 100; ++i) {
        id = gatherer.add(alert("pc01", "r", Level::high, monday + i * minute));
    }
    const auto* one = gatherer.find(id);
    ASSERT_NE(one, nullptr);
    ASSERT_EQ(one->findings.size(), 1U);
    EXPECT_EQ(one->findings[0].count, 100U);
    EXPECT_EQ(one->state, State::gathering);
    EXPECT_NEAR(gatherer.risk(*one), 75, 0.01) << "50, and half as much again";
    EXPECT_TRUE(gatherer.incidents().empty());
}

TEST(Gatherer, DifferentThingsAddUp) {
    Gatherer gatherer{Settings{}};
    gatherer.add(alert("pc01", "a", Level::high));
    EXPECT_TRUE(gatherer.incidents().empty());
    gatherer.add(alert("PC01.city.example", "b", Level::high));
    ASSERT_EQ(gatherer.incidents().size(), 1U);
    const auto& one = *gatherer.incidents()[0];
    EXPECT_EQ(one.cause, Cause::risk);
    EXPECT_EQ(one.findings.size(), 2U);
    EXPECT_EQ(gatherer.take_changed(), std::vector<std::uint64_t>{one.id});
    EXPECT_TRUE(gatherer.take_changed().empty());
}

TEST(Gatherer, OneCriticalAlertIsAnIncident) {
    Gatherer gatherer{Settings{}};
    gatherer.add(alert("pc01", "a", Level::critical));
    ASSERT_EQ(gatherer.incidents().size(), 1U);
    EXPECT_EQ(gatherer.incidents()[0]->cause, Cause::critical);
}

TEST(Gatherer, RiskHalvesInThreeDays) {
    Gatherer gatherer{Settings{}};
    const auto id = gatherer.add(alert("pc01", "a", Level::high));
    EXPECT_NEAR(gatherer.find(id)->risk(monday + 72 * hour, gatherer.settings()), 25, 0.01);
    // So that alerts weeks apart do not add up.
    for (int week = 1; week < 20; ++week) {
        event::Activity quiet;
        quiet.host = "pc02";
        for (int at = 0; at < 8; ++at) {
            quiet.time = monday + (7 * week - 7) * day + at * 21 * hour;
            gatherer.observe(quiet);
        }
        gatherer.add(
            alert("pc01", "rule" + std::to_string(week), Level::medium, monday + 7 * week * day));
    }
    EXPECT_TRUE(gatherer.incidents().empty());
}

TEST(Gatherer, OneRuleOnManyHostsCountsLessThanTwice) {
    Settings settings;
    Incident incident;
    for (int i = 0; i < 40; ++i) incident.add(alert("pc" + std::to_string(i), "r"), monday);
    EXPECT_LT(incident.risk(monday, settings), 20 * 1.5 * 2);
    EXPECT_GT(incident.risk(monday, settings), 20 * 1.3 * 1.9);
}

TEST(Gatherer, LinkedHostsAreOneIncident) {
    Gatherer gatherer{Settings{}};
    const auto first = gatherer.add(alert("pc01", "a", Level::high));
    const auto other = gatherer.add(alert("pc02", "b", Level::high));
    EXPECT_NE(first, other);
    auto moved = alert("pc02", "lateral", Level::medium);
    moved.linked = {"pc01", "pc03"};
    EXPECT_EQ(gatherer.add(moved), first);
    EXPECT_EQ(gatherer.add(alert("pc03", "low thing", Level::low)), first);
    ASSERT_EQ(gatherer.incidents().size(), 1U);
    EXPECT_THAT(gatherer.incidents()[0]->hosts, UnorderedElementsAre("pc01", "pc02", "pc03"));
    EXPECT_EQ(gatherer.find(other), nullptr) << "it was only gathered";
}

TEST(Gatherer, AJoinedIncidentIsFoundByItsNumber) {
    Gatherer gatherer{Settings{}};
    const auto first = gatherer.add(alert("pc01", "a", Level::critical));
    const auto other = gatherer.add(alert("pc02", "b", Level::critical));
    auto moved = alert("pc02", "lateral");
    moved.linked = {"pc01"};
    gatherer.add(moved);
    ASSERT_EQ(gatherer.incidents().size(), 1U);
    EXPECT_EQ(gatherer.find(other), gatherer.find(first));
}

TEST(Gatherer, LogonsJoinWhatIsGraveButNotThroughBusyServers) {
    Gatherer gatherer{Settings{}};
    gatherer.observe(logon("pc01", "pc02"));
    const auto grave = gatherer.add(alert("pc01", "a"));
    EXPECT_NE(gatherer.add(alert("pc02", "b", Level::low)), grave);
    EXPECT_EQ(gatherer.add(alert("pc02", "c")), grave);

    for (int i = 10; i < 30; ++i) {
        const auto name = "pc" + std::to_string(i);
        gatherer.observe(logon(name, "fileserver"));
    }
    const auto server = gatherer.add(alert("fileserver", "d"));
    EXPECT_NE(gatherer.add(alert("pc10", "a")), server);
}

TEST(Gatherer, AddressesBecomeHosts) {
    Gatherer gatherer{Settings{}};
    gatherer.name_address("192.0.2.1", "PC01");
    gatherer.observe(logon("192.0.2.1", "pc02"));
    auto taught = logon("192.0.2.3", "pc04");
    taught.domain = "PC03";
    gatherer.observe(taught);
    EXPECT_EQ(gatherer.add(alert("pc01", "a")), gatherer.add(alert("pc02", "b")));
    EXPECT_EQ(gatherer.add(alert("pc03", "a")), gatherer.add(alert("pc04", "b")));
}

TEST(Gatherer, APersonJoinsHostsAndSystemDoesNot) {
    const auto by = [](std::string host, std::string user) {
        auto made = alert(std::move(host), "r");
        made.user = std::move(user);
        return made;
    };
    Gatherer gatherer{Settings{}};
    EXPECT_EQ(gatherer.add(by("pc01", "CITY\\tanaka")), gatherer.add(by("pc02", "tanaka")));
    EXPECT_NE(gatherer.add(by("pc03", "SYSTEM")), gatherer.add(by("pc04", "SYSTEM")));
    EXPECT_NE(gatherer.add(by("pc05", "PC05\\kiosk")), gatherer.add(by("pc06", "PC06\\kiosk")));
    EXPECT_NE(gatherer.add(by("pc07", "PC99$")), gatherer.add(by("pc08", "PC99$")));
}

TEST(Gatherer, UsersOfSharedHostsAreToldApart) {
    Settings settings;
    settings.shared_hosts = {"terminal1"};
    Gatherer gatherer(settings);
    auto one = alert("terminal1", "a", Level::high);
    one.user = "tanaka";
    auto other = alert("terminal1", "b", Level::high);
    other.user = "sato";
    EXPECT_NE(gatherer.add(one), gatherer.add(other));
    EXPECT_TRUE(gatherer.incidents().empty());
}

TEST(Gatherer, TheTreeHasAncestorsAndWhatFollows) {
    Gatherer gatherer{Settings{}};
    gatherer.observe(started("pc01", "C:\\explorer.exe", 1, "C:\\winword.exe", 2));
    gatherer.observe(started("pc01", "C:\\winword.exe", 2, "C:\\cmd.exe", 3, monday + second));
    auto odd = alert("pc01", "odd_parent", Level::critical, monday + second);
    odd.process = "C:\\cmd.exe";
    odd.process_id = 3;
    const auto id = gatherer.add(odd);
    gatherer.observe(started("pc01", "C:\\cmd.exe", 3, "C:\\whoami.exe", 4, monday + 2 * second));
    gatherer.observe(started("pc01", "C:\\winword.exe", 2, "C:\\splwow64.exe", 5, monday + minute));
    gatherer.observe(started("pc02", "C:\\cmd.exe", 3, "C:\\other.exe", 4, monday + minute));
    const auto& tree = gatherer.find(id)->processes;
    ASSERT_EQ(tree.size(), 4U);
    EXPECT_EQ(tree[0].image, "C:\\explorer.exe");
    EXPECT_EQ(tree[0].parent, TreeNode::no_parent);
    EXPECT_EQ(tree[1].parent, 0U);
    EXPECT_EQ(tree[2].image, "C:\\cmd.exe");
    EXPECT_EQ(tree[2].alerts, 1U);
    EXPECT_EQ(tree[3].image, "C:\\whoami.exe");
    EXPECT_EQ(tree[3].parent, 2U);
}

TEST(Gatherer, WhatIsOverIsHistory) {
    Gatherer gatherer{Settings{}};
    auto early = alert("pc01", "early", Level::critical);
    early.user = "tanaka";
    const auto first = gatherer.add(early);
    EXPECT_TRUE(gatherer.close(first));
    EXPECT_FALSE(gatherer.close(first));
    auto late = alert("pc01", "late", Level::critical, monday + hour);
    late.user = "tanaka";
    const auto second_id = gatherer.add(late);
    EXPECT_NE(second_id, first);
    EXPECT_EQ(gatherer.find(first)->state, State::over);
    const auto earlier = gatherer.earlier(*gatherer.find(second_id));
    ASSERT_EQ(earlier.size(), 1U);
    EXPECT_EQ(earlier[0].rule, "early");
    EXPECT_EQ(earlier[0].incident, first);
}

TEST(Gatherer, AnIncidentIsOverAfterTwoQuietWeeks) {
    Gatherer gatherer{Settings{}};
    const auto first = gatherer.add(alert("pc01", "a", Level::critical));
    event::Activity quiet;
    quiet.host = "pc02";
    for (int at = 0; at <= 15 * 2; ++at) {
        quiet.time = monday + at * 12 * hour;
        gatherer.observe(quiet);
    }
    EXPECT_TRUE(gatherer.incidents().empty());
    EXPECT_NE(gatherer.add(alert("pc01", "a", Level::critical, quiet.time)), first);
}

TEST(Gatherer, WhatIsSuppressedIsCountedAndShown) {
    auto suppressions = Suppressions::parse(
        "[[suppression]]\nrule = 'noise'\nowner = 'o'\nreason = 'r'\nexpires = 2026-11-30\n");
    Gatherer gatherer(Settings{}, std::move(*suppressions));
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(gatherer.add(alert("pc01", "noise", Level::critical)), 0U);
    ASSERT_EQ(gatherer.suppressed().size(), 1U);
    EXPECT_EQ(gatherer.suppressed()[0].held, 5U);
    EXPECT_EQ(gatherer.suppressed()[0].rule, "noise");
    const auto id = gatherer.add(alert("pc01", "real", Level::critical));
    const auto earlier = gatherer.earlier(*gatherer.find(id));
    ASSERT_EQ(earlier.size(), 1U);
    EXPECT_TRUE(earlier[0].suppressed);
    EXPECT_EQ(earlier[0].count, 5U);

    event::Activity passes;
    passes.host = "pc02";
    for (int at = 0; at < 20; ++at) {
        passes.time = monday + at * 12 * hour;
        gatherer.observe(passes);
    }
    EXPECT_NE(gatherer.add(alert("pc01", "noise", Level::low, passes.time)), 0U);
    EXPECT_EQ(gatherer.suppressed()[0].late, 1U);
    EXPECT_EQ(gatherer.suppressions().expired(gatherer.now()).size(), 1U);
}

}  // namespace
}  // namespace shoji::incident
