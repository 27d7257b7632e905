// Bounds and state: whatever comes, and wherever it is cut.
#include "watch/detect/intrusion/detector.h"
#include "watch/detect/intrusion/testing/chain.h"
#include "watch/detect/intrusion/testing/office.h"
#include "watch/detect/intrusion/testing/watch.h"

#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace shoji::intrusion {
namespace {

using event::ActivityKind;
using incident::day;
using incident::hour;

Settings small() {
    Settings settings;
    settings.canaries = {std::string(testing::canary)};
    settings.learning = day;
    settings.most_usual = 40;
    settings.most_hosts = 20;
    settings.most_sources = 15;
    settings.most_storms = 6;
    return settings;
}

void run(Detector& detector, std::span<const event::Activity> activities, std::string& told) {
    std::vector<Alert> alerts;
    for (const auto& activity : activities) detector.observe(activity, {"scene", 1}, alerts);
    for (const auto& alert : alerts) {
        told += alert.rule + ' ' + alert.host;
        for (const auto& value : alert.values) told += ' ' + value.value;
        told += '\n';
    }
}

TEST(DetectorState, CutAnywhereItGoesOnAsIfItHadNot) {
    testing::Scene scene;
    testing::add_office_week(scene, 0, 12);
    testing::add_attack(scene, testing::first_monday + 3 * day + 9 * hour);
    const std::span all(scene.activities);
    Detector whole(small(), testing::lists());
    std::string wanted;
    run(whole, all, wanted);
    ASSERT_NE(wanted.find("ransomware"), std::string::npos);
    ASSERT_GT(whole.losses().displaced, 0U) << "the limits were met";
    for (std::size_t cut = 0; cut < all.size(); cut += all.size() / 23) {
        std::string told;
        Detector before(small(), testing::lists());
        run(before, all.first(cut), told);
        Detector after(small(), testing::lists());
        ASSERT_TRUE(after.load(before.save()));
        run(after, all.subspan(cut), told);
        ASSERT_EQ(told, wanted) << "cut at " << cut;
        ASSERT_EQ(after.save(), whole.save()) << "cut at " << cut;
    }
}

TEST(DetectorState, DamageIsRefusedOrHarmless) {
    testing::Scene scene;
    testing::add_office_week(scene, 0, 3);
    testing::add_attack(scene, testing::first_monday + 3 * day);
    Detector whole(small(), testing::lists());
    std::string told;
    run(whole, scene.activities, told);
    const auto bytes = whole.save();
    for (std::size_t size = 0; size < bytes.size(); size += 97) {
        Detector cut(small(), testing::lists());
        EXPECT_FALSE(cut.load(std::span(bytes).first(size)));
    }
    std::mt19937 random(1);
    const std::span some(scene.activities.data() + 100, 100);
    for (int i = 0; i < 1000; ++i) {
        auto damaged = bytes;
        damaged[random() % damaged.size()] ^= static_cast<std::uint8_t>(1U << (random() % 8));
        Detector one(small(), testing::lists());
        if (one.load(damaged)) run(one, some, told);
    }
}

// Every kind of activity with all texts being `text`.
std::vector<event::Activity> all_kinds(std::string_view text, event::Time time) {
    std::vector<event::Activity> all;
    for (int kind = 0; kind <= static_cast<int>(ActivityKind::screen_input); ++kind) {
        event::Activity one;
        one.kind = static_cast<ActivityKind>(kind);
        one.time = time;
        one.host = one.user = one.process = one.parent = one.command = one.peer = one.domain = text;
        one.path = one.target = one.protocol = text;
        one.logon_type = 3;
        one.entropy = 7.9;
        all.push_back(one);
    }
    return all;
}

TEST(DetectorBounds, HugeAndBrokenTextsAreCut) {
    Detector detector(small(), testing::lists());
    std::string told;
    const std::string huge(10'000'000, '\xff');
    for (int i = 0; i < 3; ++i) {
        run(detector, all_kinds(huge, testing::first_monday + i * 2 * day), told);
        run(detector, all_kinds({}, testing::first_monday + i * 2 * day), told);
        run(detector, all_kinds("\\", testing::first_monday + i * 2 * day), told);
        run(detector, all_kinds("a.b.", testing::first_monday + i * 2 * day), told);
    }
    EXPECT_LT(detector.save().size(), 100'000U);
}

TEST(DetectorBounds, AHostsClockMovesNobody) {
    Detector detector(small(), testing::lists());
    std::string told;
    run(detector, all_kinds("pc1", testing::first_monday), told);
    run(detector, all_kinds("pc2", testing::first_monday), told);
    for (const event::Time time :
         {event::Time{0}, event::Time{5}, event::Time{-5}, std::numeric_limits<event::Time>::max(),
          std::numeric_limits<event::Time>::min(), testing::first_monday + 400 * day}) {
        run(detector, all_kinds("liar", time), told);
    }
    EXPECT_TRUE(detector.is_learning()) << "a liar does not end the learning";
    EXPECT_GT(detector.losses().untimely, 0U);
}

TEST(DetectorBounds, AMillionNamesStayWithinLimitsAndAreTold) {
    Detector detector(small(), testing::lists());
    std::string told;
    run(detector, all_kinds("pc1", testing::first_monday), told);
    std::vector<Alert> alerts;
    std::size_t most = 0;
    for (int i = 0; i < 1'000'000; ++i) {
        std::string name;  // without digits, which would make them alike
        for (int rest = i; rest > 0; rest /= 10) name += static_cast<char>('p' + rest % 10);
        event::Activity one;
        one.kind = i % 2 == 0 ? ActivityKind::service : ActivityKind::file_write;
        one.time = testing::first_monday;
        one.host = one.process = one.target = one.path = name;
        detector.observe(one, {}, alerts);
        if (i % 100'000 == 0) most = std::max(most, detector.save().size());
    }
    EXPECT_LT(most, 100'000U);
    EXPECT_GT(detector.losses().displaced, 900'000U);
}

}  // namespace
}  // namespace shoji::intrusion
