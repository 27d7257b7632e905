#include "watch/shield/refusals.h"

#include <gtest/gtest.h>

namespace shoji::shield {
namespace {

using namespace std::chrono_literals;

Refused times(const Refusal& refusal, std::uint64_t count) {
    return {refusal, count};
}

TEST(Refusals, AreToldAtOnceAndThenOnceAMinuteWithTheirNumber) {
    const Refusals::Time start{};
    const Refusal kill{Act::signal, 9, 100, 0, "kill", {}};
    const Refusal trace{Act::trace, 0, 101, 0, "gdb", {}};
    Refusals refusals;
    EXPECT_TRUE(refusals.due(start).empty());
    refusals.take(times(kill, 1));
    auto due = refusals.due(start);
    ASSERT_EQ(due.size(), 1U);
    EXPECT_EQ(due[0].last, kill);
    EXPECT_EQ(due[0].count, 1U);
    refusals.take(times(kill, 5));
    auto later = kill;
    later.process = 102;
    refusals.take(times(later, 1));
    refusals.take(times(trace, 1));
    due = refusals.due(start + 59s);
    ASSERT_EQ(due.size(), 1U) << "another act is told at once";
    EXPECT_EQ(due[0].last, trace);
    due = refusals.due(start + 60s);
    ASSERT_EQ(due.size(), 1U);
    EXPECT_EQ(due[0].last, later);
    EXPECT_EQ(due[0].count, 6U);
    EXPECT_TRUE(refusals.due(start + 200s).empty());
}

TEST(Refusals, NoUserHidesAnother) {
    const Refusals::Time start{};
    const Refusal roots{Act::file, 0, 100, 0, "rm", "sensor.json"};
    const Refusal users{Act::file, 0, 101, 1000, "rm", "sensor.sock"};
    Refusals refusals;
    refusals.take(times(users, 1));
    EXPECT_EQ(refusals.due(start).size(), 1U);
    refusals.take(times(roots, 1));
    refusals.take(times(users, 1));
    const auto due = refusals.due(start + 1s);
    ASSERT_EQ(due.size(), 1U);
    EXPECT_EQ(due[0].last, roots);
}

TEST(Refusals, OfVeryManySortsTheActsAreToldAlone) {
    const Refusals::Time start{};
    Refusals refusals;
    for (uid_t user = 1; user <= 1000; ++user) {
        refusals.take(times({Act::file, 0, 100, user, "rm", "x"}, 2));
    }
    refusals.take(times({Act::signal, 9, 100, 0, "kill", {}}, 1));
    const auto due = refusals.due(start);
    ASSERT_EQ(due.size(), 256U + 2);
    std::uint64_t all = 0, unnamed = 0, signals = 0;
    for (const auto& [last, count] : due) {
        if (last.act == Act::signal) {
            signals += count;
            EXPECT_EQ(last.user, nobody);
            continue;
        }
        all += count;
        if (last.user == nobody) unnamed += count;
    }
    EXPECT_EQ(all, 2000U);
    EXPECT_EQ(unnamed, 2000U - 512);
    EXPECT_EQ(signals, 1U);
    EXPECT_TRUE(refusals.due(start + 60s).empty());
    refusals.take(times({Act::signal, 9, 100, 0, "kill", {}}, 1));
    EXPECT_EQ(refusals.due(start + 61s).front().last.user, 0U) << "there is room again";
}

TEST(Refusals, AreDescribedWithTheFileOrWithout) {
    const Refusal file{Act::file, 0, 0, 1000, "rm", "a b"};
    EXPECT_EQ(describe(file), "file 0 1000 a b/rm");
    EXPECT_EQ(describe({Act::signal, 9, 0, nobody, {}, {}}), "signal-9 0 - /-");
    EXPECT_EQ(describe({Act::signal, 0, 0, nobody, {}, {}}), "signal 0 - /-");
    EXPECT_EQ(describe({Act::program, 0, 0, 0, "x", {}}), "program 0 0 /x");
    EXPECT_EQ(describe({Act::file, 0, 0, 0, "x", "/"}), "file 0 0 /x");
}

}  // namespace
}  // namespace shoji::shield
