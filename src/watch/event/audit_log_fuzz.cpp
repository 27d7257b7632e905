#include "watch/event/audit_log.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji::event;
    static const Names names;
    AuditLog log({reinterpret_cast<const char*>(data), size}, names);
    Event event;
    std::size_t bytes = 0;
    while (log.next(event)) {
        for (const auto& field : event.fields()) bytes += field.name.size() + field.value.size();
    }
    return bytes == SIZE_MAX ? -1 : 0;
}
