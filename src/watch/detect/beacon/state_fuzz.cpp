// A detector's state from anywhere: what loads goes on without harm.
#include "watch/detect/beacon/detector.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji;
    beacon::Settings settings;
    settings.memory_bytes = 1 << 20;
    auto detector = beacon::Detector::load({data, size}, settings);
    if (!detector) return -1;
    event::Activity activity;
    activity.kind = event::ActivityKind::request;
    activity.host = "pc";
    activity.method = "GET";
    for (int i = 0; i < 300; ++i) {
        const std::string name = std::to_string(i % 90) + ".example";
        activity.domain = name;
        activity.time = std::int64_t{1'780'272'000 + i * 7} * 1'000'000'000;
        detector->add(activity);
    }
    return 0;
}
