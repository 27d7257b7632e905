// Settings from anywhere: an error, or settings within their ranges.
#include "watch/detect/analysis/settings.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji;
    const auto settings =
        analysis::parse_settings({reinterpret_cast<const char*>(data), size}, "fuzz.toml");
    if (!settings) return 0;
    const bool good = settings->beacon.office_from < settings->beacon.office_to &&
                      settings->incident.half_life > 0 && settings->intrusion.most_usual > 0;
    if (!good) std::abort();
    return 0;
}
