// What the modifiers wide, utf16*, base64, base64offset and windash make of a text.
#pragma once

#include "watch/detect/sigma/glob.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::sigma {

enum class Utf16 : std::uint8_t { little, big, with_mark };

// `with_mark`: little-endian after a byte order mark. Precondition: `text` is UTF-8; bytes that are
// not become U+FFFD.
std::string to_utf16(std::string_view text, Utf16 form);

// RFC 4648, with padding.
std::string to_base64(std::string_view bytes);

// What stands in a base64 text wherever the bytes stand in the encoded data, for each of the three
// places that they can begin at; without the characters that depend on the bytes around them.
std::array<std::string, 3> base64_offsets(std::string_view bytes);

// The value with each dash that begins an option as each of the characters that Windows takes for
// it: - / and the en dash, em dash and horizontal bar. At most most_dash_forms; beyond, all dashes
// change together.
inline constexpr std::size_t most_dash_forms = 3125;
std::vector<Glob> windows_dashes(const Glob& glob);

}  // namespace shoji::sigma
