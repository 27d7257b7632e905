#include "screen/compositor/region.h"

#include "screen/compositor/limits.h"

#include <cstdint>
#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace shoji::compositor {
namespace {

TEST(Bounded, keeps_what_lies_inside) {
    EXPECT_EQ(bounded(1, 2, 3, 4), (Rectangle{1, 2, 3, 4}));
    EXPECT_EQ(bounded(-5, -5, 10, 10), (Rectangle{-5, -5, 10, 10}));
}

TEST(Bounded, is_empty_for_what_has_no_area) {
    EXPECT_EQ(bounded(0, 0, 0, 5), Rectangle{});
    EXPECT_EQ(bounded(0, 0, -1, 5), Rectangle{});
    EXPECT_EQ(bounded(max_coordinate, 0, 5, 5), Rectangle{});
    EXPECT_EQ(bounded(-max_coordinate - 5, 0, 5, 5), Rectangle{});
}

TEST(Bounded, takes_any_numbers) {
    constexpr std::int64_t extremes[] = {std::numeric_limits<std::int32_t>::min(),
                                         std::numeric_limits<std::int32_t>::min() + 1,
                                         -max_coordinate - 1,
                                         -1,
                                         0,
                                         1,
                                         max_coordinate,
                                         std::numeric_limits<std::int32_t>::max(),
                                         std::numeric_limits<std::int64_t>::max(),
                                         std::numeric_limits<std::int64_t>::min()};
    for (const auto x : extremes) {
        for (const auto width : extremes) {
            const Rectangle r = bounded(x, x, width, width);
            EXPECT_GE(r.x, -max_coordinate);
            EXPECT_LE(r.x + r.width, max_coordinate);
            EXPECT_GE(r.width, 0);
            EXPECT_EQ(r.width == 0, r.height == 0);
        }
    }
    EXPECT_EQ(bounded(0, 0, std::numeric_limits<std::int32_t>::max(),
                      std::numeric_limits<std::int32_t>::max()),
              (Rectangle{0, 0, max_coordinate, max_coordinate}));
}

TEST(Region, rectangles_are_disjoint_and_cover_what_was_added) {
    std::mt19937 random(7);
    for (int round = 0; round < 50; ++round) {
        Region region;
        bool grid[24][24] = {};
        for (int i = 0; i < 6; ++i) {
            const Rectangle r{static_cast<int>(random() % 20), static_cast<int>(random() % 20),
                              static_cast<int>(random() % 5), static_cast<int>(random() % 5)};
            const bool add = random() % 4 != 0;
            if (add) {
                region.add(r);
            } else {
                region.subtract(r);
            }
            for (int y = r.y; y < r.y + r.height; ++y) {
                for (int x = r.x; x < r.x + r.width; ++x) grid[y][x] = add;
            }
        }
        int covered[24][24] = {};
        for (const Rectangle& r : region.rectangles()) {
            for (int y = r.y; y < r.y + r.height; ++y) {
                for (int x = r.x; x < r.x + r.width; ++x) ++covered[y][x];
            }
        }
        for (int y = 0; y < 24; ++y) {
            for (int x = 0; x < 24; ++x) {
                EXPECT_EQ(covered[y][x], grid[y][x] ? 1 : 0);
                EXPECT_EQ(region.contains(x, y), grid[y][x]);
            }
        }
    }
}

TEST(Region, becomes_its_box_when_it_has_too_many_rectangles) {
    Region region;
    for (int i = 0; i < 10; ++i) region.add({i * 4, i * 4, 2, 2});
    region.simplify(10);
    EXPECT_EQ(region.count(), 10);
    region.simplify(9);
    EXPECT_EQ(region.rectangles(), (std::vector<Rectangle>{{0, 0, 38, 38}}));
}

TEST(Region, knows_what_it_covers) {
    Region region(Rectangle{0, 0, 10, 5});
    region.add({0, 5, 10, 5});
    EXPECT_TRUE(region.covers({0, 0, 10, 10}));
    EXPECT_FALSE(region.covers({0, 0, 11, 10}));
    Region moved = region;
    moved.translate(5, 0);
    EXPECT_EQ(moved.extents(), (Rectangle{5, 0, 10, 10}));
    EXPECT_EQ(region.extents(), (Rectangle{0, 0, 10, 10}));
}

}  // namespace
}  // namespace shoji::compositor
