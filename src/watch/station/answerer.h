// The process that responds (docs/response.md): root with what responses need. It hears `shoji
// respond` at its socket, the analyst about alerts that policy has a response to, and takes orders
// that the deliverer got from the hub, of which it believes what their signatures say.
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

struct AnswererLinks {
    base::FileDescriptor listener;  // of `shoji respond`
    base::FileDescriptor analyst;   // may be invalid, as may the next
    base::FileDescriptor deliverer;
    base::FileDescriptor keeper;
};

// Until `keeper` is closed. Further ends of links come by it, a LinkTo each. `left`: the guards of
// the answerer before this one, which hold still.
base::Result<void> run_answerer(const Policy& policy, AnswererLinks links,
                                response::GuardFiles left);
// The same with what responds, which the caller made. While this host is isolated it looks every
// few seconds whether that still holds.
base::Result<void> answer_links(response::Responder& responder, AnswererLinks links);

}  // namespace shoji::station
