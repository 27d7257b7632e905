// The process that delivers: a user of its own, which may use the network to the hub and its
// spool's folder, and parses nothing that the kernel says.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"
#include "watch/channel/context.h"
#include "watch/station/policy.h"

namespace shoji::station {

// The bundle that 'shoji sensor enrol' wrote: as root, since nobody else may read it.
base::Result<channel::Credentials> read_identity(const DeliveryPolicy& policy);

// Becomes its user, confines itself, and takes what comes by `analyst` until `keeper` is closed;
// what has come by then is still kept. A byte goes to `keeper` each second. Further ends of links
// come by `keeper`, one packet of one byte each.
base::Result<void> run_deliverer(const Policy& policy, channel::Credentials credentials,
                                 base::FileDescriptor analyst, base::FileDescriptor keeper);

}  // namespace shoji::station
