#include "watch/detect/sigma/testing/one_rule.h"

#include <gtest/gtest.h>

namespace shoji::sigma::testing {
namespace {

OneRule with(std::string_view item, Placeholders placeholders = {}) {
    return OneRule("  selection:\n    " + std::string(item) + "\n  condition: selection\n",
                   std::move(placeholders));
}

TEST(Modifiers, PlainValuesAreComparedWithoutRegardToCase) {
    auto rule = with("Image: 'C:\\Windows\\CMD.exe'");
    EXPECT_TRUE(rule.matches({{"Image", "c:\\windows\\cmd.EXE"}}));
    EXPECT_FALSE(rule.matches({{"Image", "c:\\windows\\cmd.exe "}}));
    EXPECT_FALSE(rule.matches({{"image", "c:\\windows\\cmd.exe"}}))
        << "names of fields keep theirs";
}

TEST(Modifiers, CaseIsFoldedBeyondAscii) {
    EXPECT_TRUE(with("A: 'ＡＢＣ税務ÄÉ'").matches({{"A", "ａｂｃ税務äé"}}));
    EXPECT_FALSE(with("A: '税務'").matches({{"A", "税努"}}));
}

TEST(Modifiers, ABackslashAtTheEndOfAValueIsOne) {
    EXPECT_TRUE(with("A|contains: '\\Temp\\'").matches({{"A", "C:\\temp\\x"}}));
    EXPECT_FALSE(with("A|contains: '\\Temp\\'").matches({{"A", "C:\\temp*"}}));
    EXPECT_TRUE(with("A|startswith: 'C:\\'").matches({{"A", "c:\\x"}}));
    EXPECT_TRUE(with("A|endswith: '\\'").matches({{"A", "c:\\"}}));
    EXPECT_TRUE(with("A: '\\'").matches({{"A", "\\"}}));
}

TEST(Modifiers, WildcardsAndTheirEscapes) {
    EXPECT_TRUE(with("A: 'a*c?e'").matches({{"A", "abbbcde"}}));
    EXPECT_FALSE(with("A: 'a*c?e'").matches({{"A", "abbbce"}}));
    EXPECT_TRUE(with("A: 'a?c'").matches({{"A", "a障c"}})) << "one character is one code point";
    EXPECT_TRUE(with("A: 'a\\*c'").matches({{"A", "a*c"}}));
    EXPECT_FALSE(with("A: 'a\\*c'").matches({{"A", "abc"}}));
    EXPECT_TRUE(with("A: 'a\\\\*c'").matches({{"A", "a\\bbc"}})) << "a backslash, then a wildcard";
    EXPECT_TRUE(with("A: 'a\\\\\\*c'").matches({{"A", "a\\*c"}}));
    EXPECT_FALSE(with("A: 'a\\\\\\*c'").matches({{"A", "a\\bc"}}));
    EXPECT_TRUE(with("A: '\\\\\\\\server'").matches({{"A", "\\\\server"}}));
    EXPECT_TRUE(with("A: '*'").matches({{"A", ""}}));
    EXPECT_FALSE(with("A: '*'").matches({{"B", ""}}));
}

TEST(Modifiers, ListsAreAnyOfTheirValuesOrAll) {
    auto any = with("A|contains: [x, y]");
    EXPECT_TRUE(any.matches({{"A", "ayb"}}));
    auto all = with("A|contains|all: [x, y]");
    EXPECT_FALSE(all.matches({{"A", "ayb"}}));
    EXPECT_TRUE(all.matches({{"A", "xy"}}));
    EXPECT_TRUE(all.matches({{"A", "x"}, {"A", "y"}})) << "each by one of the field's values";
}

TEST(Modifiers, NullIsAbsentAndEmptyIsNot) {
    auto null = with("A: null");
    EXPECT_TRUE(null.matches({{"B", "x"}}));
    EXPECT_TRUE(null.matches({{"A", std::nullopt}}));
    EXPECT_FALSE(null.matches({{"A", ""}}));
    auto empty = with("A: ''");
    EXPECT_TRUE(empty.matches({{"A", ""}}));
    EXPECT_FALSE(empty.matches({{"B", ""}}));
    EXPECT_FALSE(empty.matches({{"A", std::nullopt}}));
}

TEST(Modifiers, Exists) {
    EXPECT_TRUE(with("A|exists: true").matches({{"A", ""}}));
    EXPECT_FALSE(with("A|exists: true").matches({{"B", "x"}}));
    EXPECT_TRUE(with("A|exists: false").matches({{"B", "x"}}));
    EXPECT_NE(with("A|exists: 1").error(), "");
}

TEST(Modifiers, Cased) {
    EXPECT_TRUE(with("A|cased|contains: 'Ab'").matches({{"A", "xAby"}}));
    EXPECT_FALSE(with("A|cased|contains: 'Ab'").matches({{"A", "xaby"}}));
}

TEST(Modifiers, Different) {
    auto rule = with("A|neq: x");
    EXPECT_FALSE(rule.matches({{"A", "X"}}));
    EXPECT_TRUE(rule.matches({{"A", "y"}}));
}

TEST(Modifiers, Numbers) {
    EXPECT_TRUE(with("A|lt: 5").matches({{"A", "4.5"}}));
    EXPECT_FALSE(with("A|lt: 5").matches({{"A", "5"}}));
    EXPECT_TRUE(with("A|lte: 5").matches({{"A", "5"}}));
    EXPECT_TRUE(with("A|gt: 5").matches({{"A", "0x10"}}));
    EXPECT_FALSE(with("A|gte: 5").matches({{"A", "five"}}));
    EXPECT_TRUE(with("A: 0x10").matches({{"A", "16"}})) << "a number is what it is worth";
    EXPECT_NE(with("A|gt: many").error(), "");
}

TEST(Modifiers, Expressions) {
    EXPECT_TRUE(with("A|re: '^a[0-9]+$'").matches({{"A", "a12"}}));
    EXPECT_FALSE(with("A|re: '^a[0-9]+$'").matches({{"A", "A12"}})) << "with regard to case";
    EXPECT_TRUE(with("A|re|i: '^a[0-9]+$'").matches({{"A", "A12"}}));
    EXPECT_TRUE(with("A|re|m: '^b$'").matches({{"A", "a\nb\nc"}}));
    EXPECT_TRUE(with("A|re|s: 'a.b'").matches({{"A", "a\nb"}}));
    EXPECT_FALSE(with("A|re: 'a.b'").matches({{"A", "a\nb"}}));
    EXPECT_TRUE(with("A|re: '^.{3}$'").matches({{"A", "障子紙"}})) << "code points, not bytes";
    EXPECT_TRUE(with("A|re: '\\S'").matches({{"A", "\v"}}));
}

TEST(Modifiers, Networks) {
    EXPECT_TRUE(with("A|cidr: 10.0.0.0/8").matches({{"A", "10.255.0.1"}}));
    EXPECT_FALSE(with("A|cidr: 10.0.0.0/9").matches({{"A", "10.255.0.1"}}));
    EXPECT_TRUE(with("A|cidr: 'fe80::/10'").matches({{"A", "febf::1"}}));
    EXPECT_FALSE(with("A|cidr: 'fe80::/10'").matches({{"A", "fec0::1"}}));
    EXPECT_TRUE(with("A|cidr: 10.0.0.0/8").matches({{"A", "::ffff:10.1.2.3"}}));
    EXPECT_NE(with("A|cidr: 10.0.0.0/33").error(), "");
}

TEST(Modifiers, WindowsDashes) {
    auto rule = with("A|windash|contains: ' -foo'");
    for (const auto* dash : {"-", "/", "–", "—", "―"}) {
        EXPECT_TRUE(rule.matches({{"A", std::string("x ") + dash + "FOO"}})) << dash;
    }
    EXPECT_FALSE(rule.matches({{"A", "x +foo"}}));
    EXPECT_TRUE(with("A|contains|windash: 'a-b -c'").matches({{"A", "a-b /c"}}));
    EXPECT_FALSE(with("A|contains|windash: 'a-b -c'").matches({{"A", "a/b /c"}}));
}

TEST(Modifiers, Base64) {
    EXPECT_TRUE(with("A|base64|contains: 'foobar'").matches({{"A", "xZm9vYmFyx"}}));
    auto offset = with("A|base64offset|contains: 'foobar'");
    EXPECT_TRUE(offset.matches({{"A", "Zm9vYmFy"}}));          // foobar
    EXPECT_TRUE(offset.matches({{"A", "eGZvb2Jhcng="}}));      // xfoobarx
    EXPECT_TRUE(offset.matches({{"A", "eHhmb29iYXJ4eA=="}}));  // xxfoobarxx
    EXPECT_FALSE(offset.matches({{"A", "Zm9vYm9v"}}));
    // IEX in UTF-16 within base64, as PowerShell's -EncodedCommand has it: "x IEX "
    EXPECT_TRUE(with("A|wide|base64offset|contains: 'IEX'").matches({{"A", "eAAgAEkARQBYACAA"}}));
    EXPECT_TRUE(with("A|utf16be|base64|contains: 'A'").matches({{"A", "AEE="}}));
    EXPECT_NE(with("A|base64: 'a*b'").error(), "");
}

TEST(Modifiers, OtherFields) {
    EXPECT_TRUE(with("A|fieldref: B").matches({{"A", "Same"}, {"B", "same"}}));
    EXPECT_FALSE(with("A|fieldref: B").matches({{"A", "same"}}));
    EXPECT_TRUE(with("A|fieldref|endswith: B").matches({{"A", "c:\\x.exe"}, {"B", "X.EXE"}}));
    EXPECT_FALSE(with("A|fieldref|startswith: B").matches({{"A", "c:\\x.exe"}, {"B", "X.EXE"}}));
    EXPECT_TRUE(with("A|fieldref|contains: B").matches({{"A", "axb"}, {"B", "x"}}));
}

TEST(Modifiers, PartsOfTimes) {
    const Fields event{{"A", "2026-11-23T22:41:00+09:00"}};  // a Monday; 13:41 UTC
    EXPECT_TRUE(with("A|hour: 13").matches(event));
    EXPECT_TRUE(with("A|minute: 41").matches(event));
    EXPECT_TRUE(with("A|day: 23").matches(event));
    EXPECT_TRUE(with("A|month: 11").matches(event));
    EXPECT_TRUE(with("A|week: 48").matches(event));
    EXPECT_TRUE(with("A|year: 2026").matches(event));
    EXPECT_FALSE(with("A|year: 2025").matches(event));
}

TEST(Modifiers, Placeholders) {
    const sigma::Placeholders lists{{"admins", {"root", "adm*"}}};
    auto rule = with("A|expand: '%admins%'", lists);
    EXPECT_TRUE(rule.matches({{"A", "administrator"}}));
    EXPECT_FALSE(rule.matches({{"A", "user"}}));
    EXPECT_TRUE(with("A|contains|expand: 'x%admins%y'", lists).matches({{"A", "-xrooty-"}}));
    auto unfilled = with("A|expand: '%nobody%'");
    EXPECT_FALSE(unfilled.matches({{"A", "%nobody%"}}));
    EXPECT_EQ(unfilled.rule().unfilled, std::vector<std::string>{"nobody"});
}

TEST(Modifiers, AnUnknownOneIsAnError) {
    EXPECT_NE(with("A|beginswith: x").error().find("'beginswith'"), std::string::npos);
    EXPECT_NE(with("A|lt|contains: 5").error(), "");
}

}  // namespace
}  // namespace shoji::sigma::testing
