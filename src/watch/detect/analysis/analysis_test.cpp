#include "watch/detect/analysis/analysis.h"

#include "watch/detect/analysis/testing/scenes.h"
#include "watch/event/json_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>

namespace shoji::analysis {
namespace {

using incident::day;
using incident::hour;
using incident::minute;
using incident::second;
using intrusion::testing::first_monday;
using ::testing::Contains;
using ::testing::Field;
using ::testing::IsEmpty;

TEST(Analysis, WholeAttackIsOneIncidentAndTheOfficeNone) {
    testing::Watch watch;
    const auto scene = testing::attacked_office();
    watch.see(scene);
    ASSERT_EQ(watch.incidents().opened().size(), 1U);
    const auto& one = *watch.incidents().opened()[0];
    EXPECT_THAT(one.hosts, ::testing::UnorderedElementsAre("pc11", "pc12", "pc13", "pc14", "pc15"));
    for (const auto* rule : {"odd_parent", "lateral_chain", "ransomware", "canary"}) {
        EXPECT_THAT(watch.told, Contains(Field(&incident::Alert::rule, rule)));
    }
}

TEST(Analysis, AllDetectorsSeeTheSameActivity) {
    testing::Watch watch;
    // A beacon, from the sixth day on, and then a loud upload.
    constexpr int days = 7;
    for (int day_number = 0; day_number < days; ++day_number) {
        for (int i = 0; i < 144; ++i) {
            const auto time = first_monday + day_number * day + i * 10 * minute;
            watch.sign_of_life("pc2", time - second);
            if (day_number < 5) continue;
            watch.see(testing::upload("pc1", "beacon.example.net", 700, time));
        }
    }
    const auto now = first_monday + days * day + 10 * hour;
    for (int i = 0; i < 40; ++i) {
        watch.see(testing::upload("pc1", "new.example.org", 30'000'000, now + i * minute));
    }
    using Detector = incident::Detector;
    const auto* beacon = watch.first(Detector::beacon, "beacon");
    ASSERT_NE(beacon, nullptr);
    EXPECT_EQ(beacon->user, "CITY\\tanaka");
    EXPECT_EQ(beacon->process, R"(C:\a.exe)");
    EXPECT_EQ(beacon->peer, "beacon.example.net");
    EXPECT_THAT(beacon->techniques, Contains("T1071.001"));
    const auto upload = std::ranges::find(watch.told, "example.org", &incident::Alert::peer);
    ASSERT_NE(upload, watch.told.end());
    EXPECT_EQ(upload->detector, Detector::exfiltration);
    EXPECT_EQ(upload->evidence.size(), 1U);
    EXPECT_EQ(upload->evidence[0].file, "log");
    incident::Alert hit;
    hit.time = now + hour;
    hit.host = "PC1";
    hit.rule = "r1";
    hit.what = "incident.sigma";
    hit.level = incident::Level::critical;
    watch.analysis.add(hit);
    ASSERT_EQ(watch.incidents().opened().size(), 1U) << "all are of one host";
    const auto techniques = watch.incidents().opened()[0]->techniques();
    EXPECT_THAT(techniques, Contains("T1071.001"));
    EXPECT_THAT(techniques, Contains("T1048"));
}

TEST(Analysis, TakesEventsWithTheirHits) {
    event::Names names;
    const event::WindowsSources windows(names);
    const Lens lens(names);
    event::JsonReader reader(names, windows);
    std::string text =
        R"({"@timestamp":"2026-11-20T01:02:03Z","winlog":{"event_id":1,"computer_name":"PC1",)"
        R"("channel":"Microsoft-Windows-Sysmon/Operational","record_id":7,"event_data":{)"
        R"("Image":"C:\\x.exe","ProcessId":"5","ParentImage":"C:\\y.exe","User":"CITY\\a"}}})";
    const auto size = text.size();
    text.resize(size + event::json_padding);
    event::Event event;
    ASSERT_TRUE(reader.read({text.data(), size}, event));
    sigma::Heading rule;
    rule.id = "r1";
    rule.title = "A rule";
    rule.level = sigma::Level::critical;
    rule.tags = {"attack.t1059.001", "attack.execution"};
    testing::Watch watch;
    const std::vector<const sigma::Heading*> hits{&rule};
    watch.analysis.take(lens, event, hits, "a.jsonl", watch.told);
    EXPECT_THAT(watch.told, IsEmpty()) << "the caller has the rules' hits";
    ASSERT_EQ(watch.incidents().opened().size(), 1U);
    const auto& one = *watch.incidents().opened()[0];
    EXPECT_THAT(one.techniques(), ::testing::ElementsAre("T1059.001"));
    EXPECT_EQ(one.findings[0].alert.evidence[0].file, "a.jsonl");
    ASSERT_EQ(one.processes.size(), 2U) << "the activity came before its hit: with its parent";
}

TEST(Analysis, WhatIsSuppressedIsNotToldButCounted) {
    const auto scene = testing::attacked_office();
    const auto suppressions = incident::Suppressions::parse(
        "[[suppression]]\nrule = 'canary'\nowner = 'o'\nreason = 'r'\nexpires = 2027-03-31\n");
    ASSERT_TRUE(suppressions);
    testing::Watch watch(testing::settings(), *suppressions);
    watch.see(scene);
    EXPECT_EQ(watch.first(incident::Detector::intrusion, "canary"), nullptr);
    ASSERT_EQ(watch.incidents().suppressed().size(), 1U);
    EXPECT_EQ(watch.incidents().suppressed()[0].held, 1U);
}

TEST(Analysis, WhatIsLostIsTold) {
    auto settings = testing::settings();
    settings.intrusion.most_usual = 5;
    settings.incident.most_cases = 3;
    testing::Watch watch(settings);
    watch.see(testing::attacked_office());
    using Detector = incident::Detector;
    const auto* memory = watch.first(Detector::analysis, "lost_memory");
    ASSERT_NE(memory, nullptr);
    EXPECT_EQ(memory->what, "analysis.lost_memory");
    EXPECT_EQ(memory->values[0].name, "count");
    EXPECT_GT(watch.analysis.losses().grave(), 0U);
    const auto told = watch.told.size();
    watch.analysis.finish(watch.told);
    const auto after = watch.told.size();
    EXPECT_GE(after, told);
    watch.analysis.finish(watch.told);
    EXPECT_EQ(watch.told.size(), after) << "each loss is told once";
    std::uint64_t sum = 0;
    for (const auto& alert : watch.told) {
        if (alert.rule == "lost_memory") sum += std::stoull(alert.values[0].value);
    }
    const auto losses = watch.analysis.losses();
    EXPECT_EQ(sum, losses.exfiltration.displaced + losses.intrusion.displaced +
                       losses.beacon.forgotten_destinations + losses.beacon.forgotten_pairs +
                       losses.beacon.forgotten_rhythms + losses.beacon.hosts +
                       losses.beacon.destinations);
}

TEST(AnalysisState, CutAnywhereItGoesOnAsIfItHadNot) {
    const auto scene = testing::attacked_office();
    testing::Watch whole;
    whole.see(scene);
    const auto wanted = whole.analysis.save();
    const auto count = scene.activities.size();
    for (const std::size_t cut : {std::size_t{1}, count / 3, count - 700, count - 1}) {
        testing::Watch before;
        before.see(scene, 0, cut);
        testing::Watch after(testing::settings(), {}, 99);
        ASSERT_TRUE(after.analysis.load(before.analysis.save()));
        after.record = before.record;
        after.see(scene, cut, count);
        EXPECT_EQ(after.analysis.save(), wanted) << "cut at " << cut;
        EXPECT_EQ(before.told.size() + after.told.size(), whole.told.size());
        EXPECT_EQ(after.analysis.seen_before(), 0U);
    }
}

TEST(AnalysisState, WhatWasSeenBeforeIsCounted) {
    const auto scene = testing::attacked_office();
    testing::Watch before;
    before.see(scene);
    testing::Watch after;
    ASSERT_TRUE(after.analysis.load(before.analysis.save()));
    after.see(scene, 0, 10);
    EXPECT_EQ(after.analysis.seen_before(), 10U);
}

TEST(AnalysisState, DamageIsRefusedOrHarmless) {
    testing::Watch watch;
    const auto scene = testing::attacked_office();
    watch.see(scene, scene.activities.size() - 3000, scene.activities.size());
    const auto bytes = watch.analysis.save();
    const auto try_to_load = [&](std::span<const std::uint8_t> some) {
        testing::Watch other;
        const bool loaded = other.analysis.load(some).has_value();
        if (loaded) other.see(scene, 0, 100);
        return loaded;
    };
    EXPECT_TRUE(try_to_load(bytes));
    auto longer = bytes;
    longer.push_back(0);
    EXPECT_FALSE(try_to_load(longer));
    int refused = 0;
    for (std::size_t i = 0; i < 60; ++i) {
        EXPECT_FALSE(try_to_load(std::span(bytes).first(bytes.size() * i / 60)));
        auto damaged = bytes;
        damaged[(bytes.size() - 1) * i / 59] ^= 0x55;
        if (!try_to_load(damaged)) ++refused;
    }
    EXPECT_GT(refused, 0);
    auto other_version = bytes;
    other_version[4] = 77;
    testing::Watch other;
    const auto loaded = other.analysis.load(other_version);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().message, "the state has version 77; this program reads version 1");
}

TEST(AnalysisBounds, MemoryStaysWithinTheLimit) {
    const auto settings = testing::small_settings();
    const auto before = mallinfo2().uordblks;
    testing::Watch watch(settings);
    watch.keeps_told = false;
    for (std::uint32_t i = 0; i < 200'000; ++i) {
        const std::string name = "n" + std::to_string(i) + ".example-" + std::to_string(i) + ".org";
        event::Activity one;
        one.kind = static_cast<event::ActivityKind>(i % 14);
        one.time = first_monday + i * second;
        one.host = one.user = one.process = one.parent = one.domain = one.path = name;
        one.target = one.signature = one.command = one.text = name;
        one.process_id = i;
        one.bytes_out = i;
        one.logon_type = 3;
        watch.see(one);
    }
    const std::string giant(1 << 20, 'a');
    for (std::uint32_t i = 0; i < 14 * 20; ++i) {
        const auto name = std::to_string(i) + giant + std::to_string(i);
        event::Activity one;
        one.kind = static_cast<event::ActivityKind>(i % 14);
        one.time = first_monday + 3 * day + i * second;
        one.host = one.user = one.process = one.parent = one.domain = one.path = name;
        one.target = one.signature = one.command = one.text = one.peer = name;
        watch.see(one);
    }
    EXPECT_LT(mallinfo2().uordblks - before, settings.memory_limit() + (4U << 20))
        << "lists and the rest of the test aside";
    EXPECT_GT(watch.analysis.losses().grave(), 0U) << "the limits were met";
}

}  // namespace
}  // namespace shoji::analysis
