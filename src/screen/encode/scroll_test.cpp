#include "screen/encode/scroll.h"

#include "screen/encode/line_hashes.h"
#include "screen/encode/sample_pictures.h"

#include <map>

#include <gtest/gtest.h>

namespace shoji::encode {
namespace {

class ScrollTest : public testing::Test {
  protected:
    static constexpr int width = 640;
    static constexpr int height = 480;

    ScrollTest()
        : random_(samples::seeded(7)),
          font_(random_),
          page_(samples::article(random_, font_, 1200, 1500)) {}

    static Canvas canvas_of(const samples::Picture& picture) {
        Canvas canvas;
        canvas.reset(picture.width, picture.height);
        std::copy(picture.pixels.begin(), picture.pixels.end(), canvas.at(0, 0));
        return canvas;
    }
    static int differing(const Canvas& canvas, const samples::Picture& picture) {
        int count = 0;
        for (std::size_t i = 0; i < picture.pixels.size(); ++i) {
            if (canvas.pixels()[i] != picture.pixels[i]) ++count;
        }
        return count;
    }
    // Differing pixels before and after the moves.
    static std::pair<int, int> moved(const samples::Picture& from, const samples::Picture& to,
                                     const Rectangle& region) {
        Canvas canvas = canvas_of(from);
        const int before = differing(canvas, to);
        for (const Move& move : find_moves(canvas, to.image(), region)) {
            canvas.copy(move.to.x, move.to.y, move.to.width, move.to.height, move.from_x,
                        move.from_y);
        }
        return {before, differing(canvas, to)};
    }

    samples::Random random_;
    samples::Font font_;
    samples::Picture page_;
};

TEST_F(ScrollTest, FindsAPageScrolledEitherWay) {
    const auto upper = samples::window(page_, 100, 300, width, height);
    for (const int distance : {1, 40, 120, 300}) {
        const auto lower = samples::window(page_, 100, 300 + distance, width, height);
        for (const auto& [before, after] :
             {moved(upper, lower, upper.all()), moved(lower, upper, upper.all())}) {
            // What is left is what came into view.
            EXPECT_LE(after, before * (distance + 16) / height) << distance;
            EXPECT_GT(before, 0);
        }
    }
}

TEST_F(ScrollTest, FindsAPageScrolledSideways) {
    const auto left = samples::window(page_, 200, 300, width, height);
    for (const int distance : {3, 50, 200}) {
        const auto right = samples::window(page_, 200 + distance, 300, width, height);
        for (const auto& [before, after] :
             {moved(left, right, left.all()), moved(right, left, left.all())}) {
            EXPECT_LE(after, before * (distance + 64) / width + before / 20) << distance;
        }
    }
}

TEST_F(ScrollTest, LeavesWhatIsFixed) {
    auto from = samples::window(page_, 100, 300, width, height);
    auto to = samples::window(page_, 100, 360, width, height);
    for (auto* picture : {&from, &to}) {
        picture->fill({0, 0, width, 50}, 0x1a5fb4);            // a header
        picture->fill({width - 20, 0, 20, height}, 0xeeeeee);  // a scroll bar
        picture->fill({300, 200, 90, 40}, 0xffcc00);           // something over the text
    }
    from.fill({width - 18, 60, 16, 60}, 0x888888);
    to.fill({width - 18, 70, 16, 60}, 0x888888);
    const auto [before, after] = moved(from, to, from.all());
    EXPECT_LT(after, before / 3);
}

TEST_F(ScrollTest, FindsNothingWhereNothingMoved) {
    const auto from = samples::window(page_, 100, 100, width, height);
    EXPECT_TRUE(find_moves(canvas_of(from), from.image(), from.all()).empty());
    const samples::Picture empty(width, height);
    EXPECT_TRUE(find_moves(canvas_of(from), empty.image(), from.all()).empty());
    EXPECT_TRUE(find_moves(canvas_of(empty), from.image(), from.all()).empty());
}

TEST_F(ScrollTest, MovesLieInsideAndAreFew) {
    for (int round = 0; round < 60; ++round) {
        const auto at = [&] {
            return samples::window(page_, samples::between(random_, 0, 300),
                                   samples::between(random_, 0, 900), width, height);
        };
        const auto from = at();
        auto to = at();
        if (round % 2 == 0) to = from;
        const Rectangle region{samples::between(random_, 0, 100), samples::between(random_, 0, 100),
                               samples::between(random_, 1, 500),
                               samples::between(random_, 1, 350)};
        const auto moves = find_moves(canvas_of(from), to.image(), region);
        EXPECT_LE(moves.size(), 8U);
        for (const Move& move : moves) {
            for (const auto& [x, y] :
                 {std::pair{move.to.x, move.to.y}, {move.from_x, move.from_y}}) {
                EXPECT_GE(x, region.x);
                EXPECT_GE(y, region.y);
                EXPECT_LE(x + move.to.width, region.x + region.width);
                EXPECT_LE(y + move.to.height, region.y + region.height);
            }
        }
    }
}

TEST(LineIndex, FindsOnlyLinesThatAreAlone) {
    LineIndex index(5);
    const std::vector<std::uint32_t> hashes{7, 8, 7, 9, 7};
    EXPECT_EQ(index.fill(hashes), 2);
    EXPECT_EQ(index.find(8), 1);
    EXPECT_EQ(index.find(9), 3);
    EXPECT_EQ(index.find(7), -1);
    EXPECT_EQ(index.find(1), -1);
}

TEST_F(ScrollTest, HashesAreOfTheVisibleColours) {
    auto other = page_;
    for (auto& pixel : other.pixels) pixel |= 0xff000000;
    for (const Axis axis : {Axis::rows, Axis::columns}) {
        LineHashes a(page_.pixels.data(), page_.width, page_.all(), axis);
        LineHashes b(other.pixels.data(), other.width, other.all(), axis);
        ASSERT_EQ(a.strips(), b.strips());
        std::map<std::uint32_t, int> different;
        for (int strip = 0; strip < a.strips(); ++strip) {
            EXPECT_TRUE(std::ranges::equal(a.strip(strip), b.strip(strip)));
            for (const auto hash : a.strip(strip)) ++different[hash];
        }
        EXPECT_GT(different.size(), 1000U);
    }
}

}  // namespace
}  // namespace shoji::encode
