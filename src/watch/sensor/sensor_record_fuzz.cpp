// Records come from the sensor's own programs in the kernel, but are read as if an enemy wrote
// them: names, arguments and paths in them are an enemy's.
#include "watch/sensor/family.h"
#include "watch/sensor/json_sink.h"

#include <cstring>

namespace {

using namespace shoji;

struct Reader {
    event::Names names;
    sensor::Words words{names};
};

}  // namespace

// Several records, each as long as its head says; the last may be cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Reader reader;
    sensor::Scene scene(reader.words);
    event::Event event;
    std::string line;
    std::span<const std::uint8_t> rest(data, size);
    while (rest.size() >= sizeof(sensor_head)) {
        sensor_head head{};
        std::memcpy(&head, rest.data(), sizeof head);
        const std::size_t length =
            head.size < sizeof head || head.size > rest.size() ? rest.size() : head.size;
        const auto told = sensor::read_record(rest.first(length), scene, event);
        if (told && *told) sensor::append_json(event, reader.names, line);
        rest = rest.subspan(length);
    }
    return 0;
}
