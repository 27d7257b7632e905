#include "watch/event/interner.h"

#include <gtest/gtest.h>

namespace shoji::event {
namespace {

TEST(Interner, GivesEachTextItsNumber) {
    Interner names;
    EXPECT_EQ(names.find("x"), std::nullopt);
    for (int round = 0; round < 2; ++round) {
        for (Interner::Number i = 0; i < 5000; ++i) {
            EXPECT_EQ(names.intern("12345678 " + std::to_string(i) + " 12345678"), i);
        }
    }
    EXPECT_EQ(names.size(), 5000U);
    EXPECT_EQ(names.find("12345678 77 12345678"), 77U);
    EXPECT_EQ(names.find("12345678 5000 12345678"), std::nullopt);
    EXPECT_EQ(names.name(77), "12345678 77 12345678");
    EXPECT_EQ(names.intern(""), 5000U);
    EXPECT_EQ(names.find(""), 5000U);
}

}  // namespace
}  // namespace shoji::event
