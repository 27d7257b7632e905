// Text and expressions that Vectorscan, which sees bytes, and RE2, which sees code points, take the
// same way once each code point beyond ASCII is replaced by one byte.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace shoji::sigma {

// The byte that stands for any code point beyond ASCII: no letter, digit or blank, as these are to
// RE2.
inline constexpr char stand_in = '\x1a';

// `text` with each code point beyond ASCII replaced. None when an expression might still be taken
// differently: the text is not UTF-8, has a vertical tab (white space to Vectorscan alone) or a
// letter whose other size is in ASCII (U+017F and U+212A).
std::optional<std::string_view> plain_text(std::string_view text, std::string& memory);

// True when the expression cannot tell the stand-in from what it stands for: it names no code
// points beyond ASCII and no bytes by number, and has no named classes.
bool is_plain_expression(std::string_view expression);

}  // namespace shoji::sigma
