// The one cookie of the console (RFC 6265bis). Its prefix makes browsers hold it to Secure, Path=/
// and no Domain.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace shoji::gateway {

inline constexpr std::string_view cookie_name = "__Host-shoji";

// The cookie's value in a Cookie header; none when it is missing, or stands twice (whichever a
// browser meant, one was planted).
std::optional<std::string_view> cookie_value(std::string_view header);

// Set-Cookie for a new token (hexadecimal), and for none.
std::string set_cookie(std::string_view token);
std::string clear_cookie();

}  // namespace shoji::gateway
