// What is remembered: it survives a restart as it was, stays within its limit whatever comes, and
// is not taken from bytes that are damaged.
#include "watch/detect/exfiltration/clock.h"
#include "watch/detect/exfiltration/testing/days.h"
#include "watch/detect/exfiltration/testing/random_activities.h"

#include <random>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>

namespace shoji::exfiltration {
namespace {

using namespace testing;
using ::testing::HasSubstr;

// Tables so small that there is not room for all.
Settings small() {
    auto settings = testing::settings();
    settings.learning_days = 2;
    settings.own_days = 3;
    settings.city_samples = 30;
    settings.fixed_floors = 1;
    settings.chain_plain = 100'000;
    settings.most_subjects = 6;
    settings.most_pairs = 40;
    settings.most_programs = 10;
    settings.most_places = 20;
    settings.most_domains = 8;
    settings.most_chains = 3;
    settings.most_protocols = 20;
    settings.most_inputs = 3;
    return settings;
}

std::string shown(const std::vector<Alert>& alerts) {
    std::string text;
    for (const auto& alert : alerts) {
        const auto& baseline = alert.baseline;
        text += fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {} {} {}\n", alert.time,
                            name_of(alert.kind), name_of(alert.medium), alert.since, alert.host,
                            alert.user, alert.process, alert.source, alert.destination,
                            alert.amount, alert.count, name_of(baseline.from), baseline.samples,
                            baseline.median, baseline.limit);
    }
    return text;
}

TEST(ExfiltrationState, CutAnywhereSavedAndLoadedGoesOnTheSame) {
    std::size_t alerts = 0;
    for (std::uint32_t seed = 0; seed < 30; ++seed) {
        std::mt19937 random(seed);
        std::mt19937 cuts(seed + 1000);
        RandomActivities activities;
        Watch whole(small());
        auto cut = std::make_unique<Watch>(small());
        for (int i = 0; i < 1500; ++i) {
            const auto one = activities.make(random);
            whole.see(one);
            cut->see(one);
            if (cuts() % 100 != 0) continue;
            auto next = std::make_unique<Watch>(small());
            next->alerts = cut->alerts;
            const auto saved = cut->detector.save();
            ASSERT_TRUE(next->detector.load(saved));
            ASSERT_EQ(next->detector.save(), saved);
            cut = std::move(next);
        }
        ASSERT_EQ(shown(cut->alerts), shown(whole.alerts));
        ASSERT_EQ(cut->detector.save(), whole.detector.save());
        alerts += whole.alerts.size();
        EXPECT_GT(whole.detector.losses().displaced, 0U);
        EXPECT_GT(whole.detector.losses().untimely, 0U);
    }
    EXPECT_GT(alerts, 1000U);
}

TEST(ExfiltrationState, OtherBytesAreRefusedAndChangeNothing) {
    Watch watch;
    watch.usual_weeks();
    const auto saved = watch.detector.save();
    const auto message = [&](std::vector<std::uint8_t> bytes) {
        const auto loaded = watch.detector.load(bytes);
        return loaded ? std::string("no error") : loaded.error().message;
    };
    for (std::size_t size = 0; size < saved.size(); size += size < 100 ? 1 : 997) {
        EXPECT_NE(message({saved.begin(), saved.begin() + static_cast<std::ptrdiff_t>(size)}),
                  "no error");
    }
    auto other = saved;
    other.push_back(0);
    EXPECT_THAT(message(other), HasSubstr("damaged"));
    other = saved;
    other[4] = 9;
    EXPECT_THAT(message(other), HasSubstr("version 9"));
    auto settings = testing::settings();
    settings.secret[3] = 1;
    Watch secret(settings);
    const auto refused = secret.detector.load(saved);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("another secret"));
    EXPECT_EQ(watch.detector.save(), saved);
    Watch tight(small());
    EXPECT_TRUE(tight.detector.load(saved));
}

