// The process that reads what the kernel says: an ordinary user's, without a file, a socket or a
// program of its own but what its sink needs. Everything that parses is here, nothing that may do
// more than this.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"
#include "core/confinement/landlock.h"
#include "core/confinement/seccomp.h"
#include "watch/sensor/kernel_side.h"
#include "watch/sensor/policy.h"
#include "watch/sensor/sink.h"

#include <vector>

namespace shoji::sensor {

struct AnalystInputs {
    KernelOutputs kernel;
    base::FileDescriptor opener;  // packet socket; closed when the sensor ends
    // By which the keeper gives channels (journal_reader.h); invalid: the policy's logs are read.
    base::FileDescriptor journal;
    base::FileDescriptor log_positions;  // of logs (log_files.h); invalid: they are not read
    std::vector<FamilyState> state;
};

// What it may do beside computing and using the descriptors that it has.
struct AnalystRights {
    confinement::SyscallFilter filter = confinement::runtime_filter();
    confinement::LandlockRules rules;
};

// Until the opener goes; what waits in the ring then is still read. Becomes the policy's user and
// confines itself first. `names`: those that the sink knows; they get the sensor's own.
base::Result<void> run_analyst(AnalystInputs inputs, const Policy& policy, event::Names& names,
                               Sink& sink, const AnalystRights& rights);

}  // namespace shoji::sensor
