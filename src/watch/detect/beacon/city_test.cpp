// The detector in a city whose attacks are known: a small one; ./bench beacon takes a whole one.
#include "watch/detect/city/city.h"

#include "watch/detect/beacon/detector.h"
#include "watch/detect/beacon/testing/traffic.h"

#include <set>

#include <gtest/gtest.h>

namespace shoji::beacon {
namespace {

TEST(City, every_kind_of_attack_is_found_and_few_alarms_are_false) {
    city::CityPlan plan;
    plan.terminals = 200;
    plan.day_count = 14;
    // All on terminals that stay on, where a fortnight is enough for the slow ones.
    plan.always_on_percent = 20;
    const city::World world(plan);
    std::uint32_t host = 0;
    for (std::size_t kind = 0; kind < city::outside_kinds; ++kind) {
        while (!world.always_on(host)) ++host;
        city::Attack attack;
        attack.kind = static_cast<city::AttackKind>(kind);
        attack.host = host++;
        attack.start = plan.start + 2 * city::days + 10 * city::hours;
        plan.attacks.push_back(attack);
    }
    auto settings = small_settings();
    settings.memory_bytes = 32 << 20;
    settings.inside = {"city.lg.jp"};
    Detector detector(settings);
    city::City city(plan);
    event::Activity activity;
    city::Label label = 0;
    std::set<city::Label> found;
    std::size_t false_alarms = 0;
    while (city.next(activity, label)) {
        detector.add(activity);
        for (const auto& alert : detector.take_alerts()) {
            EXPECT_GE(alert.threat, settings.threshold);
            EXPECT_LE(alert.threat, 1);
            if (label != 0) {
                found.insert(label);
            } else {
                ++false_alarms;
            }
        }
    }
    for (city::Label i = 1; i <= plan.attacks.size(); ++i) {
        EXPECT_TRUE(found.contains(i)) << name_of(plan.attacks[i - 1].kind);
    }
    EXPECT_LE(false_alarms, 14U) << "one a day";
}

}  // namespace
}  // namespace shoji::beacon
