// Finds My Numbers (個人番号) in text: twelve digits of which the last is a check digit.
//
// The check digit is 11 − (Σ Pn·Qn mod 11), or 0 where that remainder is 0 or 1, with Pn the n-th
// digit from the lowest of the other eleven and Qn = n + 1 for n ≤ 6, n − 5 above
// (平成26年総務省令第85号 第5条, the ordinance on My Numbers, article 5).
//
// What counts as twelve digits, half-width or full-width and mixed:
//   - a run of exactly twelve digits, no digit before or after it;
//   - a row of exactly three groups of four digits with the same kind of one separator between
//     them: a blank (also no-break and ideographic), a hyphen (also dashes, the minus sign and the
//     long vowel mark that Japanese keyboards give in its place), or a dot. A fourth group makes it
//     a card's number and no My Number.
// One run in eleven of other twelve digits has a right check digit by chance: a finding is a
// signal, no proof. Digits spread further, in words or in pictures are not found.
//
// The text may come in pieces, cut anywhere, and need not be well-formed UTF-8: a byte that belongs
// to no character separates like any other character. Neither the finder nor its saved state holds
// the digits: they are summed modulo 11 as they pass.
#pragma once

#include "core/base/bytes.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace shoji::guard {

// Where a number stands: bytes from the start of the text, from its first digit to behind its last.
struct MyNumberPlace {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;

    bool operator==(const MyNumberPlace&) const = default;
};

// The check digit of eleven digits, each 0 to 9, highest first.
std::uint8_t check_digit(std::span<const std::uint8_t, 11> digits);

class MyNumberFinder {
  public:
    // Appends the numbers of which the text so far shows that they are over.
    void feed(std::string_view piece, std::vector<MyNumberPlace>& found);
    // The text is over: appends what its end completes, and starts anew.
    void finish(std::vector<MyNumberPlace>& found);

    // Some 40 bytes, for a text that goes on after a restart.
    void save(base::ByteWriter& writer) const;
    // False when the bytes are not what save() writes; the finder is then as new.
    bool load(base::ByteReader& reader);

    bool operator==(const MyNumberFinder&) const = default;

  private:
    enum class Separator : std::uint8_t { none, blank, hyphen, dot };
    // Digits without a break.
    struct Run {
        std::uint64_t begin = 0;
        std::uint8_t length = 0;   // 13 stands for more
        std::uint8_t sum = 0;      // as if its first digit were the first of a number
        std::uint8_t row_sum = 0;  // as if it went on with the row's number
        std::uint8_t last = 0;
        bool operator==(const Run&) const = default;
    };
    // Groups of four digits joined by one kind of separator.
    struct Row {
        std::uint64_t begin = 0;
        std::uint64_t end = 0;
        std::uint8_t groups = 0;  // 4 stands for more
        std::uint8_t sum = 0;
        std::uint8_t last = 0;
        Separator separator = Separator::none;
        bool operator==(const Row&) const = default;
    };

    static Separator separator_of(char32_t code_point);
    static std::optional<std::uint8_t> digit_of(char32_t code_point);
    void take(std::optional<char32_t> code_point, std::size_t bytes,
              std::vector<MyNumberPlace>& found);
    void take_digit(std::uint8_t digit);
    void end_run(std::vector<MyNumberPlace>& found);
    void end_row(std::vector<MyNumberPlace>& found);
    void join(Separator separator, std::vector<MyNumberPlace>& found);
    void drain(bool all, std::vector<MyNumberPlace>& found);

    std::uint64_t at_ = 0;  // bytes before the character that comes next
    Run run_;
    Row row_;
    Separator pending_ = Separator::none;  // stands behind the row's last group
    std::array<char, 4> partial_{};        // a character whose end has not come yet
    std::uint8_t partial_size_ = 0;
};

// How many My Numbers the whole text shows.
std::size_t count_my_numbers(std::string_view text);

}  // namespace shoji::guard
