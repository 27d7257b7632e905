// The process that responds (docs/response.md): root with what responses need. It hears `shoji
// respond` at its socket, and the analyst about alerts that policy has a response to.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"
#include "watch/response/responder.h"
#include "watch/station/policy.h"

#include <set>
#include <string>

namespace shoji::station {

base::Result<response::ResponsePolicy> read_response_policy(const ResponsePlace& place);
// Rules whose alerts lead to a response.
std::set<std::string, std::less<>> rules_of(const response::ResponsePolicy& policy);

// Until `keeper` is closed. Further ends of the analyst's link come by `keeper`.
base::Result<void> run_answerer(const Policy& policy, base::FileDescriptor listener,
                                base::FileDescriptor analyst, base::FileDescriptor keeper);

}  // namespace shoji::station
