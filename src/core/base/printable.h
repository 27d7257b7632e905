// Text from outside made fit to be shown on a terminal, in a page or in a log line.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace shoji::base {

// Takes the first character off `text`, which must not be empty. A byte that starts no well-formed
// sequence (RFC 3629) is taken alone and yields nothing.
std::optional<char32_t> take_code_point(std::string_view& text);

// Characters that a reader would not see, or that change how the text around them is read: C0 and
// C1 controls, DEL, line and paragraph separators, and the bidirectional controls of Unicode
// Standard Annex #9 (a name could otherwise rewrite the line of a plan that an administrator
// approves).
bool is_unprintable(char32_t code_point);

// True when `text` is well-formed UTF-8 without such characters.
bool is_printable(std::string_view text);

// `text` with each malformed byte and each unprintable character replaced by U+FFFD, then cut at a
// character's border to at most `limit` bytes.
std::string printable(std::string_view text, std::size_t limit);

}  // namespace shoji::base
