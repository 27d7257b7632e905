// Which shared libraries a program needs.
#pragma once

#include "core/base/result.h"
#include "screen/isolation/root.h"

#include <filesystem>
#include <string_view>
#include <vector>

namespace shoji::isolation {

// The loader of this machine's 64-bit programs: the kernel opens it for execution with each of
// them.
#if defined(__x86_64__)
inline constexpr const char* loader = "/lib64/ld-linux-x86-64.so.2";
#elif defined(__aarch64__)
inline constexpr const char* loader = "/lib/ld-linux-aarch64.so.1";
#endif

// The paths in what the dynamic loader prints for --list (ld.so(8)):
//     libm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f…)
//     /lib64/ld-linux-x86-64.so.2 (0x00007f…)
// A library that is "not found" is an error.
base::Result<std::vector<std::filesystem::path>> parse_library_list(std::string_view printed);

// The binds that let `program` run inside a Root at `target`: itself, the loader, and its
// libraries where the loader looks for them. The program must be trusted: the machine's loader
// reads it (without running its code).
base::Result<std::vector<Root::Bind>> bind_program(const std::filesystem::path& program,
                                                   const std::filesystem::path& target);

// The links of a merged /usr (/lib -> usr/lib …), which the binds above presuppose.
std::vector<Root::Link> merged_usr_links();

}  // namespace shoji::isolation
