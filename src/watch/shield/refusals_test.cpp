#include "watch/shield/refusals.h"

#include <gtest/gtest.h>

namespace shoji::shield {
namespace {

using namespace std::chrono_literals;

TEST(Refusals, AreToldAtOnceAndThenOnceAMinuteWithTheirNumber) {
    const Refusals::Time start{};
    const Refusal kill{Act::signal, 9, 100, 0, "kill"};
    const Refusal trace{Act::trace, 0, 101, 0, "gdb"};
    Refusals refusals;
    EXPECT_TRUE(refusals.due(start).empty());
    refusals.take(kill);
    auto due = refusals.due(start);
    ASSERT_EQ(due.size(), 1U);
    EXPECT_EQ(due[0].last, kill);
    EXPECT_EQ(due[0].count, 1U);
    refusals.take(kill, 5);
    auto later = kill;
    later.process = 102;
    refusals.take(later);
    refusals.take(trace);
    due = refusals.due(start + 59s);
    ASSERT_EQ(due.size(), 1U) << "another act is told at once";
    EXPECT_EQ(due[0].last, trace);
    due = refusals.due(start + 60s);
    ASSERT_EQ(due.size(), 1U);
    EXPECT_EQ(due[0].last, later);
    EXPECT_EQ(due[0].count, 6U);
    EXPECT_TRUE(refusals.due(start + 200s).empty());
}

}  // namespace
}  // namespace shoji::shield
