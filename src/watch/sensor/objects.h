// The compiled kernel parts, as they are in the program's own memory: made by shoji_bpf().
#pragma once

#include <cstdint>
#include <span>

namespace shoji::sensor {

std::span<const std::uint8_t> process_object();
std::span<const std::uint8_t> file_fentry_object();
std::span<const std::uint8_t> file_calls_object();
std::span<const std::uint8_t> network_object();
std::span<const std::uint8_t> dns_object();

}  // namespace shoji::sensor
