// Which system calls the families' programs take: constants of their object files, which the
// program that hands the ends of calls to them (calls.bpf.c) has as well.
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string_view>
#include <vector>

struct bpf_object;
struct bpf_program;

namespace shoji::sensor {

constexpr std::size_t most_calls = 512;  // CALLS in calls.bpf.h

// Whether it is not attached itself, but called by the one at the end of all calls.
bool takes_calls(const bpf_program* program);

// The table `name` of an object that is open: a byte for each system call.
base::Result<std::vector<std::uint8_t>> call_table(bpf_object* object, std::string_view name);
// Before the object is loaded.
base::Result<void> set_call_table(bpf_object* object, std::string_view name,
                                  const std::vector<std::uint8_t>& table);

}  // namespace shoji::sensor
