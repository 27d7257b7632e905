// The events of logs as they were read.
#include "cli/commands.h"
#include "cli/fields_left_out.h"
#include "cli/told.h"
#include "watch/event/json_text.h"
#include "watch/event/log_sources.h"
#include "watch/event/ocsf.h"
#include "watch/event/time.h"
#include "watch/hunt/log_file.h"

namespace shoji::cli {
namespace {

// As rules see it: when, where from, of which log source, and all its fields.
std::string as_rules_see(const event::Event& event, const event::Names& names,
                         const std::string& file) {
    event::JsonTree tree;
    tree.put("time", event.time == 0 ? "null" : event::as_json(event::format_time(event.time)));
    tree.put("file", event::as_json(file));
    tree.put("record", std::to_string(event.record));
    const auto put_source = [&](std::string_view name, event::SourceId id) {
        if (id != event::no_source) tree.put(name, event::as_json(names.name(id)));
    };
    put_source("product", event.source.product);
    put_source("service", event.source.service);
    std::string categories;
    for (const auto id : event.source.categories) {
        if (id == event::no_source) continue;
        categories += (categories.empty() ? "" : ",") + event::as_json(names.name(id));
    }
    if (!categories.empty()) tree.put("categories", "[" + categories + "]");
    tree.put("fields", event::fields_as_json(event));
    std::string json;
    tree.write(json);
    return json;
}

// What was lost of a file, told; how much that is.
std::uint64_t warn_of_losses(const hunt::LogFile& log, const std::string& file,
                             TerminalOutput& output) {
    for (const auto& loss : log.losses()) {
        auto what = loss.what;
        what = std::move(what).inside(hunt::at_byte(loss.offset));
        output.warn("hunt.loss", {{"file", file}, {"message", told(what, output.language())}});
    }
    return log.loss_count();
}

}  // namespace

Exit run_events(const Context& context, const EventsRequest& request) {
    auto& output = context.output;
    event::Reading reading;
    if (!request.time_zone.empty()) {
        reading.zone = event::TimeZone::named(request.time_zone);
        if (!reading.zone) {
            return output.fail(Exit::usage, "hunt.bad_zone", {{"zone", request.time_zone}});
        }
    }
    event::Names names;
    const event::WindowsSources windows(names);
    event::add_log_sources(names);
    const event::OcsfView ocsf(names);
    if (!request.source.empty()) {
        const auto said = event::read_source(request.source, names);
        if (!said) return output.fail(Exit::usage, "hunt.bad_source", {{"source", request.source}});
        reading.source = *said;
    }
    const auto files = hunt::log_files(request.logs);
    if (!files) return output.fail(files.error());
    if (files->empty()) return output.fail(Exit::not_found, "hunt.no_files");
    std::uint64_t lost = 0;
    FieldsLeftOut left_out;
    event::Event event;
    for (const auto& path : *files) {
        auto log = hunt::LogFile::open(path, names, windows, reading);
        if (!log) return output.fail(log.error());
        std::uint64_t lost_fields = 0;
        while (log->next(event)) {
            output.line(request.form == "ocsf" ? ocsf.event(event)
                                               : as_rules_see(event, names, path.native()));
            lost_fields += event.lost_fields();
        }
        if (!output.flush()) return output.fail(Exit::failed, "cli.error.output");
        lost += warn_of_losses(*log, path.native(), output);
        left_out.add(path.native(), lost_fields);
    }
    if (lost > 0) output.warn("hunt.lost", {{"count", std::to_string(lost)}});
    const bool less = left_out.warn(output);
    return lost > 0 || less ? Exit::negative : Exit::done;
}

}  // namespace shoji::cli
