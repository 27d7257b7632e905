#include "watch/detect/sigma/plain_text.h"

#include <gtest/gtest.h>

namespace shoji::sigma {
namespace {

std::string plain(std::string_view text) {
    std::string memory;
    return std::string(plain_text(text, memory).value_or("different"));
}

TEST(PlainText, HasOneByteForEachCodePoint) {
    EXPECT_EQ(plain("cmd /c dir"), "cmd /c dir");
    EXPECT_EQ(plain("a障子é😀z"), "a\x1a\x1a\x1a\x1az");
    EXPECT_EQ(plain(""), "");
}

TEST(PlainText, SaysWhatMightStillDiffer) {
    EXPECT_EQ(plain("a\vb"), "different") << "white space to one of them";
    EXPECT_EQ(plain("\xff"), "different") << "not UTF-8";
    EXPECT_EQ(plain("\xed\xa0\x80"), "different") << "a surrogate: one code point to RE2";
    EXPECT_EQ(plain("\u017f"), "different") << "the long s, which is s without regard to case";
    EXPECT_EQ(plain("\u212a"), "different") << "the Kelvin sign, which is k";
}

TEST(PlainText, ExpressionsThatNameNothingBeyondAscii) {
    for (const auto* expression :
         {"(?i)^.*\\.exe$", "[^a-z]\\s+\\S*\\w\\W\\d", "[^ -~]", "\\\\temp\\\\", "a|b", "\\t\\n"}) {
        EXPECT_TRUE(is_plain_expression(expression)) << expression;
    }
    for (const auto* expression : {"障", "[^\\x00-\\x7f]", "\\p{L}", "\\PL", "[[:alpha:]]", "\\C",
                                   "\\Qa\\E", "\\012", "a\tb", "\\a"}) {
        EXPECT_FALSE(is_plain_expression(expression)) << expression;
    }
}

}  // namespace
}  // namespace shoji::sigma