TEST(ExfiltrationState, DamagedBytesAreRefusedOrHarmless) {
    std::mt19937 random(5);
    RandomActivities activities;
    Watch watch(small());
    for (int i = 0; i < 500; ++i) watch.see(activities.make(random));
    const auto saved = watch.detector.save();
    int refused = 0;
    for (int i = 0; i < 400; ++i) {
        auto bytes = saved;
        for (int n = 0; n < 8; ++n) {
            // The head aside, which is refused anyway.
            bytes[16 + random() % (bytes.size() - 16)] = static_cast<std::uint8_t>(random());
        }
        Watch other(small());
        if (!other.detector.load(bytes)) ++refused;
        for (int n = 0; n < 50; ++n) other.see(activities.make(random));
    }
    EXPECT_GT(refused, 0);
}

TEST(ExfiltrationState, MillionsOfNamesAndLongOnesStayWithinTheLimit) {
    auto settings = testing::settings();
    settings.most_subjects = 300;
    settings.most_pairs = 3000;
    settings.most_programs = 1000;
    settings.most_places = 1000;
    settings.most_domains = 200;
    settings.most_chains = 100;
    settings.most_protocols = 200;
    settings.most_inputs = 100;
    const auto before = mallinfo2().uordblks;
    Watch watch(settings);
    for (std::uint32_t i = 0; i < 2'000'000; ++i) {
        const auto name = fmt::format("n{}.example-{}.org", i, i);
        auto one = upload(monday + i * second / 2, name, 1000, name);
        one.process = name;
        one.kind = i % 2 == 0 ? event::ActivityKind::request : event::ActivityKind::query;
        if (i % 16 == 0) one.kind = event::ActivityKind::screen_input;
        if (i % 16 == 1) one.kind = event::ActivityKind::file_read;
        one.path = R"(\\fs01\mynumber\a-path-that-is-somewhat-longer-than-a-short-one.xlsx)";
        watch.see(one);
    }
    const std::string giant(10'000'000, 'a');
    for (int i = 0; i < 14; ++i) {
        auto one = upload(monday + day * 12, giant, 1000, giant);
        one.kind = static_cast<event::ActivityKind>(i);
        one.path = giant;
        one.text = giant;
        one.process = giant;
        one.user = giant;
        watch.see(one);
    }
    EXPECT_LT(mallinfo2().uordblks - before, Exfiltration::memory_limit(settings) + 1'000'000);
    EXPECT_GT(watch.detector.losses().displaced, 1'000'000U);
    EXPECT_GE(watch.detector.losses().clipped, 14U);
}

TEST(ExfiltrationState, TheDefaultLimitIsStated) {
    EXPECT_LT(Exfiltration::memory_limit(Settings{}), std::size_t{192} << 20U);
}

TEST(Clock, TimePassesUpToThePresent) {
    constexpr event::Time start_time = 1'800'000'000'000'000'000;
    constexpr event::Time day_time = 86'400'000'000'000;
    Clock clock;
    clock.believe(start_time);
    clock.set_present(start_time + 30 * day_time);
    EXPECT_EQ(clock.believe(start_time + 20 * day_time), start_time + 20 * day_time) << "a holiday";
    EXPECT_EQ(clock.believe(start_time + 40 * day_time), start_time + 20 * day_time) << "not yet";
    EXPECT_EQ(clock.untimely(), 1U);
}

TEST(Clock, AFewThatLieDoNotMoveIt) {
    Clock clock;
    constexpr event::Time start = monday;
    for (int i = 0; i < 1000; ++i) {
        const event::Time now = start + i * minute;
        EXPECT_EQ(clock.believe(now), now);
        if (i % 3 == 0) {
            EXPECT_NEAR(static_cast<double>(clock.believe(5)), static_cast<double>(now), 1e9);
        }
        if (i % 5 == 0) {
            EXPECT_NEAR(static_cast<double>(clock.believe(now + 3000 * day)),
                        static_cast<double>(now), 1e9);
        }
    }
    EXPECT_EQ(clock.untimely(), 334U + 200U);
    // All agree that it is later, or earlier, after all.
    for (const event::Time other : {start + 400 * day, start - 400 * day}) {
        event::Time believed = 0;
        for (int i = 0; i < 16; ++i) believed = clock.believe(other + i * second);
        EXPECT_EQ(believed, other + 15 * second);
    }
}

}  // namespace
}  // namespace shoji::exfiltration
