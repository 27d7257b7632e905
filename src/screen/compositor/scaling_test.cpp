#include "screen/compositor/scaling.h"

#include <gtest/gtest.h>

namespace shoji::compositor {
namespace {

// fractional-scale-v1: half away from zero.
TEST(Scaling, rounds_half_away_from_zero) {
    EXPECT_EQ(to_device(1, 60), 1);
    EXPECT_EQ(to_device(-1, 60), -1);
    EXPECT_EQ(to_device(853, 180), 1280);
    EXPECT_EQ(to_device(533, 180), 800);
    EXPECT_EQ(to_device(1024, 150), 1280);
    EXPECT_EQ(to_device(101, 150), 126);
}

TEST(Scaling, a_window_fills_the_output_with_the_fewest_logical_pixels) {
    for (int scale = 60; scale <= 480; ++scale) {
        for (const int device : {1, 2, 63, 64, 799, 800, 1279, 1280, 1281, 1366, 1920, 7680}) {
            const int logical = to_logical_extent(device, scale);
            EXPECT_GE(to_device(logical, scale), device) << device << " at " << scale;
            EXPECT_LT(to_device(logical - 1, scale), device) << device << " at " << scale;
        }
    }
    EXPECT_EQ(to_logical_extent({1280, 800}, 180), (Size{853, 533}));
    EXPECT_EQ(to_logical_extent({1280, 800}, 120), (Size{1280, 800}));
}

}  // namespace
}  // namespace shoji::compositor
