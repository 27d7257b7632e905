#include "core/guard/my_number.h"

#include "core/base/printable.h"

#include <algorithm>

namespace shoji::guard {
namespace {

constexpr std::uint8_t number_length = 12;
constexpr std::uint8_t group_length = 4;
constexpr std::uint8_t row_groups = 3;

// Of the digits of a number, highest first; the check digit has none.
constexpr std::array<std::uint8_t, number_length> weights{6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 0};

std::uint8_t check_digit_of(std::uint8_t sum) {
    return static_cast<std::uint8_t>(sum <= 1 ? 0 : 11 - sum);
}

std::uint8_t with_digit(std::uint8_t sum, std::size_t place, std::uint8_t digit) {
    if (place >= weights.size()) return sum;
    return static_cast<std::uint8_t>((sum + digit * weights.at(place)) % 11);
}

std::size_t announced_length(char first) {
    const auto lead = static_cast<unsigned char>(first);
    if (lead >= 0xf0) return 4;
    if (lead >= 0xe0) return 3;
    return lead >= 0xc0 ? 2 : 1;
}

}  // namespace

std::uint8_t check_digit(std::span<const std::uint8_t, 11> digits) {
    std::uint8_t sum = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) sum = with_digit(sum, i, digits[i]);
    return check_digit_of(sum);
}

std::optional<std::uint8_t> MyNumberFinder::digit_of(char32_t code_point) {
    constexpr char32_t wide_zero = 0xff10;
    if (code_point >= U'0' && code_point <= U'9')
        return static_cast<std::uint8_t>(code_point - U'0');
    if (code_point >= wide_zero && code_point <= wide_zero + 9)
        return static_cast<std::uint8_t>(code_point - wide_zero);
    return std::nullopt;
}

MyNumberFinder::Separator MyNumberFinder::separator_of(char32_t code_point) {
    switch (code_point) {
        case U' ':
        case 0x00a0:  // no-break space
        case 0x3000:  // ideographic space
            return Separator::blank;
        case U'-':
        case 0x2010:  // hyphen
        case 0x2011:  // non-breaking hyphen
        case 0x2012:  // figure dash
        case 0x2013:  // en dash
        case 0x2014:  // em dash
        case 0x2015:  // horizontal bar
        case 0x2212:  // minus sign
        case 0x30fc:  // long vowel mark
        case 0xff0d:  // full-width hyphen-minus
        case 0xff70:  // half-width long vowel mark
            return Separator::hyphen;
        case U'.':
        case 0x00b7:  // middle dot
        case 0x30fb:  // katakana middle dot
        case 0xff0e:  // full-width full stop
        case 0xff65:  // half-width katakana middle dot
            return Separator::dot;
        default:
            return Separator::none;
    }
}

void MyNumberFinder::take_digit(std::uint8_t digit) {
    if (run_.length == 0) run_.begin = at_;
    run_.sum = with_digit(run_.sum, run_.length, digit);
    // Digits that follow a row's separator go on with its number; else this is 0 places in.
    const std::size_t before = pending_ == Separator::none ? 0U : row_.groups * group_length;
    if (run_.length == 0) run_.row_sum = pending_ == Separator::none ? std::uint8_t{0} : row_.sum;
    run_.row_sum = with_digit(run_.row_sum, before + run_.length, digit);
    run_.last = digit;
    run_.length = std::min<std::uint8_t>(run_.length + 1, number_length + 1);
}

void MyNumberFinder::end_row(std::vector<MyNumberPlace>& found) {
    if (row_.groups == row_groups && row_.last == check_digit_of(row_.sum)) {
        found.push_back({row_.begin, row_.end});
    }
    row_ = {};
    pending_ = Separator::none;
}

void MyNumberFinder::end_run(std::vector<MyNumberPlace>& found) {
    if (run_.length == 0) return;
    if (run_.length == group_length) {
        const bool goes_on = pending_ != Separator::none;
        if (!goes_on) {
            end_row(found);
            row_.begin = run_.begin;
        }
        row_.sum = run_.row_sum;
        row_.groups = std::min<std::uint8_t>(row_.groups + 1, row_groups + 1);
        row_.last = run_.last;
        row_.end = at_;
        pending_ = Separator::none;
    } else {
        end_row(found);
        if (run_.length == number_length && run_.last == check_digit_of(run_.sum)) {
            found.push_back({run_.begin, at_});
        }
    }
}

