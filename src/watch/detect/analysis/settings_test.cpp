#include "watch/detect/analysis/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::analysis {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

Settings parsed(std::string_view text) {
    auto settings = parse_settings(text, "a.toml");
    EXPECT_TRUE(settings) << settings.error().message;
    return settings ? std::move(*settings) : Settings();
}

std::string refusal(std::string_view text) {
    const auto settings = parse_settings(text, "a.toml");
    return settings ? "" : settings.error().message;
}

TEST(Settings, AnEmptyFileIsTheDefaults) {
    const auto settings = parsed("");
    EXPECT_EQ(settings.exfiltration.floors, exfiltration::Settings().floors);
    EXPECT_EQ(settings.beacon.inside, settings.exfiltration.inside) << "one inside for both";
    EXPECT_EQ(settings.intrusion.learning, intrusion::Settings().learning);
    EXPECT_EQ(settings.incident.weights, incident::Settings().weights);
    EXPECT_EQ(settings.memory_limit(), Settings().memory_limit());
}

TEST(Settings, WhatSeveralShareIsSaidOnce) {
    const auto settings = parsed(R"(
zone_minutes = -300
inside = [".City.Example.JP.", "lg.jp"]
classified = ['\\fs01\mynumber']
removable = ['E:\']
shares = []
canaries = ['*\0000-*.xlsx']
shared_hosts = ["RDS01.city.example"]
shared_accounts = ['CITY\Kiosk']
)");
    EXPECT_EQ(settings.exfiltration.zone_minutes, -300);
    EXPECT_EQ(settings.beacon.seconds_east, -18'000);
    EXPECT_THAT(settings.exfiltration.inside, ElementsAre("city.example.jp", "lg.jp"));
    EXPECT_THAT(settings.beacon.inside, ElementsAre("city.example.jp", "lg.jp"));
    EXPECT_THAT(settings.exfiltration.classified, ElementsAre(R"(\\fs01\mynumber)"));
    EXPECT_THAT(settings.exfiltration.removable, ElementsAre(R"(E:\)"));
    EXPECT_TRUE(settings.exfiltration.shares.empty());
    EXPECT_THAT(settings.intrusion.canaries, ElementsAre(R"(*\0000-*.xlsx)"));
    EXPECT_THAT(settings.incident.shared_hosts, ElementsAre("rds01"));
    EXPECT_THAT(settings.incident.shared_accounts, ElementsAre("kiosk"));
}

TEST(Settings, EachDetectorHasItsTable) {
    const auto settings = parsed(R"(
[exfiltration]
own_days = 10
most_pairs = 1000
[exfiltration.floors]
print = 500
[beacon]
memory_megabytes = 8
threshold = 0.9
common_share = 1
office_from = 7
office_to = 20
[intrusion]
learning_days = 14
follow_seconds = 30
noise_bits = 7.5
[incident]
threshold = 150
half_life_hours = 24
memory_megabytes = 2
weights = { medium = 10 }
)");
    EXPECT_EQ(settings.exfiltration.own_days, 10U);
    EXPECT_EQ(settings.exfiltration.most_pairs, 1000U);
    EXPECT_EQ(settings.exfiltration.floors[static_cast<std::size_t>(exfiltration::Medium::print)],
              500U);
    EXPECT_EQ(settings.beacon.memory_bytes, 8U << 20);
    EXPECT_EQ(settings.beacon.threshold, 0.9);
    EXPECT_EQ(settings.beacon.common_share, 1.0);
    EXPECT_EQ(settings.beacon.office_from, 7U);
    EXPECT_EQ(settings.intrusion.learning, 14 * incident::day);
    EXPECT_EQ(settings.intrusion.follow, 30 * incident::second);
    EXPECT_EQ(settings.intrusion.noise_bits, 7.5);
    EXPECT_EQ(settings.incident.threshold, 150.0);
    EXPECT_EQ(settings.incident.half_life, incident::day);
    EXPECT_EQ(settings.incident.most_bytes, 2U << 20);
    EXPECT_EQ(settings.incident.weights[2], 10.0);
    EXPECT_EQ(settings.incident.weights[3], 50.0);
    EXPECT_LT(settings.memory_limit(), Settings().memory_limit());
}

TEST(Settings, WhatIsWrongIsNamedWithFileLineAndKey) {
    EXPECT_EQ(refusal("zone_minutes = 5\nzone = 5\n"), "a.toml, line 2: zone is not a setting");
    EXPECT_EQ(refusal("[beacon]\nthreshold = 'x'\n"),
              "a.toml, line 2: beacon.threshold must be a number");
    EXPECT_EQ(refusal("[beacon]\nthreshold = 1.5\n"),
              "a.toml, line 2: beacon.threshold is out of range");
    EXPECT_EQ(refusal("[beacon]\nthreshold = nan\n"),
              "a.toml, line 2: beacon.threshold is out of range");
    EXPECT_EQ(refusal("[beacon]\noffice_from = 18\n"),
              "a.toml, line 1: beacon.office_to must be later than office_from");
    EXPECT_EQ(refusal("[exfiltration.floors]\nfax = 1\n"),
              "a.toml, line 2: exfiltration.floors.fax is not a setting");
    EXPECT_EQ(refusal("[incident]\nhalf_life_hours = 0\n"),
              "a.toml, line 1: incident.half_life_hours must be at least 1");
    EXPECT_EQ(refusal("[incident]\nweights = { grave = 1 }\n"),
              "a.toml, line 2: incident.weights.grave is not a setting");
    EXPECT_EQ(refusal("[intrusion]\nmost_usual = 0\n"),
              "a.toml, line 2: intrusion.most_usual is out of range");
    EXPECT_EQ(refusal("intrusion = 1\n"), "a.toml, line 1: intrusion must be a table");
    EXPECT_EQ(refusal("inside = ['...']\n"), "a.toml, line 1: inside must be domains");
    EXPECT_THAT(refusal("inside = ['']\n"), HasSubstr("inside must be at most 10,000 printable"));
    EXPECT_THAT(refusal("canaries = ['" + std::string(300, 'a') + "']\n"), HasSubstr("240 bytes"));
    EXPECT_THAT(refusal("a = = 1\n"), StartsWith("a.toml, line 1: "));
    EXPECT_THAT(refusal(std::string(most_settings_bytes + 1, '#')), HasSubstr("more than"));
}

}  // namespace
}  // namespace shoji::analysis
