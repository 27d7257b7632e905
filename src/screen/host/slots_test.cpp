#include "screen/host/slots.h"

#include <gtest/gtest.h>

namespace shoji::host {
namespace {

TEST(Slots, GoRoundBeforeOneServesAgain) {
    Slots slots(3);
    EXPECT_EQ(slots.take(), 0U);
    slots.give_back(0);
    EXPECT_EQ(slots.take(), 1U);
    EXPECT_EQ(slots.take(), 2U);
    EXPECT_EQ(slots.take(), 0U);
}

TEST(Slots, EndWhenAllAreTaken) {
    Slots slots(2);
    EXPECT_TRUE(slots.take());
    EXPECT_TRUE(slots.take());
    EXPECT_FALSE(slots.take());
    slots.give_back(1);
    EXPECT_EQ(slots.take(), 1U);
}

TEST(Slots, CanBeTakenByNumberOnce) {
    Slots slots(2);
    EXPECT_TRUE(slots.take(1));
    EXPECT_FALSE(slots.take(1));
    EXPECT_FALSE(slots.take(2)) << "out of range";
    EXPECT_EQ(slots.take(), 0U);
    EXPECT_FALSE(slots.take());
}

}  // namespace
}  // namespace shoji::host
