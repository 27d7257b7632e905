// Passwords: their hashes (argon2id, RFC 9106, by libsodium), the rules for a new one, and one-time
// ones.
#pragma once

#include "core/base/result.h"

#include <optional>
#include <string>
#include <string_view>

namespace shoji::gateway {

inline constexpr std::size_t shortest_password = 12;  // characters
inline constexpr std::size_t longest_password = 256;  // bytes

// 64 MiB and three passes: the second of the two settings that RFC 9106, section 4, recommends.
// Takes tens of milliseconds; call it off the loop.
base::Result<std::string> hash_password(std::string_view password);
bool verify_password(const std::string& hash, std::string_view password);

// The hash of no password, to spend on names of nobody the time that a user's check takes.
const std::string& nobodys_hash();

// Key of the message catalogue that says why the password is not good enough; none when it is.
std::optional<std::string_view> weakness_of(std::string_view password, std::string_view user);

// 80 random bits as four groups of four letters and digits that are not mistaken for one another.
std::string one_time_password();

}  // namespace shoji::gateway
