#include "watch/event/text_log.h"

#include <cstddef>
#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji::event;
    static Names names;
    static const WindowsSources windows(names);
    std::string text(reinterpret_cast<const char*>(data), size);
    text.resize(size + json_padding);
    constexpr Time newest = Time{1'795'136'523} * 1'000'000'000;
    TextLog log({text.data(), size}, names, windows, {newest, 0});
    Event event;
    std::size_t bytes = 0;
    while (log.next(event)) {
        for (const auto& field : event.fields()) bytes += field.name.size() + field.value.size();
    }
    return bytes == SIZE_MAX ? -1 : 0;
}
