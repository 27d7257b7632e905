#include "core/guard/my_number.h"

#include "core/base/printable.h"

#include <algorithm>
#include <random>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::guard {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Digits = std::array<std::uint8_t, 11>;

// The ordinance's own words, digit by digit from the lowest.
std::uint8_t check_by_the_ordinance(const Digits& digits) {
    int sum = 0;
    for (int n = 1; n <= 11; ++n) {
        const int p = digits.at(static_cast<std::size_t>(11 - n));
        const int q = n <= 6 ? n + 1 : n - 5;
        sum += p * q;
    }
    const int remainder = sum % 11;
    return static_cast<std::uint8_t>(remainder <= 1 ? 0 : 11 - remainder);
}

Digits random_digits(std::mt19937& random) {
    Digits digits{};
    for (auto& digit : digits) digit = static_cast<std::uint8_t>(random() % 10);
    return digits;
}

// Twelve digits; `wrong` is added to the check digit.
std::string number(std::mt19937& random, int wrong = 0) {
    const auto digits = random_digits(random);
    std::string text;
    for (const auto digit : digits) text += static_cast<char>('0' + digit);
    return text + static_cast<char>('0' + (check_by_the_ordinance(digits) + wrong) % 10);
}

std::string wide(const std::string& text) {
    std::string out;
    for (const char c : text) {
        out += "\xef\xbc";
        out += static_cast<char>(0x90 + (c - '0'));
    }
    return out;
}

std::string grouped(const std::string& text, const std::string& separator) {
    return text.substr(0, 4) + separator + text.substr(4, 4) + separator + text.substr(8);
}

std::vector<MyNumberPlace> find(std::string_view text) {
    std::vector<MyNumberPlace> found;
    MyNumberFinder finder;
    finder.feed(text, found);
    finder.finish(found);
    return found;
}

// The same answer by looking at the whole text again and again.
class Naive {
  public:
    explicit Naive(std::string_view text) {
        std::string_view rest = text;
        while (!rest.empty()) {
            const std::size_t begin = text.size() - rest.size();
            const auto code_point = base::take_code_point(rest);
            characters_.push_back({code_point.value_or(0xfffd), begin, text.size() - rest.size()});
        }
    }

    std::vector<MyNumberPlace> find() const {
        std::vector<MyNumberPlace> found;
        for (std::size_t i = 0; i < characters_.size(); ++i) {
            if (digit(i) < 0 || (i > 0 && digit(i - 1) >= 0)) continue;
            if (run(i) == 12) add(i, {i, i + 4, i + 8}, found);
            if (run(i) == 4 && !group_before(i)) add_row(i, found);
        }
        std::ranges::sort(found, {}, &MyNumberPlace::begin);
        return found;
    }

  private:
    struct Character {
        char32_t code_point;
        std::size_t begin;
        std::size_t end;
    };

    int digit(std::size_t i) const {
        if (i >= characters_.size()) return -1;
        const char32_t c = characters_[i].code_point;
        if (c >= U'0' && c <= U'9') return static_cast<int>(c - U'0');
        if (c >= 0xff10 && c <= 0xff19) return static_cast<int>(c - 0xff10);
        return -1;
    }
    int kind(std::size_t i) const {
        if (i >= characters_.size()) return 0;
        const std::u32string_view blanks = U"  　";
        const std::u32string_view hyphens = U"-‐‑‒–—―−ー－ｰ";
        const std::u32string_view dots = U".·・．･";
        const char32_t c = characters_[i].code_point;
        if (blanks.find(c) != blanks.npos) return 1;
        if (hyphens.find(c) != hyphens.npos) return 2;
        return dots.find(c) != dots.npos ? 3 : 0;
    }
    std::size_t run(std::size_t i) const {
        std::size_t length = 0;
        while (digit(i + length) >= 0) ++length;
        return length;
    }
    bool starts_group(std::size_t i) const { return run(i) == 4 && (i == 0 || digit(i - 1) < 0); }
    // The kind of separator before the group at i when a group of four stands before that.
    int joined(std::size_t i) const { return i >= 5 && starts_group(i - 5) ? kind(i - 1) : 0; }
    // A row that this group could begin has begun before it already.
    bool group_before(std::size_t i) const {
        const int before = joined(i);
        return before != 0 && before == kind(i + 4);
    }
    void add_row(std::size_t i, std::vector<MyNumberPlace>& found) const {
        const int separator = kind(i + 4);
        if (separator == 0) return;
        std::size_t groups = 1;
        while (kind(i + groups * 5 - 1) == separator && starts_group(i + groups * 5)) ++groups;
        if (groups == 3) add(i, {i, i + 5, i + 10}, found);
    }
    void add(std::size_t i, const std::array<std::size_t, 3>& groups,
             std::vector<MyNumberPlace>& found) const {
        std::array<std::uint8_t, 12> all{};
        for (std::size_t n = 0; n < all.size(); ++n) {
            all.at(n) = static_cast<std::uint8_t>(digit(groups.at(n / 4) + n % 4));
        }
        Digits digits{};
        std::copy_n(all.begin(), digits.size(), digits.begin());
        if (check_by_the_ordinance(digits) != all.back()) return;
        found.push_back({characters_[i].begin, characters_[groups[2] + 3].end});
    }

    std::vector<Character> characters_;
};

TEST(MyNumber, CheckDigitIsTheOrdinances) {
    std::mt19937 random(1);
    for (int i = 0; i < 2000; ++i) {
        const auto digits = random_digits(random);
        EXPECT_EQ(check_digit(digits), check_by_the_ordinance(digits));
    }
}

TEST(MyNumber, IsFoundWithItsPlace) {
    std::mt19937 random(2);
    const auto text = number(random);
    EXPECT_THAT(find("番号 " + text + "。"), ElementsAre(MyNumberPlace{7, 19}));
    EXPECT_THAT(find(text), ElementsAre(MyNumberPlace{0, 12}));
}

