// Bounds and state: whatever comes, and wherever it is cut.
#include "watch/detect/incident/gatherer.h"
#include "watch/detect/incident/testing/alerts.h"

#include <random>

#include <gtest/gtest.h>

namespace shoji::incident {
namespace {

using testing::alert;
using testing::logon;
using testing::monday;
using testing::started;

Settings small() {
    Settings settings;
    settings.most_cases = 12;
    settings.most_bytes = 300'000;
    settings.most_hosts = 40;
    settings.most_processes = 200;
    settings.most_subjects = 30;
    return settings;
}

std::string pick(std::mt19937& random, std::string_view prefix, unsigned of) {
    return std::string(prefix) + std::to_string(random() % of);
}

// One step of a life with a bit of everything.
void step(Gatherer& gatherer, unsigned number) {
    std::mt19937 random(number);
    const auto time = monday + event::Time{number} * 40 * minute;
    const auto host = pick(random, "pc", 60);
    switch (random() % 4) {
        case 0: {
            const auto parent = pick(random, "C:\\p", 5);
            const auto image = pick(random, "C:\\p", 5);
            gatherer.observe(started(host, parent, random() % 3, image, random() % 50, time));
            break;
        }
        case 1:
            gatherer.observe(logon(pick(random, "pc", 60), host, time));
            break;
        default: {
            auto made = alert(host, pick(random, "rule", 30), static_cast<Level>(random() % 5),
                              random() % 50 == 0 ? 12345 : time);
            made.user = pick(random, "user", 200);
            made.process = pick(random, "C:\\p", 5);
            made.file = pick(random, "C:\\file", 100);
            made.techniques = {"T1059.001"};
            made.evidence = {{"a.evtx", number}};
            if (random() % 64 == 0) made.linked = {pick(random, "pc", 60)};
            gatherer.add(made);
        }
    }
}

TEST(GathererState, CutAnywhereItGoesOnAsIfItHadNot) {
    constexpr unsigned steps = 1200;
    const auto rules = Suppressions::parse(
        "[[suppression]]\nrule = 'rule3'\nowner = 'o'\nreason = 'r'\nexpires = 2027-01-15\n");
    Gatherer whole(small(), *rules);
    for (unsigned i = 0; i < steps; ++i) step(whole, i);
    const auto wanted = whole.save();
    ASSERT_GT(whole.losses().gathered + whole.losses().open, 0U) << "the limits were met";
    for (unsigned cut = 0; cut < steps; cut += 37) {
        Gatherer before(small(), *rules);
        for (unsigned i = 0; i < cut; ++i) step(before, i);
        Gatherer after(small(), *rules);
        ASSERT_TRUE(after.load(before.save()));
        EXPECT_EQ(after.bytes(), before.bytes());
        for (unsigned i = cut; i < steps; ++i) step(after, i);
        ASSERT_EQ(after.save(), wanted) << "cut at " << cut;
    }
}

TEST(GathererState, DamageIsRefusedOrHarmless) {
    Gatherer whole(small());
    for (unsigned i = 0; i < 200; ++i) step(whole, i);
    const auto bytes = whole.save();
    for (std::size_t size = 0; size < bytes.size(); size += 11) {
        Gatherer cut(small());
        EXPECT_FALSE(cut.load(std::span(bytes).first(size)));
    }
    std::mt19937 random(1);
    for (int i = 0; i < 2000; ++i) {
        auto damaged = bytes;
        damaged[random() % damaged.size()] ^= static_cast<std::uint8_t>(1U << (random() % 8));
        Gatherer one(small());
        if (!one.load(damaged)) continue;
        for (unsigned at = 200; at < 220; ++at) step(one, at);
    }
}

TEST(GathererBounds, AFloodOfHostsAndRulesStaysWithinLimitsAndIsTold) {
    Gatherer gatherer(small());
    const auto real = gatherer.add(alert("victim", "grave", Level::critical));
    for (int i = 0; i < 20'000; ++i) {
        auto flood = alert("x" + std::to_string(i), "r" + std::to_string(i), Level::low);
        flood.user = "u" + std::to_string(i);
        flood.process = "p" + std::to_string(i);
        flood.process_id = 7;
        gatherer.observe(started(flood.host, "a", 1, flood.process, 7));
        gatherer.add(flood);
        ASSERT_LE(gatherer.bytes(), small().most_bytes);
        ASSERT_LE(gatherer.cases(), small().most_cases);
    }
    EXPECT_GT(gatherer.losses().gathered, 19'000U);
    EXPECT_EQ(gatherer.losses().open, 0U);
    EXPECT_GT(gatherer.losses().processes, 0U);
    EXPECT_GT(gatherer.losses().history, 0U);
    ASSERT_NE(gatherer.find(real), nullptr) << "noise does not push out what is grave";
}

TEST(GathererBounds, OneHostsFloodIsFoldedAndCounted) {
    Gatherer gatherer(small());
    std::uint64_t id = 0;
    for (int i = 0; i < 5000; ++i) {
        auto flood = alert("pc01", "r" + std::to_string(i), Level::low);
        flood.process = "p" + std::to_string(i);
        flood.file = "f" + std::to_string(i);
        flood.peer = "d" + std::to_string(i);
        id = gatherer.add(flood);
    }
    const auto* one = gatherer.find(id);
    ASSERT_NE(one, nullptr);
    EXPECT_EQ(one->alerts, 5000U);
    EXPECT_EQ(one->findings.size() + one->beyond.findings, 5000U);
    EXPECT_EQ(one->rules.size() + one->beyond.rules, 5000U);
    EXPECT_LE(one->findings.size(), Incident::most_findings);
    EXPECT_LE(one->processes.size(), Incident::most_processes);
    EXPECT_GT(one->beyond.processes, 0U);
    EXPECT_GT(one->beyond.files, 0U);
    EXPECT_GT(one->beyond.peers, 0U);
}

TEST(GathererBounds, HugeTextsAreCut) {
    Gatherer gatherer(small());
    const std::string huge(10'000'000, 'x');
    auto hostile = alert(huge, huge, Level::critical);
    hostile.user = huge;
    hostile.process = huge;
    hostile.peer = huge;
    hostile.file = huge;
    hostile.values.assign(20, {huge, "v"});
    hostile.linked.assign(20, huge);
    hostile.techniques.assign(9, huge);
    hostile.evidence.assign(5, {huge, 1});
    gatherer.observe(started(huge, huge, 1, huge, 2));
    gatherer.add(hostile);
    EXPECT_LT(gatherer.save().size(), 20'000U);
}

TEST(GathererBounds, TooManyHostsAreNotJoinedAndCounted) {
    Gatherer gatherer{Settings{}};
    for (int i = 0; i < 200; ++i) {
        auto chain = alert("pc" + std::to_string(i), "lateral", Level::high);
        chain.linked = {"pc" + std::to_string(i + 1)};
        gatherer.add(chain);
    }
    for (const auto* one : gatherer.incidents()) {
        EXPECT_LE(one->hosts.size(), Incident::most_hosts);
    }
    auto bridge = alert("pc0", "lateral", Level::critical);
    bridge.linked = {"pc190"};
    gatherer.add(bridge);
    EXPECT_GT(gatherer.losses().unjoined, 0U);
}

}  // namespace
}  // namespace shoji::incident
