// A state of the analysis from anywhere: what loads goes on without harm.
#include "watch/detect/analysis/analysis.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji;
    analysis::Settings settings;
    settings.exfiltration.most_subjects = settings.exfiltration.most_pairs = 8;
    settings.exfiltration.most_programs = settings.exfiltration.most_places = 8;
    settings.exfiltration.most_domains = settings.exfiltration.most_chains = 8;
    settings.exfiltration.most_protocols = settings.exfiltration.most_inputs = 8;
    settings.beacon.memory_bytes = 1 << 20;
    settings.intrusion.most_usual = settings.intrusion.most_hosts = 8;
    settings.intrusion.most_sources = settings.intrusion.most_storms = 8;
    settings.incident.most_cases = settings.incident.most_hosts = 8;
    settings.incident.most_processes = settings.incident.most_subjects = 8;
    analysis::Analysis analysis(settings, {});
    if (!analysis.load({data, size})) return -1;
    analysis::Analysis::Alerts told;
    event::Activity activity;
    activity.host = "pc";
    activity.domain = "a.example";
    for (int i = 0; i < 50; ++i) {
        activity.kind = static_cast<event::ActivityKind>(i % 14);
        activity.time = std::int64_t{1'793'545'200 + i * 60} * 1'000'000'000;
        analysis.observe(activity, {"log", 1}, told);
    }
    analysis.finish(told);
    static_cast<void>(analysis.save());
    return 0;
}