TEST(MyNumber, IsFoundInFullWidthAndGroups) {
    std::mt19937 random(3);
    for (const std::string separator : {" ", "-", "　", "－", "ー", "・", "."}) {
        const auto text = number(random);
        EXPECT_EQ(find(grouped(text, separator)).size(), 1U) << separator;
        EXPECT_EQ(find(wide(text.substr(0, 4)) + separator + text.substr(4, 4) + separator +
                       wide(text.substr(8)))
                      .size(),
                  1U)
            << separator;
    }
    EXPECT_EQ(find(wide(number(random))).size(), 1U);
}

TEST(MyNumber, AWrongCheckDigitIsNone) {
    std::mt19937 random(4);
    for (int wrong = 1; wrong < 10; ++wrong) EXPECT_THAT(find(number(random, wrong)), IsEmpty());
}

TEST(MyNumber, LongerRowsOfDigitsAreNone) {
    std::mt19937 random(5);
    const auto text = number(random);
    EXPECT_THAT(find("1" + text), IsEmpty());
    EXPECT_THAT(find(text + "1"), IsEmpty());
    EXPECT_THAT(find("1234-" + grouped(text, "-")), IsEmpty());
    EXPECT_THAT(find(grouped(text, "-") + "-1234"), IsEmpty());
    EXPECT_THAT(find(grouped(text, "--")), IsEmpty());
    const auto mixed = text.substr(0, 4) + "-" + text.substr(4, 4) + " " + text.substr(8);
    EXPECT_THAT(find(mixed), IsEmpty());
}

TEST(MyNumber, WhatStandsBesideARowIsNoPartOfIt) {
    std::mt19937 random(6);
    const auto text = grouped(number(random), "-");
    EXPECT_EQ(find(text + " 1234").size(), 1U);
    EXPECT_EQ(find("1234 " + text).size(), 1U);
    EXPECT_EQ(find(text + "-12").size(), 1U);
}

TEST(MyNumber, BrokenUtf8Separates) {
    std::mt19937 random(7);
    const auto text = number(random);
    EXPECT_EQ(find("\xff" + text + "\xe3\x81").size(), 1U);
    EXPECT_THAT(find(text.substr(0, 6) + "\xff" + text.substr(6)), IsEmpty());
}

// Text of few words, so that rows, runs and near misses are frequent.
std::string random_text(std::mt19937& random) {
    std::string text;
    for (auto words = random() % 8; words > 0; --words) {
        const auto right = number(random, random() % 3 == 0 ? 1 : 0);
        switch (random() % 6) {
            case 0:
                text += right;
                break;
            case 1:
                text += wide(right);
                break;
            case 2:
                text += grouped(right, "-");
                break;
            case 3:
                text += grouped(right, "　");
                break;
            case 4:
                text += right.substr(0, random() % 6);
                break;
            default:
                text += right.substr(0, 4);
        }
        const std::array<const char*, 9> between{"",     "-",    " ",  "　", "名",
                                                 "\xff", "\xe3", "ー", "."};
        text += between.at(random() % between.size());
    }
    return text;
}

TEST(MyNumberProperty, EqualsLookingAtTheWholeText) {
    std::mt19937 random(8);
    std::size_t findings = 0;
    for (int i = 0; i < 30'000; ++i) {
        const auto text = random_text(random);
        auto found = find(text);
        std::ranges::sort(found, {}, &MyNumberPlace::begin);
        const auto expected = Naive(text).find();
        ASSERT_EQ(found, expected) << text;
        findings += found.size();
    }
    EXPECT_GT(findings, 10'000U);
}

TEST(MyNumberProperty, PiecesAndRestartsChangeNothing) {
    std::mt19937 random(9);
    for (int i = 0; i < 3000; ++i) {
        const auto text = random_text(random);
        MyNumberFinder finder;
        std::vector<MyNumberPlace> found;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t size = random() % 7;
            finder.feed(std::string_view(text).substr(at, size), found);
            at += size;
            base::ByteWriter writer;
            finder.save(writer);
            base::ByteReader reader(writer.bytes());
            MyNumberFinder loaded;
            ASSERT_TRUE(loaded.load(reader) && reader.finished());
            ASSERT_EQ(loaded, finder);
            finder = loaded;
        }
        finder.finish(found);
        ASSERT_EQ(found, find(text));
    }
}

TEST(MyNumber, SavedStateHoldsNoDigits) {
    std::mt19937 random(10);
    const auto text = number(random);
    MyNumberFinder finder;
    std::vector<MyNumberPlace> found;
    finder.feed(text, found);
    base::ByteWriter writer;
    finder.save(writer);
    const std::string saved(writer.bytes().begin(), writer.bytes().end());
    for (std::size_t i = 0; i + 3 <= text.size(); ++i) {
        std::string raw = text.substr(i, 3);
        EXPECT_EQ(saved.find(raw), saved.npos);
        for (char& c : raw) c = static_cast<char>(c - '0');
        EXPECT_EQ(saved.find(raw), saved.npos) << i;
    }
}

TEST(MyNumber, DamagedStateIsRefused) {
    MyNumberFinder finder;
    base::ByteWriter writer;
    finder.save(writer);
    auto bytes = writer.take();
    {
        base::ByteReader reader({bytes.data(), bytes.size() - 1});
        EXPECT_FALSE(finder.load(reader));
    }
    bytes[17] = 11;  // the run's sum modulo 11
    base::ByteReader reader(bytes);
    EXPECT_FALSE(finder.load(reader));
    EXPECT_EQ(finder, MyNumberFinder());
}

}  // namespace
}  // namespace shoji::guard
