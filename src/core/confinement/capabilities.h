// Root's powers in pieces (capabilities(7)).
#pragma once

#include "core/base/result.h"

namespace shoji::confinement {

// Empties every capability set of the calling thread, the bounding and ambient ones too, and locks
// the secure bits, so that no program it starts gains one: not even as uid 0. What the caller does
// not hold it need not drop: works without privilege as well.
base::Result<void> drop_capabilities();

}  // namespace shoji::confinement
