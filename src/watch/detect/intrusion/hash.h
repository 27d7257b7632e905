// FNV-1a, for names that are only compared: http://www.isthe.com/chongo/tech/comp/fnv/. Who makes
// two names fall together makes one of them look known, or one file of two: no more than by using
// the known name.
#pragma once

#include <cstdint>
#include <string_view>

namespace shoji::intrusion {

// Never 0.
inline std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3U;
    return hash == 0 ? 1 : hash;
}

}  // namespace shoji::intrusion
