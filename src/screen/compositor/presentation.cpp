#include "screen/compositor/presentation.h"

#include "presentation-time-server-protocol.h"
#include "screen/compositor/server.h"
#include "screen/compositor/surface.h"

#include <ctime>

namespace shoji::compositor {
namespace {

constexpr int version = 1;

void feedback(wl_client* client, wl_resource* /*resource*/, wl_resource* surface,
              std::uint32_t id) {
    auto object = std::make_shared<PresentationFeedback>();
    wl_resource* made =
        make_resource(client, wp_presentation_feedback_interface, version, id, nullptr, object);
    if (made != nullptr) object_of<Surface>(surface)->pending().feedback.push_back(object);
}

const struct wp_presentation_interface presentation_requests = {.destroy = destroy_request,
                                                                .feedback = feedback};

void bind_presentation(wl_client* client, void* /*data*/, std::uint32_t bound, std::uint32_t id) {
    wl_resource* resource =
        make_resource(client, wp_presentation_interface, static_cast<int>(bound), id,
                      &presentation_requests, std::make_shared<Object>());
    if (resource != nullptr) wp_presentation_send_clock_id(resource, CLOCK_MONOTONIC);
}

}  // namespace

void PresentationFeedback::present(std::chrono::nanoseconds when) {
    if (resource() == nullptr) return;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(when);
    const auto count = static_cast<std::uint64_t>(seconds.count());
    wp_presentation_feedback_send_presented(
        resource(), static_cast<std::uint32_t>(count >> 32U), static_cast<std::uint32_t>(count),
        static_cast<std::uint32_t>((when - seconds).count()),
        static_cast<std::uint32_t>(refresh_interval.count()), 0, 0, 0);
    wl_resource_destroy(resource());
}

void PresentationFeedback::discard() {
    if (resource() == nullptr) return;
    wp_presentation_feedback_send_discarded(resource());
    wl_resource_destroy(resource());
}

void offer_presentation(Server& server) {
    server.offer(wp_presentation_interface, version, bind_presentation);
}

}  // namespace shoji::compositor
