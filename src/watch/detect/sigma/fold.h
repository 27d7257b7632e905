// Letters of one size: Sigma compares without regard to case. By Unicode's simple lower-case
// mapping of each code point; bytes that are not UTF-8 stay as they are.
#pragma once

#include <string>
#include <string_view>

namespace shoji::sigma {

// Replaces what `folded` held.
void fold(std::string_view text, std::string& folded);
std::string fold(std::string_view text);

}  // namespace shoji::sigma
