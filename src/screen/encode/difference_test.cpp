#include "screen/encode/difference.h"

#include "screen/encode/sample_pictures.h"

#include <gtest/gtest.h>

namespace shoji::encode {
namespace {

bool contains(const Rectangle& outer, int x, int y) {
    return x >= outer.x && y >= outer.y && x < outer.x + outer.width && y < outer.y + outer.height;
}

bool operator==(const Rectangle& a, const Rectangle& b) {
    return a.x == b.x && a.y == b.y && a.width == b.width && a.height == b.height;
}

class DifferenceTest : public testing::Test {
  protected:
    DifferenceTest() { before_.reset(100, 70); }

    Canvas before_;
    samples::Picture now_{100, 70, 0};
};

TEST_F(DifferenceTest, FindsTheChangedPartOfATile) {
    now_.at(35, 40) = 1;
    now_.at(40, 36) = 2;
    TileSet tiles(100, 70);
    tiles.add(now_.all());
    const auto parts = changed_parts(before_, now_.image(), tiles);
    ASSERT_EQ(parts.size(), 1U);
    EXPECT_TRUE(parts[0] == (Rectangle{35, 36, 6, 5}));
}

TEST_F(DifferenceTest, LooksOnlyAtDamagedTiles) {
    now_.at(0, 0) = 1;
    now_.at(99, 69) = 1;
    TileSet tiles(100, 70);
    tiles.add({70, 65, 1, 1});
    EXPECT_TRUE(changed_parts(before_, now_.image(), tiles).empty());
    tiles.add({96, 64, 4, 6});
    EXPECT_EQ(changed_parts(before_, now_.image(), tiles).size(), 1U);
}

TEST_F(DifferenceTest, IgnoresTheUndefinedByte) {
    now_.fill(now_.all(), 0xab000000);
    TileSet tiles(100, 70);
    tiles.add(now_.all());
    EXPECT_TRUE(changed_parts(before_, now_.image(), tiles).empty());
}

TEST(TileSet, CutsDamageToThePicture) {
    TileSet tiles(100, 70);
    tiles.add({-50, -50, 20, 20});
    tiles.add({100, 0, 10, 10});
    tiles.add({0, 70, 10, 10});
    tiles.add({10, 10, 0, 5});
    tiles.add({10, 10, 5, -5});
    EXPECT_TRUE(tiles.rectangles().empty());
    tiles.add({-2147483647, -2147483647, 2147483647, 2147483647});
    EXPECT_TRUE(tiles.rectangles().empty());
    tiles.add({50, 50, 2147483647, 2147483647});
    EXPECT_EQ(tiles.rectangles().size(), 3U * 2);
    EXPECT_TRUE(tiles.rectangles().back() == (Rectangle{96, 64, 4, 6}));
}

TEST(Join, NeighboursBecomeOne) {
    const std::vector<Rectangle> parts{
        {0, 0, 32, 32}, {32, 0, 32, 32}, {0, 32, 32, 32}, {32, 32, 32, 32}};
    const auto joined = join(parts);
    ASSERT_EQ(joined.size(), 1U);
    EXPECT_TRUE(joined[0] == (Rectangle{0, 0, 64, 64}));
}

TEST(Join, FarChangesStayApart) {
    EXPECT_EQ(join(std::vector<Rectangle>{{0, 0, 30, 30}, {400, 0, 30, 30}}).size(), 2U);
    EXPECT_EQ(join(std::vector<Rectangle>{{0, 0, 30, 30}, {0, 96, 30, 30}}).size(), 2U);
}

TEST(Join, CoversEveryChangeAndLittleElse) {
    auto random = samples::seeded(1);
    for (int round = 0; round < 200; ++round) {
        Canvas before;
        before.reset(samples::between(random, 64, 400), samples::between(random, 64, 400));
        samples::Picture now(before.width(), before.height(), 0);
        for (int i = samples::between(random, 0, 40); i > 0; --i) {
            now.fill(
                {samples::between(random, 0, now.width), samples::between(random, 0, now.height),
                 samples::between(random, 1, 60), samples::between(random, 1, 30)},
                static_cast<std::uint32_t>(samples::between(random, 0, 3)));
        }
        TileSet tiles(now.width, now.height);
        tiles.add(now.all());
        const auto parts = changed_parts(before, now.image(), tiles);
        const auto joined = join(parts);
        std::int64_t sent = 0;
        for (const auto& rectangle : joined) sent += area(rectangle);
        std::int64_t least = 0;
        for (const auto& part : parts) least += area(part);
        EXPECT_LE(sent, least + area(now.all()) / 2 + 512);
        for (int y = 0; y < now.height; ++y) {
            for (int x = 0; x < now.width; ++x) {
                const bool covered =
                    std::any_of(joined.begin(), joined.end(),
                                [&](const Rectangle& r) { return contains(r, x, y); });
                ASSERT_TRUE(covered || now.at(x, y) == 0) << x << ", " << y;
            }
        }
    }
}

}  // namespace
}  // namespace shoji::encode
