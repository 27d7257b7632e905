// Letters of one size: Sigma compares without regard to case. By Unicode's simple lower-case
// mapping of each code point; bytes that are not UTF-8 stay as they are.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace shoji::sigma {

void append_folded(std::string_view text, std::string& to);
// What stands in `text` from `begin` on.
void fold_from(std::string& text, std::size_t begin);
std::string fold(std::string_view text);
bool is_ascii(std::string_view text);

}  // namespace shoji::sigma
