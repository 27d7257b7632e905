#include "watch/event/evtx_file.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji::event;
    static Names names;
    static const WindowsSources windows(names);
    EvtxFile file({data, size}, names, windows);
    Event event;
    std::size_t bytes = 0;
    while (file.next(event)) {
        for (const auto& field : event.fields()) bytes += field.name.size() + field.value.size();
    }
    return bytes == SIZE_MAX ? -1 : 0;
}
