// Events of sensors as a person reads them, one a line, or as JSON.
#pragma once

#include "cli/terminal_output.h"
#include "watch/event/event.h"
#include "watch/event/event_object.h"
#include "watch/event/time_zone.h"

namespace shoji::cli {

// What sensors' events must be read with.
class SensorNames {
  public:
    SensorNames();
    [[nodiscard]] const event::Names& names() const { return names_; }
    // Empty: it has none, as most of what logs say of logons.
    [[nodiscard]] std::string category_of(const event::Event& event) const;
    [[nodiscard]] std::string object_of(const event::Event& event) const {
        return object_.text(event);
    }

  private:
    event::Names names_;
    event::EventObject object_{names_};
};

class EventLines {
  public:
    explicit EventLines(TerminalOutput& output) : output_(output) {}

    [[nodiscard]] const event::Names& names() const { return names_.names(); }
    void show(const event::Event& event);

  private:
    void show_json(const event::Event& event, const std::string& category);

    TerminalOutput& output_;
    SensorNames names_;
    event::TimeZone zone_ = event::TimeZone::local();
};

// A field by its name; empty where the event has none.
std::string_view field_of(const event::Event& event, std::string_view name);

}  // namespace shoji::cli
