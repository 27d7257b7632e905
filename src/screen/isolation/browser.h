// What Chromium is given: files, system calls, folders. Found by taking things away until it no
// longer starts; the tests in launch_test.cpp attack each layer from inside.
#pragma once

#include "core/base/result.h"
#include "core/confinement/landlock.h"
#include "core/confinement/seccomp.h"
#include "screen/isolation/root.h"

#include <filesystem>
#include <string>

namespace shoji::isolation {

inline constexpr const char* browser_home = "/home/user";

// Chromium in `folder` (Debian: /usr/lib/chromium) with its libraries, fonts and their cache, and
// scratch folders of `scratch_bytes` each. The caller adds the policy files.
base::Result<Root> browser_root(const std::filesystem::path& folder, std::uint64_t scratch_bytes);

// Its own sandbox stays on, so it may make user, pid and network namespaces and change its root; it
// may not mount, trace, load code into the kernel, or speak to anything but Unix sockets and TCP.
confinement::SyscallFilter browser_filter();

// In the root above: reads everything, writes the scratch folders and /proc (its own id maps), runs
// `program` alone, and connects to `proxy_port` alone.
confinement::LandlockRules browser_landlock(const std::string& program, std::uint16_t proxy_port);

}  // namespace shoji::isolation
