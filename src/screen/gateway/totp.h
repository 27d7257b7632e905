// One-time codes by time (RFC 6238) with the parameters that every authenticator knows: HMAC-SHA-1,
// 30 seconds, six digits. Pure: the caller says what time it is.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace shoji::gateway {

inline constexpr std::size_t totp_secret_bytes = 20;  // RFC 4226, section 4, requirement 6
inline constexpr std::int64_t totp_step_seconds = 30;

// The step that a moment (seconds since 1970) falls into.
constexpr std::int64_t totp_counter(std::int64_t now) {
    return now / totp_step_seconds;
}

// Whether no code of now can be good, because a later one was: the clock was set back since.
constexpr bool clock_is_behind(std::int64_t now, std::int64_t last_used) {
    return last_used > totp_counter(now) + 1;
}

// Six digits (RFC 4226, section 5.3).
std::string totp_code(std::span<const std::uint8_t> secret, std::int64_t counter);

// The counter that `code` belongs to: the present step or one beside it (RFC 6238, section 5.2
// allows for clocks that differ), and later than `last_used`, so that no code is good twice. None
// when the code is wrong. Takes as long for any wrong code.
std::optional<std::int64_t> matching_totp_counter(std::span<const std::uint8_t> secret,
                                                  std::string_view code, std::int64_t now,
                                                  std::int64_t last_used);

// RFC 4648, section 6, without padding: as authenticators take a secret typed by hand.
std::string base32(std::span<const std::uint8_t> bytes);

// What an authenticator reads from the QR code (the Key URI format).
std::string totp_uri(std::string_view user, std::span<const std::uint8_t> secret);

}  // namespace shoji::gateway
