// Lines of syslog and entries of the journal: whoever may log in, or only try to, chooses names and
// whole messages in them. Both ways are read, in pieces of a size that the first byte gives.
#include "watch/sensor/json_sink.h"
#include "watch/sensor/log_lines.h"
#include "watch/sensor/logons.h"

namespace {

using namespace shoji;

struct Reader {
    event::Names names;
    sensor::Words words{names};
    sensor::Scene scene{words};
    sensor::LogonReader logons{names, scene};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Reader reader;
    if (size == 0) return 0;
    const std::size_t piece = std::size_t{data[0]} + 1;
    std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
    constexpr event::SyslogDefaults now{1'795'136'523'000'000'000, 0};
    event::Event event;
    std::string line;
    sensor::LogLines lines;
    sensor::JournalEntries entries;
    while (!rest.empty()) {
        const auto part = rest.substr(0, piece);
        lines.add(part, [&](std::string_view one) {
            if (reader.logons.read(one, now, event)) {
                sensor::append_json(event, reader.names, line);
            }
        });
        entries.add(part, [&](const sensor::JournalEntry& entry) {
            reader.logons.read(entry, event);
            sensor::append_json(event, reader.names, line);
        });
        line.clear();
        rest.remove_prefix(part.size());
    }
    return 0;
}
