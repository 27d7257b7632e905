#include "screen/gateway/refusal_notes.h"

#include <gtest/gtest.h>

namespace shoji::gateway {
namespace {

journal::Record refusal(const std::string& who, const std::string& what,
                        journal::Action action = journal::Action::route_decision) {
    return {action, journal::Outcome::refused,   who, "desk-1 (10.0.0.1), zone counter",
            what,   "policy.destination_unknown"};
}

TEST(RefusalNotes, RecordsTheFirstOnesAndCountsTheRest) {
    RefusalNotes notes;
    std::uint64_t recorded = 0;
    for (int i = 0; i < 17000; ++i) {
        if (notes.add(refusal("hanako", "invented-" + std::to_string(i)), 100)) ++recorded;
    }
    EXPECT_EQ(recorded, RefusalNotes::recorded_each);
    EXPECT_TRUE(notes.add(refusal("taro", "archive"), 100)) << "somebody else";
    EXPECT_TRUE(notes.add(refusal("hanako", "", journal::Action::sign_in), 100)) << "else";
    EXPECT_TRUE(notes.take(100 + RefusalNotes::window / 2).empty());
    const auto rest = notes.take(100 + RefusalNotes::window);
    ASSERT_EQ(rest.size(), 1U);
    EXPECT_EQ(rest[0].who, "hanako");
    EXPECT_EQ(rest[0].outcome, journal::Outcome::refused);
    EXPECT_EQ(rest[0].action, journal::Action::route_decision);
    EXPECT_EQ(rest[0].what, "16980 more of the same kind within 10 seconds");
    EXPECT_EQ(rest[0].reason, "the last: invented-16999: policy.destination_unknown");
    EXPECT_TRUE(notes.add(refusal("hanako", "archive"), 111)) << "a new window";
    EXPECT_TRUE(notes.take(200).empty());
}

TEST(RefusalNotes, InventedSourcesShareOneAndLeaveOtherActionsAlone) {
    RefusalNotes notes;
    std::uint64_t recorded = 0;
    for (int i = 0; i < 17000; ++i) {
        auto record = refusal("", "connection", journal::Action::terminal);
        record.terminal = "fd00::" + std::to_string(i);
        if (notes.add(record, 5)) ++recorded;
    }
    EXPECT_EQ(recorded, RefusalNotes::maximum_sources + RefusalNotes::recorded_each);
    EXPECT_TRUE(notes.add(refusal("hanako", "archive"), 5));
    const auto rest = notes.take_all();
    ASSERT_EQ(rest.size(), 1U);
    EXPECT_EQ(rest[0].terminal, "several terminals");
    EXPECT_EQ(rest[0].what, "16880 more of the same kind within 10 seconds");
    EXPECT_TRUE(notes.take_all().empty());
}

}  // namespace
}  // namespace shoji::gateway
