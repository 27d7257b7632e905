#include "watch/event/json_documents.h"
#include "watch/event/json_reader.h"

#include <cstddef>
#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji::event;
    static Names names;
    static const WindowsSources windows(names);
    static JsonReader reader(names, windows);
    Event event;
    std::string text(reinterpret_cast<const char*>(data), size);
    text.resize(size + json_padding);
    JsonDocuments documents({text.data(), size});
    std::size_t bytes = 0;
    while (const auto document = documents.next()) {
        if (!reader.read(*document, event)) continue;
        for (const auto& field : event.fields()) bytes += field.name.size() + field.value.size();
    }
    return bytes == SIZE_MAX ? -1 : 0;
}
