#include "cli/event_lines.h"

#include "cli/event_words.h"
#include "cli/timeline.h"
#include "core/base/printable.h"
#include "watch/event/json_text.h"
#include "watch/event/ocsf.h"
#include "watch/event/time.h"

namespace shoji::cli {
namespace {

constexpr std::size_t most_text = 300;
// Beside the categories that EventObject knows.
constexpr std::array<std::string_view, 3> sources{"authentication", "linux", "shoji-sensor"};

}  // namespace

std::string_view field_of(const event::Event& event, std::string_view name) {
    for (const auto& one : event.fields()) {
        if (one.name == name) return one.value;
    }
    return {};
}

SensorNames::SensorNames() {
    for (const auto source : sources) names_.add_source(source);
}

std::string SensorNames::category_of(const event::Event& event) const {
    const auto category = event.source.categories[0];
    return std::string(category == event::no_source ? "" : names_.name(category));
}

void EventLines::show(const event::Event& event) {
    const auto category = names_.category_of(event);
    if (output_.json()) return show_json(event, category);
    const auto field = [&](std::string_view wanted) {
        const auto value = field_of(event, wanted);
        return value.empty() ? std::string("-") : base::printable(value, most_text);
    };
    output_.say("sensor.tail.event",
                {{"time", shown_time(event.time, zone_)},
                 {"image", field("Image")},
                 {"process", field("ProcessId")},
                 {"user", field("User")},
                 {"what", event_words(category, field("EventType"), output_.language())},
                 {"object", object_words(names_.object_of(event))}});
}

void EventLines::show_json(const event::Event& event, const std::string& category) {
    event::JsonTree tree;
    tree.put("time", event::as_json(event::format_time(event.time)));
    tree.put("category", event::as_json(category));
    tree.put("fields", event::fields_as_json(event));
    std::string text;
    tree.write(text);
    output_.line(text);
}

}  // namespace shoji::cli
