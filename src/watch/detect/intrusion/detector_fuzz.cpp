// A state from outside is refused or is a state: then it can be used, and saved again.
#include "watch/detect/intrusion/detector.h"

#include <cstddef>
#include <cstdint>

namespace {

constexpr std::string_view lists_text =
    "edition 1\n"
    "credential lsass high T1003.001 */lsass.exe\n"
    "parent office high T1204.002 winword.exe\n"
    "child T1059.003 cmd.exe\n"
    "extension 4.6 txt\n";

shoji::intrusion::Detector small() {
    shoji::intrusion::Settings settings;
    settings.most_usual = 64;
    settings.most_hosts = 64;
    settings.most_sources = 64;
    settings.most_storms = 16;
    return {settings, *shoji::intrusion::Lists::parse(lists_text)};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji;
    auto detector = small();
    if (!detector.load({data, size})) return 0;
    auto again = small();
    if (!again.load(detector.save())) __builtin_trap();
    std::vector<intrusion::Alert> alerts;
    for (const auto kind : {event::ActivityKind::logon, event::ActivityKind::service,
                            event::ActivityKind::process, event::ActivityKind::file_read,
                            event::ActivityKind::file_write, event::ActivityKind::file_rename}) {
        event::Activity activity;
        activity.kind = kind;
        activity.time = 1'795'000'000 * incident::second;
        activity.host = "pc01";
        activity.domain = "pc02";
        activity.logon_type = 3;
        activity.parent = "winword.exe";
        activity.process = "cmd.exe";
        activity.path = "/a/b.txt";
        activity.target = "/a/b.txt.new";
        activity.entropy = 7.9;
        detector.observe(activity, {"a", 1}, alerts);
    }
    return 0;
}
