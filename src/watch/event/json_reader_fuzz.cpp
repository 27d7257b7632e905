#include "watch/event/json_documents.h"
#include "watch/event/json_reader.h"
#include "watch/event/utf8_repair.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

// Both ways of reading must say the same (json_scanner.h).
bool is_same(const shoji::event::Event& one, const shoji::event::Event& other) {
    const auto same = [](const shoji::event::Field& a, const shoji::event::Field& b) {
        return a.id == b.id && a.type == b.type && a.name == b.name && a.value == b.value;
    };
    return std::ranges::equal(one.fields(), other.fields(), same) && one.time == other.time &&
           one.record == other.record && one.source == other.source &&
           one.lost_fields() == other.lost_fields();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji::event;
    static Names names;
    static const WindowsSources windows(names);
    static JsonReader reader(names, windows);
    static JsonReader parser(names, windows, JsonReader::Way::parsed);
    Event event;
    Event parsed;
    std::string text(reinterpret_cast<const char*>(data), size);
    text.resize(size + json_padding);
    JsonDocuments documents({text.data(), size});
    std::size_t bytes = 0;
    while (const auto document = documents.next()) {
        const bool read = reader.read(*document, event).has_value();
        if (parser.read(*document, parsed).has_value() != read) std::abort();
        if (!read) {
            std::string repaired;
            const auto replaced = repair_utf8(*document, repaired);
            if (repaired.size() != document->size() + 2 * replaced) std::abort();
            std::string again;
            if (repair_utf8(repaired, again) != 0 || again != repaired) std::abort();
            continue;
        }
        if (!is_same(event, parsed)) std::abort();
        for (const auto& field : event.fields()) bytes += field.name.size() + field.value.size();
    }
    return bytes == SIZE_MAX ? -1 : 0;
}
