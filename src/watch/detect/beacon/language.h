// Whether a name looks as if people had made it: pairs and triples of letters as they stand in
// words (words.h), against letters by chance.
#pragma once

#include <array>
#include <string_view>

namespace shoji::beacon {

class Language {
  public:
    // Learns from words that blanks or line ends part. Only the letters a to z count.
    explicit Language(std::string_view learnt);

    // Bits a letter by which `label` is less likely as words than as chance; negative: it reads
    // like words. Digits between letters count as letters that fit nowhere. What stands between
    // hyphens and is short is an abbreviation and left out. In lower case; 0 when no letters are
    // left, and for names in Punycode.
    [[nodiscard]] double strangeness(std::string_view label) const;

    // Shorter labels say too little, and are no sign of generation. Of longer ones, `most_strange`
    // parts.
    static constexpr std::size_t least_length = 8;
    static constexpr double most_strange = 2.0;
    [[nodiscard]] bool looks_generated(std::string_view label) const {
        return label.size() >= least_length && strangeness(label) > most_strange;
    }

  private:
    [[nodiscard]] double strange_bits(std::string_view part) const;

    static constexpr std::size_t symbols = 27;  // 0: a word's border

    std::array<float, symbols * symbols * symbols> bits_{};  // -log2 of the third's chance
};

// That of words.h, made once.
const Language& language();

}  // namespace shoji::beacon