// A separator came after a group of four.
void MyNumberFinder::join(Separator separator, std::vector<MyNumberPlace>& found) {
    if (row_.separator != Separator::none && row_.separator != separator) {
        // The last group begins another row.
        const Run group = run_;
        const std::uint64_t end = row_.end;
        end_row(found);
        row_ = {group.begin, end, 1, group.sum, group.last, separator};
    }
    row_.separator = separator;
    pending_ = separator;
}

void MyNumberFinder::take(std::optional<char32_t> code_point, std::size_t bytes,
                          std::vector<MyNumberPlace>& found) {
    const auto digit = code_point ? digit_of(*code_point) : std::nullopt;
    if (digit) {
        take_digit(*digit);
    } else {
        end_run(found);
        const auto separator = code_point ? separator_of(*code_point) : Separator::none;
        if (separator != Separator::none && run_.length == group_length) {
            join(separator, found);
        } else {
            end_row(found);
        }
        run_ = {};
    }
    at_ += bytes;
}

void MyNumberFinder::drain(bool all, std::vector<MyNumberPlace>& found) {
    while (partial_size_ > 0 && (all || partial_size_ >= announced_length(partial_[0]))) {
        std::string_view rest(partial_.data(), partial_size_);
        const auto code_point = base::take_code_point(rest);
        const std::size_t taken = partial_size_ - rest.size();
        take(code_point, taken, found);
        std::fill(std::copy(rest.begin(), rest.end(), partial_.begin()), partial_.end(), '\0');
        partial_size_ = static_cast<std::uint8_t>(partial_size_ - taken);
    }
}

void MyNumberFinder::feed(std::string_view piece, std::vector<MyNumberPlace>& found) {
    for (const char c : piece) {
        if (partial_size_ == 0 && static_cast<unsigned char>(c) < 0x80) {
            const bool idle = run_.length == 0 && row_.groups == 0;
            if (idle && (c < '0' || c > '9')) {
                ++at_;
            } else {
                take(static_cast<char32_t>(c), 1, found);
            }
            continue;
        }
        partial_.at(partial_size_++) = c;
        drain(false, found);
    }
}

void MyNumberFinder::finish(std::vector<MyNumberPlace>& found) {
    drain(true, found);
    end_run(found);
    end_row(found);
    *this = {};
}

void MyNumberFinder::save(base::ByteWriter& writer) const {
    writer.write(at_);
    writer.write(run_.begin);
    for (const auto byte : {run_.length, run_.sum, run_.row_sum, run_.last}) writer.write(byte);
    writer.write(row_.begin);
    writer.write(row_.end);
    for (const auto byte : {row_.groups, row_.sum, row_.last}) writer.write(byte);
    writer.write(static_cast<std::uint8_t>(row_.separator));
    writer.write(static_cast<std::uint8_t>(pending_));
    writer.write(partial_size_);
    for (const char c : partial_) writer.write(static_cast<std::uint8_t>(c));
}

bool MyNumberFinder::load(base::ByteReader& reader) {
    MyNumberFinder read;
    read.at_ = reader.read<std::uint64_t>();
    read.run_.begin = reader.read<std::uint64_t>();
    for (auto* byte : {&read.run_.length, &read.run_.sum, &read.run_.row_sum, &read.run_.last}) {
        *byte = reader.read<std::uint8_t>();
    }
    read.row_.begin = reader.read<std::uint64_t>();
    read.row_.end = reader.read<std::uint64_t>();
    for (auto* byte : {&read.row_.groups, &read.row_.sum, &read.row_.last}) {
        *byte = reader.read<std::uint8_t>();
    }
    const auto separator = reader.read<std::uint8_t>();
    const auto pending = reader.read<std::uint8_t>();
    read.partial_size_ = reader.read<std::uint8_t>();
    for (char& c : read.partial_) c = static_cast<char>(reader.read<std::uint8_t>());
    constexpr auto most = static_cast<std::uint8_t>(Separator::dot);
    const bool right = reader.ok() && read.run_.length <= number_length + 1 && read.run_.sum < 11 &&
                       read.run_.row_sum < 11 && read.run_.last < 10 &&
                       read.row_.groups <= row_groups + 1 && read.row_.sum < 11 &&
                       read.row_.last < 10 && separator <= most && pending <= most &&
                       read.partial_size_ < read.partial_.size();
    *this = {};
    if (!right) return false;
    read.row_.separator = static_cast<Separator>(separator);
    read.pending_ = static_cast<Separator>(pending);
    *this = read;
    return true;
}

std::size_t count_my_numbers(std::string_view text) {
    std::vector<MyNumberPlace> found;
    MyNumberFinder finder;
    finder.feed(text, found);
    finder.finish(found);
    return found.size();
}

}  // namespace shoji::guard
