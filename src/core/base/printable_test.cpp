#include "core/base/printable.h"

#include "core/base/bytes.h"

#include <random>

#include <gtest/gtest.h>

namespace shoji::base {
namespace {

TEST(Printable, KeepsJapaneseAndEnglish) {
    EXPECT_TRUE(is_printable("障子 shoji ｼｮｳｼﾞ 😀"));
    EXPECT_EQ(printable("障子", 100), "障子");
}

TEST(Printable, CutsAtACharactersBorder) {
    EXPECT_EQ(printable("障子", 5), "障");
    EXPECT_EQ(printable("障子", 2), "");
}

TEST(Printable, ReplacesControlsAndMalformedBytes) {
    EXPECT_EQ(printable("a\x1b[2Jb", 100), "a\xef\xbf\xbd[2Jb");
    EXPECT_EQ(printable("a\xff", 100), "a\xef\xbf\xbd");
    EXPECT_EQ(printable("a\xe9\x9a", 100), "a\xef\xbf\xbd\xef\xbf\xbd");
    EXPECT_FALSE(
        is_printable("a\xe2\x80\xae"
                     "b"));                  // U+202E turns the direction round
    EXPECT_FALSE(is_printable("\xc2\x85"));  // U+0085 next line
    EXPECT_FALSE(is_printable(std::string_view("\0", 1)));
}

TEST(Printable, TakesCodePointsOneByOne) {
    std::string_view text = "a\u969c\U0001f600\xff";
    EXPECT_EQ(take_code_point(text), U'a');
    EXPECT_EQ(take_code_point(text), U'\u969c');
    EXPECT_EQ(take_code_point(text), U'\U0001f600');
    EXPECT_EQ(take_code_point(text), std::nullopt);
    EXPECT_TRUE(text.empty());
}

TEST(Printable, AnyBytesBecomePrintableWithinTheLimit) {
    std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): the same inputs in each run
    for (int round = 0; round < 2000; ++round) {
        std::string text(random() % 40, ' ');
        for (char& c : text) c = static_cast<char>(random());
        const std::size_t limit = random() % 60;
        const std::string shown = printable(text, limit);
        EXPECT_LE(shown.size(), limit);
        EXPECT_TRUE(is_utf8(shown));
        EXPECT_TRUE(is_printable(shown));
        EXPECT_EQ(printable(shown, limit), shown);
    }
}

}  // namespace
}  // namespace shoji::base
