// A whole attack is one incident; an office's weeks are none.
#include "watch/detect/incident/gatherer.h"
#include "watch/detect/intrusion/detector.h"
#include "watch/detect/intrusion/testing/chain.h"
#include "watch/detect/intrusion/testing/lists.h"
#include "watch/detect/intrusion/testing/office.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::intrusion {
namespace {

using incident::day;
using incident::hour;
using ::testing::Contains;
using ::testing::UnorderedElementsAre;

struct Watch {
    Watch() : detector(settings(), testing::lists()), gatherer(incident::Settings{}) {}

    static Settings settings() {
        Settings settings;
        settings.canaries = {std::string(testing::canary)};
        return settings;
    }
    void see(const testing::Scene& scene) {
        for (const auto& activity : scene.activities) {
            gatherer.observe(activity);
            std::vector<Alert> alerts;
            detector.observe(activity, {"scene", ++record}, alerts);
            for (const auto& alert : alerts) {
                ++told[alert.rule];
                gatherer.add(alert);
            }
        }
    }

    Detector detector;
    incident::Gatherer gatherer;
    std::uint64_t record = 0;
    std::map<std::string, int> told;
};

TEST(Scene, AnOfficesWeeksAreNoIncident) {
    Watch watch;
    for (unsigned week = 0; week < 4; ++week) {
        testing::Scene scene;
        testing::add_office_week(scene, week, 60);
        watch.see(scene);
        for (const auto* one : watch.gatherer.incidents()) {
            for (const auto& finding : one->findings) {
                ADD_FAILURE() << "week " << week << ": " << finding.alert.what << ' '
                              << finding.alert.host << " x" << finding.count;
            }
        }
    }
    EXPECT_EQ(watch.told["ransomware"], 0);
    EXPECT_EQ(watch.told["lateral_chain"], 0);
    EXPECT_EQ(watch.told["fan_out"], 0);
    EXPECT_GT(watch.told["persistence"], 0) << "new services are told, quietly";
}

void expect_whole_attack(const incident::Gatherer& gatherer) {
    const auto open = gatherer.incidents();
    ASSERT_EQ(open.size(), 1U);
    const auto& one = *open[0];
    EXPECT_THAT(one.hosts, UnorderedElementsAre("pc11", "pc12", "pc13", "pc14", "pc15"));
    const auto techniques = one.techniques();
    for (const auto* wanted : {"T1204.002", "T1059.003", "T1547.001", "T1003.001", "T1003.002",
                               "T1021.002", "T1543.003", "T1486"}) {
        EXPECT_THAT(techniques, Contains(wanted));
    }
    std::map<std::string, int> rules;
    for (const auto& finding : one.findings) ++rules[finding.alert.rule];
    EXPECT_EQ(rules["ransomware"], 5);
    EXPECT_GE(rules["lateral_move"], 4);
    EXPECT_EQ(rules["lateral_chain"], 1);
    EXPECT_EQ(rules["canary"], 1);
    EXPECT_EQ(rules["odd_parent"], 1);
    EXPECT_EQ(rules["credential"], 2);
    EXPECT_GE(rules["persistence"], 2);
}

TEST(Scene, AnAttackOverFiveHostsIsOneIncident) {
    Watch watch;
    for (unsigned week = 0; week < 2; ++week) {
        testing::Scene scene;
        testing::add_office_week(scene, week, 60);
        watch.see(scene);
    }
    ASSERT_TRUE(watch.gatherer.incidents().empty());
    testing::Scene scene;
    testing::add_office_week(scene, 2, 60);
    testing::add_attack(scene, testing::first_monday + 15 * day + 10 * hour);
    watch.see(scene);
    expect_whole_attack(watch.gatherer);
}

TEST(Scene, AnAttackInAQuietCityIsOneIncidentToo) {
    Watch watch;
    testing::Scene scene;
    testing::add_office_week(scene, 0, 5);
    watch.see(scene);
    testing::Scene attack;
    testing::add_office_week(attack, 1, 5);
    testing::add_attack(attack, testing::first_monday + 8 * day + 10 * hour);
    watch.see(attack);
    expect_whole_attack(watch.gatherer);
}

}  // namespace
}  // namespace shoji::intrusion
