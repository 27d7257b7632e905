// Bytes with a right sum behind them: whatever they say, nothing outside is read, also when the
// plan is used.
#include "watch/detect/sigma/plan_bytes.h"

#include <cstddef>
#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji;
    std::string bytes(reinterpret_cast<const char*>(data), size);
    const auto sum = sigma::sum_of(bytes);
    bytes.append(reinterpret_cast<const char*>(&sum), sizeof sum);
    event::Names names;
    const auto plan = sigma::from_bytes(bytes, names);
    if (!plan) return 0;
    auto matcher = sigma::Matcher::make(*plan, sigma::Matcher::Routing::all);
    if (!matcher) return 0;
    event::Event event;
    for (const auto* name : {"Image", "CommandLine", "SourceIp"}) {
        event.add({names.field(name), event::Type::text, name, "C:\\cmd.exe /c 10.0.0.1"});
    }
    matcher->match(event);
    return 0;
}
