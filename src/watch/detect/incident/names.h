// How names from logs are told apart and kept: one spelling for a host, a user and a program,
// whatever log wrote them, and never longer than a stated limit.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace shoji::incident {

constexpr std::size_t most_name = 64;   // of hosts and users, bytes before folding
constexpr std::size_t most_path = 240;  // of files, programs and destinations

// The text, or its beginning and its end with "…" between when it is longer than `most` bytes,
// which is at least 16. The end is the longer part: of a path it says more.
std::string clipped(std::string_view text, std::size_t most);

// "PC07.city.example" and "pc07" are one host: letters folded, the first label; an address stays.
std::string host_key(std::string_view host);
// "CITY\Tanaka", "tanaka@city.example" and "tanaka" are one user.
std::string user_key(std::string_view user);
// "PC07\admin" on PC07: an account that no other host knows.
bool is_local_account(std::string_view user, std::string_view host);

// Folded, with '/' for '\', clipped to most_path.
std::string path_key(std::string_view path);
// The last part of a path, as path_key().
std::string program_name(std::string_view path);

}  // namespace shoji::incident
