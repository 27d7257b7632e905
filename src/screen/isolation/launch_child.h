// What happens between clone and exec; internal to launch.cpp.
//
// Parent and child talk over a packet socket. Child to parent: 'l' the listener (with a
// descriptor), 'm' write my user map, 'r' ready, 'e' failed (with a text); its end without a word
// after 'r' means that the program runs. Parent to child: 'm' the map is written, 'g' go.
#pragma once

#include "screen/isolation/launch.h"

namespace shoji::isolation {

// `as_root`: the caller of prepare() was root of the machine.
[[noreturn]] void run_child(const LaunchPlan& plan, int control, bool as_root);

// The flags of clone(2) for the namespaces that begin with the process.
std::uint64_t namespace_flags(const LaunchPlan& plan, bool as_root);

}  // namespace shoji::isolation
