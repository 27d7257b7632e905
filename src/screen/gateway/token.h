// Secrets that a browser presents: the cookie's token, the CSRF token that follows from it, and
// tickets. 256 random bits each, in lower-case hexadecimal on the wire; only digests are kept.
#pragma once

#include "core/store/types.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace shoji::gateway {

using Token = std::array<std::uint8_t, 32>;

Token new_token();
std::string to_hex(const Token& token);
// Exactly 64 lower-case hexadecimal digits, or none.
std::optional<Token> token_from(std::string_view text);

store::Digest digest_of(const Token& token);
// What a page that knows the cookie's session by /api/state must repeat in a header with each
// change. It follows from the token and tells nothing about it.
std::string csrf_of(const Token& cookie);

bool equal_in_constant_time(std::string_view one, std::string_view other);

}  // namespace shoji::gateway
