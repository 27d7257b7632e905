#include "watch/sensor/process_table.h"

#include <gtest/gtest.h>

namespace shoji::sensor {
namespace {

TEST(ProcessTable, AChildHasItsParentsProgram) {
    ProcessTable table;
    auto program = std::make_shared<Program>();
    program->image = "/bin/sh";
    table.enter({10, 1})->program = program;
    table.fork({11, 2}, {10, 1});
    const auto* child = table.find({11, 2});
    ASSERT_NE(child, nullptr);
    EXPECT_EQ(child->program->image, "/bin/sh");
    EXPECT_EQ(table.parent_of(*child)->key.process, 10U);
}

TEST(ProcessTable, ANumberUsedAgainIsAnotherProcess) {
    ProcessTable table;
    table.fork({10, 1}, {});
    table.end({10, 1});
    table.fork({10, 2}, {});
    EXPECT_TRUE(table.find({10, 1})->ended);
    EXPECT_FALSE(table.find({10, 2})->ended);
    EXPECT_EQ(table.find_number(10), table.find({10, 2}));
    table.end({10, 2});
    EXPECT_EQ(table.find_number(10), nullptr);
}

// Its end may have been lost.
TEST(ProcessTable, WhoseNumberIsUsedAgainHasEnded) {
    ProcessTable table(2);
    table.fork({10, 1}, {});
    table.fork({10, 2}, {});
    EXPECT_TRUE(table.find({10, 1})->ended);
    EXPECT_EQ(table.find_number(10), table.find({10, 2}));
    table.fork({11, 3}, {});
    EXPECT_EQ(table.find({10, 1}), nullptr);
    EXPECT_EQ(table.left_out(), 0U);
}

// Containers come and go: their processes go, the long-lived stay.
TEST(ProcessTable, StaysBoundedAndKeepsWhatRuns) {
    constexpr std::size_t most = 1000;
    ProcessTable table(most);
    table.fork({1, 1}, {});
    for (std::uint32_t i = 0; i < 10 * most; ++i) {
        const ProcessKey key{i % 30000 + 2, i + 2};
        table.fork(key, {1, 1});
        table.end(key);
    }
    EXPECT_EQ(table.size(), most);
    EXPECT_NE(table.find({1, 1}), nullptr);
    EXPECT_EQ(table.left_out(), 0U);
}

TEST(ProcessTable, FullOfWhatRunsItLeavesOutAndCounts) {
    constexpr std::uint32_t most = 1000;
    ProcessTable table(most);
    for (std::uint32_t i = 0; i < most + 5; ++i) table.fork({i + 1, 1}, {});
    EXPECT_EQ(table.size(), most);
    EXPECT_EQ(table.left_out(), 5U);
}

}  // namespace
}  // namespace shoji::sensor
