#include "screen/host/packet_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::host {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const isolation::FirewallGround ground{"0badcafe", {}, {"10.0.0.2"}};
const isolation::FirewallSlot first{0, 100, {}, {443}, {}};
const isolation::FirewallSlot second{1, 104, {}, {443}, {}};

// A kernel that refuses as many of the next rules as it is told to.
struct Kernel {
    PacketRules::Apply apply() {
        return [this](std::string_view rules) -> base::Result<void> {
            applied.emplace_back(rules);
            if (refusals == 0) return {};
            --refusals;
            return base::fail(base::ErrorKind::system, "no such table");
        };
    }
    std::vector<std::string> applied;
    int refusals = 0;
};

TEST(PacketRules, AreAddedAndRemovedOneByOne) {
    Kernel kernel;
    PacketRules rules(true, ground, {first}, kernel.apply());
    EXPECT_TRUE(rules.add(second));
    EXPECT_TRUE(rules.remove(0));
    ASSERT_EQ(kernel.applied.size(), 2U);
    EXPECT_THAT(kernel.applied[0], AllOf(HasSubstr("add chain"), HasSubstr("slot_1")));
    EXPECT_THAT(kernel.applied[1], AllOf(HasSubstr("delete chain"), HasSubstr("slot_0")));
}

TEST(PacketRules, AreAllSetAnewWhenTheyHaveBeenTakenAway) {
    Kernel kernel;
    PacketRules rules(true, ground, {first}, kernel.apply());
    kernel.refusals = 1;
    EXPECT_TRUE(rules.add(second));
    EXPECT_THAT(kernel.applied.back(), AllOf(HasSubstr("table inet shoji_0badcafe {"),
                                             HasSubstr("slot_0"), HasSubstr("slot_1")));
    kernel.refusals = 1;
    EXPECT_TRUE(rules.remove(0));
    EXPECT_THAT(kernel.applied.back(), AllOf(HasSubstr("slot_1"), Not(HasSubstr("slot_0"))));
}

TEST(PacketRules, AFailureIsToldAndCanBeTriedAgain) {
    Kernel kernel;
    PacketRules rules(true, ground, {first}, kernel.apply());
    kernel.refusals = 2;
    EXPECT_FALSE(rules.add(second));
    kernel.refusals = 2;
    EXPECT_FALSE(rules.remove(0));
    EXPECT_TRUE(rules.remove(0));
    EXPECT_THAT(kernel.applied.back(), HasSubstr("slot_0"));
    kernel.applied.clear();
    EXPECT_TRUE(rules.remove(0)) << "there is nothing to remove any more";
    EXPECT_TRUE(rules.remove(1)) << "it was never added";
    EXPECT_THAT(kernel.applied, IsEmpty());
}

TEST(PacketRules, DoNothingWhereThereAreNone) {
    Kernel kernel;
    PacketRules rules(false, ground, {first}, kernel.apply());
    EXPECT_TRUE(rules.add(second));
    EXPECT_TRUE(rules.remove(0));
    EXPECT_TRUE(rules.remove_table());
    EXPECT_THAT(kernel.applied, IsEmpty());
}

}  // namespace
}  // namespace shoji::host
