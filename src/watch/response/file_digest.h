#pragma once

#include "core/base/result.h"
#include "core/journal/digest.h"

namespace shoji::response {

// The SHA-256 of a file as it is now.
base::Result<journal::Digest> digest_of_file(int file);

}  // namespace shoji::response
