// The process that reads what the kernel says: an ordinary user's, without a file, a socket or a
// program of its own. Everything that parses is here, nothing that may do more than this.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"
#include "watch/sensor/kernel_side.h"
#include "watch/sensor/policy.h"
#include "watch/sensor/sink.h"

#include <functional>
#include <memory>
#include <vector>

namespace shoji::sensor {

struct AnalystInputs {
    KernelOutputs kernel;
    base::FileDescriptor watcher;  // packet socket; closed by the watcher when it ends
    std::vector<FamilyState> state;
};

using MakeSink = std::function<std::unique_ptr<Sink>(const event::Names&)>;

// Until the watcher goes; what waits in the ring then is still read. Becomes the policy's user and
// confines itself first.
base::Result<void> run_analyst(AnalystInputs inputs, const Policy& policy,
                               const MakeSink& make_sink);

}  // namespace shoji::sensor
