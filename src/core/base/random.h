// Unpredictable bytes from the kernel (getrandom(2)).
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace shoji::base {

// Ends the program when the kernel gives no randomness: nothing that needs it may go on without.
void fill_random(std::span<std::uint8_t> bytes);
std::string to_hex(std::span<const std::uint8_t> bytes);
// `bytes` random bytes in lower-case hexadecimal.
std::string random_hex(std::size_t bytes);

}  // namespace shoji::base
