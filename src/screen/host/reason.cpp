#include "screen/host/reason.h"

namespace shoji::host {

using namespace std::chrono_literals;

std::optional<control::Reason> reason_of(const Ends& ends) {
    const auto& browser = ends.parts[static_cast<std::size_t>(Part::browser)];
    const auto& compositor = ends.parts[static_cast<std::size_t>(Part::compositor)];
    const auto& egress = ends.parts[static_cast<std::size_t>(Part::egress)];
    const auto wrongly = [](const std::optional<ExitStatus>& status) {
        return status && status->known && status->code != 0;
    };
    if (ends.memory_kills != 0) return control::Reason::out_of_memory;
    if (egress) return control::Reason::egress_failed;
    if (wrongly(compositor)) return control::Reason::session_failed;
    if (browser) {
        return browser->known && browser->code == 0 ? control::Reason::ended
                                                    : control::Reason::browser_exited;
    }
    if (compositor) return control::Reason::session_failed;
    return std::nullopt;
}

std::chrono::milliseconds time_to_settle(const Ends& ends) {
    const auto& browser = ends.parts[static_cast<std::size_t>(Part::browser)];
    const auto& compositor = ends.parts[static_cast<std::size_t>(Part::compositor)];
    if (browser && compositor) return 0ms;
    const bool well = compositor && compositor->known && compositor->code == 0;
    return well ? 5s : 300ms;
}

}  // namespace shoji::host
