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
constexpr std::array<std::string_view, 19> categories{
    "process_creation", "process_termination", "process_fork", "process_running", "process_access",
    "file_event",       "file_change",         "file_rename",  "file_delete",     "file_access",
    "image_load",       "network_connection",  "network_flow", "network_listen",  "dns_query",
    "dns_answer",       "sensor_report",       "linux",        "shoji-sensor"};
// What an event is about: the first that it has.
constexpr std::array<std::string_view, 9> objects{"TargetFilename", "ImageLoaded", "QueryName",
                                                  "DestinationIp",  "SourceIp",    "Cause",
                                                  "Family",         "Script",      "CommandLine"};

}  // namespace

std::string_view field_of(const event::Event& event, std::string_view name) {
    for (const auto& one : event.fields()) {
        if (one.name == name) return one.value;
    }
    return {};
}

SensorNames::SensorNames() {
    static_assert(objects.size() == most_objects);
    for (const auto category : categories) names_.add_source(category);
    for (std::size_t i = 0; i < objects.size(); ++i) {
        objects_.at(i) = names_.add_field(objects.at(i));
    }
    names_.add_field("EventType");
}

std::string SensorNames::category_of(const event::Event& event) const {
    const auto category = event.source.categories[0];
    return std::string(category == event::no_source ? "" : names_.name(category));
}

std::string_view SensorNames::object_of(const event::Event& event) const {
    for (const auto id : objects_) {
        if (const auto value = event.value(id); !value.empty()) return value;
    }
    return {};
}

void EventLines::show(const event::Event& event) {
    const auto category = names_.category_of(event);
    if (output_.json()) return show_json(event, category);
    const auto field = [&](std::string_view wanted) {
        const auto value = field_of(event, wanted);
        return value.empty() ? std::string("-") : base::printable(value, most_text);
    };
    output_.say("sensor.tail.event",
                {{"time", shown_time(event.time)},
                 {"image", field("Image")},
                 {"process", field("ProcessId")},
                 {"user", field("User")},
                 {"what", event_words(category, field("EventType"), output_.language())},
                 {"object", base::printable(names_.object_of(event), most_text)}});
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
