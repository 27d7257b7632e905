// Whatever a sensor sends as an alert: one within its bounds, or an error.
#include "watch/detect/incident/alert.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji::incident;
    const auto alert = alert_from({data, size});
    if (!alert) return 0;
    if (!alert->sound() || alert->time < 0 || alert->values.size() > Alert::most_values) {
        std::abort();
    }
    // What was bounded once stays as it is.
    const auto again = alert_from(to_bytes(*alert));
    if (!again || to_bytes(*again) != to_bytes(*alert)) std::abort();
    return 0;
}
