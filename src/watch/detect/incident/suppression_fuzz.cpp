#include "watch/detect/incident/suppression.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji::incident;
    const auto read = Suppressions::parse({reinterpret_cast<const char*>(data), size});
    if (!read) return 0;
    Alert alert;
    alert.rule = "persistence";
    alert.detector = Detector::intrusion;
    alert.host = "PC07";
    alert.process = "C:\\Windows\\System32\\cmd.exe";
    for (const auto& one : read->all()) {
        // Nothing is suppressed by nobody, for no reason or for ever.
        if (one.owner.empty() || one.reason.empty() || one.expires == 0) __builtin_trap();
        (void)one.covers(alert);
    }
    return 0;
}
