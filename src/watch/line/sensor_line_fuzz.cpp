// Whatever the other end says: messages within their bounds, or an error; what is read is written
// as the same bytes.
#include "watch/line/batch.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji::line;
    Splitter splitter;
    splitter.add({data, size});
    std::size_t at = 0;
    for (;;) {
        const auto message = splitter.next();
        if (!message || !*message) return 0;
        const auto again = encode(**message);
        if (at + again.size() > size || !std::equal(again.begin(), again.end(), data + at)) {
            std::abort();
        }
        at += again.size();
        const auto* batch = std::get_if<Batch>(&**message);
        if (batch == nullptr) continue;
        const auto body = unpack(*batch);
        if (!body) continue;
        std::uint64_t records = 0;
        const auto done =
            for_each_record(batch->first, batch->count, *body, [&](auto, auto record) {
                if (record.empty() || record.size() > shoji::spool::maximum_record) std::abort();
                ++records;
            });
        if (done && records != batch->count) std::abort();
    }
}
