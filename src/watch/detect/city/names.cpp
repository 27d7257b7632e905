#include "watch/detect/city/names.h"

#include "watch/detect/city/random.h"

#include <array>
#include <string_view>

#include <fmt/format.h>

namespace shoji::city {
namespace {

constexpr std::array<std::string_view, 64> first_words{
    "midori",   "sakura",  "asahi",   "hikari",  "minami",  "kita",     "higashi", "nishi",
    "chuo",     "aozora",  "yamato",  "tokai",   "kansai",  "hokkaido", "kyushu",  "shinano",
    "kawasaki", "matsu",   "fuji",    "takara",  "wakaba",  "mirai",    "kibou",   "anshin",
    "green",    "blue",    "first",   "open",    "smart",   "global",   "digital", "city",
    "local",    "happy",   "quick",   "sun",     "river",   "mountain", "home",    "life",
    "news",     "weather", "travel",  "health",  "book",    "garden",   "music",   "sports",
    "kenkou",   "ryokou",  "tenki",   "shinbun", "kyouiku", "fukushi",  "bousai",  "kensetsu",
    "koutsuu",  "shoukou", "nougyou", "gakkou",  "byouin",  "toshokan", "zaimu",   "soumu"};
constexpr std::array<std::string_view, 48> second_words{
    "system",   "net",      "works",  "shop",    "media",   "data",    "link",    "store",
    "support",  "service",  "cloud",  "portal",  "bank",    "group",   "office",  "partner",
    "denki",    "koumuten", "shoten", "sangyou", "unyu",    "seisaku", "tsushin", "insatsu",
    "kaihatsu", "kenkyu",   "center", "plaza",   "journal", "press",   "guide",   "map",
    "board",    "square",   "space",  "design",  "factory", "lab",     "mart",    "online",
    "times",    "cafe",     "clinic", "school",  "library", "foods",   "line",    "port"};
constexpr std::array<std::string_view, 12> endings{".co.jp", ".jp",    ".com", ".com",
                                                   ".ne.jp", ".or.jp", ".net", ".go.jp",
                                                   ".lg.jp", ".org",   ".com", ".jp"};

std::string abbreviation(Random& random) {
    std::string name;
    const auto length = random.between(2, 4);
    for (std::uint64_t i = 0; i < length; ++i) {
        name += static_cast<char>('a' + random.below(26));
    }
    return name;
}

}  // namespace

std::string site_name(std::uint64_t number) {
    Random random(mix(number, 0x51));
    const auto style = random.below(100);
    std::string name;
    const std::string_view first = first_words[random.below(first_words.size())];
    const std::string_view second = second_words[random.below(second_words.size())];
    if (style < 45) {
        name = fmt::format("{}{}", first, second);
    } else if (style < 65) {
        name = fmt::format("{}-{}", first, second);
    } else if (style < 80) {
        name = fmt::format("{}-{}", abbreviation(random), second);
    } else if (style < 92) {
        name =
            fmt::format("{}{}{}", first, random.below(2) == 0 ? "" : "-", random.between(1, 2030));
    } else if (style < 98) {
        name = fmt::format("{}{}", abbreviation(random), abbreviation(random));
    } else {
        // Hosting by the hour: names that no person chose.
        name = chance_label(random.next(), random.between(8, 13), true);
    }
    // The number keeps names apart that chance made alike.
    if (number >= 1024 && style < 80) name += fmt::format("{}", number % 1009);
    name += endings[random.below(endings.size())];
    return name;
}

std::string address_of(std::uint64_t number) {
    const auto bits = mix(number, 0xAD);
    // First octets of allotted, unreserved ranges.
    constexpr std::array<unsigned, 8> first{13, 20, 23, 52, 104, 133, 150, 203};
    return fmt::format("{}.{}.{}.{}", first[bits & 7], (bits >> 8) & 255, (bits >> 16) & 255,
                       ((bits >> 24) & 127) + 1);
}

std::string chance_label(std::uint64_t number, std::size_t length, bool digits) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789";
    Random random(mix(number, 0xDA));
    std::string label;
    for (std::size_t i = 0; i < length; ++i) label += letters[random.below(digits ? 36 : 26)];
    return label;
}

}  // namespace shoji::city
