// The process that delivers: a user of its own, which may use the network to the hub and its
// spool's folder, and parses nothing that the kernel says, and no order.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"
#include "watch/channel/context.h"
#include "watch/station/policy.h"

namespace shoji::station {

// The bundle that 'shoji sensor enrol' wrote: as root, since nobody else may read it.
base::Result<channel::Credentials> read_identity(const DeliveryPolicy& policy);

struct DelivererLinks {
    base::FileDescriptor analyst;
    base::FileDescriptor answerer;  // may be invalid
    base::FileDescriptor keeper;
};

// Becomes its user, confines itself, and takes what comes by `analyst` until `keeper` is closed;
// what has come by then is still kept. Orders that come down the line go to `answerer`. A byte goes
// to `keeper` each second. Further ends of links come by `keeper`, a LinkTo each.
base::Result<void> run_deliverer(const Policy& policy, channel::Credentials credentials,
                                 DelivererLinks links);

}  // namespace shoji::station
