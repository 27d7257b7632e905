// Names of sites as a city's staff meets them: words, Japanese in Latin letters, abbreviations and,
// now and then, what looks like chance. A number gives the same name always.
#pragma once

#include <cstdint>
#include <string>

namespace shoji::city {

// A registered name such as "midori-system.co.jp"; the number may be any.
std::string site_name(std::uint64_t number);
// The public address that belongs to the number, as text.
std::string address_of(std::uint64_t number);
// `length` letters and digits by chance, as many families of malware make names.
std::string chance_label(std::uint64_t number, std::size_t length, bool digits);

}  // namespace shoji::city
