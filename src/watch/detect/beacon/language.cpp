#include "watch/detect/beacon/language.h"

#include "watch/detect/beacon/words.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace shoji::beacon {
namespace {

// How much of the pairs' and the single letters' chances is mixed into the triples'.
constexpr double weight_of_pairs = 4;
constexpr double weight_of_letters = 2;
constexpr std::size_t longest_abbreviation = 4;

bool is_letter(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
std::size_t symbol(char c) {
    return is_letter(c) ? static_cast<std::size_t>(c - 'a' + 1) : 0;
}

}  // namespace

Language::Language(std::string_view learnt) {
    std::vector<double> triples(symbols * symbols * symbols);
    std::vector<double> pairs(symbols * symbols);
    std::vector<double> letters(symbols);
    std::vector<double> before_triples(symbols * symbols);
    std::vector<double> before_pairs(symbols);
    double all = 0;
    std::size_t one = 0;
    std::size_t two = 0;
    for (const char c : learnt) {
        const std::size_t three = symbol(c);
        if (three == 0 && two == 0) continue;
        triples[(one * symbols + two) * symbols + three] += 1;
        before_triples[one * symbols + two] += 1;
        pairs[two * symbols + three] += 1;
        before_pairs[two] += 1;
        letters[three] += 1;
        all += 1;
        one = three == 0 ? 0 : two;
        two = three;
    }
    for (std::size_t i = 0; i < bits_.size(); ++i) {
        const std::size_t last = i % symbols;
        const std::size_t middle = i / symbols % symbols;
        const std::size_t front = i / symbols;
        const double letter = (letters[last] + 0.5) / (all + 0.5 * symbols);
        const double pair = (pairs[middle * symbols + last] + weight_of_letters * letter) /
                            (before_pairs[middle] + weight_of_letters);
        const double triple =
            (triples[i] + weight_of_pairs * pair) / (before_triples[front] + weight_of_pairs);
        bits_[i] = static_cast<float>(-std::log2(triple));
    }
}

double Language::strangeness(std::string_view label) const {
    if (label.starts_with("xn--")) return 0;
    double bits = 0;
    std::size_t letters = 0;
    while (!label.empty()) {
        const auto part = label.substr(0, label.find('-'));
        label.remove_prefix(std::min(label.size(), part.size() + 1));
        if (part.size() <= longest_abbreviation) continue;
        bits += strange_bits(part);
        letters += static_cast<std::size_t>(std::ranges::count_if(part, is_letter));
    }
    return letters == 0 ? 0 : bits / static_cast<double>(letters);
}

double Language::strange_bits(std::string_view part) const {
    const double by_chance = std::log2(26.0);
    constexpr double misfit = 4;  // for digits next to letters, after the first such border
    double bits = 0;
    std::size_t borders = 0;
    std::size_t one = 0;
    std::size_t two = 0;
    char before = 0;
    for (const char c : part) {
        if ((is_letter(c) && is_digit(before)) || (is_digit(c) && is_letter(before))) {
            if (++borders > 1) bits += misfit;
        }
        before = c;
        const std::size_t three = symbol(c);
        if (three != 0) {
            const auto triple = (one * symbols + two) * symbols + three;
            bits += static_cast<double>(bits_[triple]) - by_chance;
        }
        one = three == 0 ? 0 : two;
        two = three;
    }
    return bits;
}

const Language& language() {
    static const Language made(words);
    return made;
}

}  // namespace shoji::beacon
