// Texts as strings of JSON (RFC 8259), whatever bytes a log holds.
#pragma once

#include <string>
#include <string_view>

namespace shoji::event {

// Adds the text in quotation marks. Bytes that are no UTF-8 become U+FFFD, one each; control
// characters, DEL and the line separators U+2028 and U+2029 are escaped.
void append_json(std::string_view text, std::string& json);
// The text alone.
std::string as_json(std::string_view text);

// Whether the text can stand in JSON as a number, with a value that a double has exactly or nearly:
// at most 15 digits.
bool is_json_number(std::string_view text);

}  // namespace shoji::event
