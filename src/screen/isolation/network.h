// A network namespace with nothing but a loopback.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"

#include <cstdint>

namespace shoji::isolation {

// Sets the loopback of the caller's network namespace up. Needs CAP_NET_ADMIN over it.
base::Result<void> raise_loopback();

// A TCP socket that listens at 127.0.0.1:`port` in the caller's network namespace, and stays there
// wherever the descriptor travels.
base::Result<base::FileDescriptor> listen_on_loopback(std::uint16_t port);

}  // namespace shoji::isolation
