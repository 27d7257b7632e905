// A state from outside is refused or is a state: then it can be used, and saved again as it was.
#include "watch/detect/incident/gatherer.h"

#include <cstddef>
#include <cstdint>

namespace {

shoji::incident::Settings small() {
    shoji::incident::Settings settings;
    settings.most_cases = 64;
    settings.most_bytes = 1 << 20;
    settings.most_hosts = 64;
    settings.most_processes = 256;
    settings.most_subjects = 64;
    return settings;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji;
    incident::Gatherer gatherer(small());
    if (!gatherer.load({data, size})) return 0;
    incident::Gatherer again(small());
    if (!again.load(gatherer.save())) __builtin_trap();
    incident::Alert alert;
    alert.time = 1'795'000'000 * incident::second;
    alert.host = "pc01";
    alert.user = "tanaka";
    alert.process = "C:\\a.exe";
    alert.rule = "r";
    alert.level = incident::Level::critical;
    alert.linked = {"pc02", "pc03"};
    gatherer.add(alert);
    event::Activity activity;
    activity.kind = event::ActivityKind::process;
    activity.time = alert.time;
    activity.host = "pc01";
    activity.parent = "C:\\a.exe";
    activity.process = "C:\\b.exe";
    gatherer.observe(activity);
    for (const auto* one : gatherer.incidents()) (void)gatherer.earlier(*one);
    return 0;
}
