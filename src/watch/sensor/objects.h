// The compiled kernel parts, as they are in the program's own memory: made by shoji_bpf().
#pragma once

#include <cstdint>
#include <span>

namespace shoji::sensor {

// What hands the ends of system calls to the families that take them.
std::span<const std::uint8_t> calls_object();

std::span<const std::uint8_t> process_object();
std::span<const std::uint8_t> file_fentry_object();
std::span<const std::uint8_t> file_calls_object();
std::span<const std::uint8_t> network_object();
std::span<const std::uint8_t> dns_object();
std::span<const std::uint8_t> sockets_fentry_object();
std::span<const std::uint8_t> sockets_calls_object();
std::span<const std::uint8_t> access_fentry_object();
std::span<const std::uint8_t> access_calls_object();
std::span<const std::uint8_t> privileges_fentry_object();
std::span<const std::uint8_t> privileges_calls_object();

}  // namespace shoji::sensor
