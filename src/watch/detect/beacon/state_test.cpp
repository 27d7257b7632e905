#include "watch/detect/beacon/detector.h"
#include "watch/detect/beacon/testing/traffic.h"
#include "watch/detect/city/city.h"

#include <tuple>

#include <gtest/gtest.h>

namespace shoji::beacon {
namespace {

city::CityPlan attacked_city() {
    city::CityPlan plan;
    plan.terminals = 60;
    plan.day_count = 6;
    for (std::uint32_t i = 0; i < city::attack_kinds; ++i) {
        city::Attack attack;
        attack.kind = static_cast<city::AttackKind>(i);
        attack.host = i;
        attack.start = plan.start + 2 * city::days + 9 * city::hours;
        plan.attacks.push_back(attack);
    }
    return plan;
}

auto words_of(const Alert& alert) {
    return std::tuple(alert.kind, alert.time, alert.host, alert.destination, alert.contacts,
                      alert.threat, alert.scores.total(), alert.hosts);
}
using Words = std::vector<decltype(words_of(Alert{}))>;

// Runs the city, and every `cut` activities through bytes; 0: never.
struct Run {
    Words alerts;
    std::vector<std::uint8_t> state;
};
Run run(std::size_t memory, std::uint64_t cut) {
    Settings settings;
    settings.memory_bytes = memory;
    settings.inside = {"city.lg.jp"};
    settings.key = 99;
    Detector detector(settings);
    city::City city(attacked_city());
    event::Activity activity;
    city::Label label = 0;
    Run run;
    for (std::uint64_t i = 1; city.next(activity, label); ++i) {
        detector.add(activity);
        for (const auto& alert : detector.take_alerts()) run.alerts.push_back(words_of(alert));
        if (cut == 0 || i % cut != 0) continue;
        auto loaded = Detector::load(detector.save(), settings);
        EXPECT_TRUE(loaded) << i;
        if (!loaded) return run;
        detector = std::move(*loaded);
    }
    run.state = detector.save();
    return run;
}

TEST(State, going_on_from_bytes_is_as_if_nothing_had_been) {
    const auto whole = run(16 << 20, 0);
    ASSERT_GE(whole.alerts.size(), 5U);
    const auto cut = run(16 << 20, 7919);
    EXPECT_EQ(cut.alerts, whole.alerts);
    EXPECT_EQ(cut.state, whole.state);
}

TEST(State, also_when_there_is_too_little_room) {
    const auto whole = run(1 << 20, 0);
    const auto cut = run(1 << 20, 10'007);
    EXPECT_EQ(cut.alerts, whole.alerts);
    EXPECT_EQ(cut.state, whole.state);
}

std::vector<std::uint8_t> some_state(const Settings& settings) {
    Detector detector(settings);
    for (int i = 0; i < 400; ++i) {
        detector.add(request("pc" + std::to_string(i % 7),
                             "d" + std::to_string(i % 30) + ".example",
                             monday + i * 40 * a_second));
    }
    return detector.save();
}

TEST(State, every_cut_of_the_bytes_is_an_error) {
    const auto settings = small_settings();
    const auto bytes = some_state(settings);
    ASSERT_TRUE(Detector::load(bytes, settings));
    // Each load makes tables: a few hundred cuts must do.
    for (std::size_t size = 0; size < bytes.size(); size += 1 + bytes.size() / 300) {
        EXPECT_FALSE(Detector::load(std::span(bytes).first(size), settings)) << size;
    }
    auto longer = bytes;
    longer.push_back(0);
    EXPECT_FALSE(Detector::load(longer, settings));
}

TEST(State, other_settings_and_versions_are_told) {
    auto settings = small_settings();
    auto bytes = some_state(settings);
    auto other = settings;
    other.memory_bytes *= 2;
    EXPECT_EQ(Detector::load(bytes, other).error().kind, base::ErrorKind::invalid);
    other = settings;
    other.key = 1;
    EXPECT_EQ(Detector::load(bytes, other).error().kind, base::ErrorKind::invalid);
    bytes[4] = 2;
    EXPECT_EQ(Detector::load(bytes, settings).error().kind, base::ErrorKind::invalid);
    bytes[0] = 0;
    EXPECT_EQ(Detector::load(bytes, settings).error().kind, base::ErrorKind::corrupt);
}

// Bytes that were changed load or do not; what loads goes on without harm.
TEST(State, changed_bytes_do_no_harm) {
    auto settings = small_settings();
    settings.memory_bytes = 1 << 20;
    const auto bytes = some_state(settings);
    for (std::size_t i = 0; i < 600; ++i) {
        auto changed = bytes;
        changed[(i * 7919) % bytes.size()] ^= static_cast<std::uint8_t>(1U << (i % 8));
        auto loaded = Detector::load(changed, settings);
        if (!loaded) continue;
        for (int k = 0; k < 200; ++k) {
            loaded->add(request("pc" + std::to_string(k % 9), "e" + std::to_string(k) + ".example",
                                monday + an_hour * 6 + k * a_second));
        }
    }
}

}  // namespace
}  // namespace shoji::beacon
