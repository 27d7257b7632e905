// Letters of one size: Sigma compares without regard to case. By Unicode's simple lower-case
// mapping of each code point; bytes that are not UTF-8 stay as they are.
#pragma once

#include <string>
#include <string_view>

namespace shoji::sigma {

void append_folded(std::string_view text, std::string& to);
std::string fold(std::string_view text);
bool is_ascii(std::string_view text);
// Changes ASCII's letters in place. Where the first byte is that is not ASCII; the text's size when
// there is none.
std::size_t fold_ascii(std::string& text);

}  // namespace shoji::sigma
