// What sensors delivered of a host, shown.
#include "cli/commands.h"
#include "cli/event_lines.h"
#include "cli/stored_events.h"
#include "watch/event/time_zone.h"

namespace shoji::cli {
namespace {

bool is_of_process(const event::Event& event, const std::string& guid) {
    return guid.empty() || field_of(event, "ProcessGuid") == guid ||
           field_of(event, "ParentProcessGuid") == guid ||
           field_of(event, "TargetProcessGuid") == guid;
}

}  // namespace

Exit run_host_events(const Context& context, const EventsRequest& request) {
    auto& output = context.output;
    const auto settings = base::load_settings(context.state);
    if (!settings) return output.fail(settings.error());
    StoredEvents wish{request.host, 0};
    if (!request.since.empty()) {
        const auto since = event::parse_time(request.since, event::TimeZone::local());
        if (!since) return output.fail(Exit::usage, "hunt.bad_since", {{"since", request.since}});
        wish.since = *since;
    }
    EventLines lines(output);
    std::uint64_t shown = 0;
    bool written = true;
    const auto unreadable =
        read_stored_events(*settings, wish, lines.names(), [&](const event::Event& event) {
            constexpr std::uint64_t together = 1000;
            if (!is_of_process(event, request.guid)) return true;
            lines.show(event);
            if (++shown % together == 0) written = output.flush();
            return written && (request.most == 0 || shown < request.most);
        });
    if (!unreadable) return output.fail(unreadable.error());
    if (!output.flush()) return output.fail(Exit::failed, "cli.error.output");
    if (*unreadable == 0) return Exit::done;
    output.warn("cli.events.unreadable", {{"count", std::to_string(*unreadable)}});
    return Exit::negative;
}

}  // namespace shoji::cli
