// Whatever a segment holds: it is read without harm, and what is read is in order and within
// bounds.
#include "watch/spool/segment.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji::spool;
    const std::span bytes(data, size);
    const auto header = decode_header(bytes);
    const Class kind = header ? header->kind : Class::event;
    const std::uint64_t first = header ? header->first : 1;
    FrameReader reader(kind, first, bytes.subspan(std::min(size, header_bytes)));
    std::uint64_t before = first - 1;
    std::vector<std::uint8_t> again;
    while (const auto frame = reader.next()) {
        if (frame->sequence <= before || frame->record.empty()) std::abort();
        before = frame->sequence;
        append_frame(again, kind, frame->sequence, frame->record);
    }
    // What was taken is what a writer would have written.
    const auto taken = bytes.subspan(std::min(size, header_bytes)).first(reader.consumed());
    if (!std::equal(taken.begin(), taken.end(), again.begin(), again.end())) std::abort();
    return 0;
}
