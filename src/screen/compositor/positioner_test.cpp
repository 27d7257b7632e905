#include "screen/compositor/positioner.h"

#include "screen/compositor/limits.h"
#include "xdg-shell-server-protocol.h"

#include <random>

#include <gtest/gtest.h>

namespace shoji::compositor {
namespace {

constexpr Rectangle screen{0, 0, 1000, 800};
constexpr std::uint32_t flip =
    XDG_POSITIONER_CONSTRAINT_ADJUSTMENT_FLIP_X | XDG_POSITIONER_CONSTRAINT_ADJUSTMENT_FLIP_Y;
constexpr std::uint32_t slide =
    XDG_POSITIONER_CONSTRAINT_ADJUSTMENT_SLIDE_X | XDG_POSITIONER_CONSTRAINT_ADJUSTMENT_SLIDE_Y;
constexpr std::uint32_t shrink =
    XDG_POSITIONER_CONSTRAINT_ADJUSTMENT_RESIZE_X | XDG_POSITIONER_CONSTRAINT_ADJUSTMENT_RESIZE_Y;

// A list that drops down from a button.
PopupRules list_below(const Rectangle& button, Size size, std::uint32_t adjustment) {
    PopupRules rules;
    rules.size = size;
    rules.anchor = button;
    rules.anchor_set = true;
    rules.anchor_edge = XDG_POSITIONER_ANCHOR_BOTTOM_LEFT;
    rules.gravity = XDG_POSITIONER_GRAVITY_BOTTOM_RIGHT;
    rules.adjustment = adjustment;
    return rules;
}

TEST(Positioner, drops_down_where_there_is_room) {
    EXPECT_EQ(place_popup(list_below({100, 100, 80, 20}, {200, 300}, flip | slide), screen),
              (Rectangle{100, 120, 200, 300}));
}

TEST(Positioner, flips_up_at_the_bottom) {
    EXPECT_EQ(place_popup(list_below({100, 700, 80, 20}, {200, 300}, flip), screen),
              (Rectangle{100, 400, 200, 300}));
}

TEST(Positioner, flips_to_the_left_at_the_right_edge) {
    EXPECT_EQ(place_popup(list_below({950, 100, 40, 20}, {200, 300}, flip), screen),
              (Rectangle{790, 120, 200, 300}));
}

TEST(Positioner, does_not_flip_when_that_does_not_help) {
    EXPECT_EQ(place_popup(list_below({100, 400, 80, 20}, {200, 700}, flip), screen),
              (Rectangle{100, 420, 200, 700}));
}

TEST(Positioner, slides_into_view) {
    EXPECT_EQ(place_popup(list_below({900, 700, 80, 20}, {200, 300}, slide), screen),
              (Rectangle{800, 500, 200, 300}));
    EXPECT_EQ(place_popup(list_below({-50, -50, 10, 20}, {200, 300}, slide), screen),
              (Rectangle{0, 0, 200, 300}));
}

TEST(Positioner, shrinks_what_does_not_fit) {
    EXPECT_EQ(place_popup(list_below({100, 400, 80, 20}, {200, 700}, shrink), screen),
              (Rectangle{100, 420, 200, 380}));
    EXPECT_EQ(place_popup(list_below({100, 400, 80, 20}, {200, 900}, slide | shrink), screen),
              (Rectangle{100, 0, 200, 800}));
}

TEST(Positioner, centres_without_anchor_and_gravity) {
    PopupRules rules;
    rules.size = {20, 10};
    rules.anchor = {100, 100, 40, 40};
    rules.anchor_set = true;
    rules.offset_x = 5;
    rules.offset_y = -5;
    EXPECT_EQ(place_popup(rules, screen), (Rectangle{115, 110, 20, 10}));
}

TEST(Positioner, with_all_adjustments_it_is_always_inside) {
    std::mt19937 random(3);
    const auto number = [&](int low, int high) {
        return low + static_cast<int>(random() % static_cast<unsigned>(high - low + 1));
    };
    for (int i = 0; i < 20000; ++i) {
        PopupRules rules;
        rules.size = {number(1, max_side), number(1, max_side)};
        rules.anchor = {number(-max_coordinate, max_coordinate),
                        number(-max_coordinate, max_coordinate), number(0, max_coordinate),
                        number(0, max_coordinate)};
        rules.anchor_edge = static_cast<std::uint32_t>(number(0, 8));
        rules.gravity = static_cast<std::uint32_t>(number(0, 8));
        rules.adjustment = flip | slide | shrink;
        rules.offset_x = number(-max_coordinate, max_coordinate);
        rules.offset_y = number(-max_coordinate, max_coordinate);
        const Rectangle place = place_popup(rules, screen);
        EXPECT_GE(place.x, 0);
        EXPECT_GE(place.y, 0);
        EXPECT_GT(place.width, 0);
        EXPECT_GT(place.height, 0);
        EXPECT_LE(place.x + place.width, screen.width);
        EXPECT_LE(place.y + place.height, screen.height);
    }
}

}  // namespace
}  // namespace shoji::compositor
