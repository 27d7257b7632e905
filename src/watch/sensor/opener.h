// The process that opens programs for the analyst, whosesoever they are, so that these can be
// hashed, and the logs that tell of logons: root with two capabilities and without the means for
// anything else. It reads nothing that the kernel's programs say.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"

#include <span>
#include <string>

namespace shoji::sensor {

// Confines itself, then answers what `analyst` asks (program_files.h; `logs`: paths) until `keeper`
// is closed, or until the analyst ends, which is an error. A byte goes to `keeper` each second: it
// is alive.
base::Result<void> run_opener(base::FileDescriptor analyst, base::FileDescriptor keeper,
                              std::span<const std::string> logs);

}  // namespace shoji::sensor
