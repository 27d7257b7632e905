// Whatever an administrator's program says: a request within bounds, or an error.
#include "hub/admin.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji::hub;
    const auto request = parse_request({reinterpret_cast<const char*>(data), size});
    if (!request) return 0;
    const bool bounded = request->name.size() <= 253 && request->query.most <= 1000 &&
                         request->query.most > 0 && request->query.since >= 0 &&
                         request->by.size() <= 300 && request->reason.size() <= 300 &&
                         request->text.size() <= most_suppressions && request->after >= 0 &&
                         request->order.size() <= shoji::line::maximum_order;
    if (!bounded) std::abort();
    return 0;
}
