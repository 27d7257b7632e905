// Events of sensors as a person reads them, one a line, or as JSON.
#pragma once

#include "cli/terminal_output.h"
#include "watch/event/event.h"

#include <array>

namespace shoji::cli {

// What sensors' events must be read with.
class SensorNames {
  public:
    SensorNames();
    [[nodiscard]] const event::Names& names() const { return names_; }
    [[nodiscard]] std::string category_of(const event::Event& event) const;
    // What the event is about: the first that it has of several fields; empty: nothing.
    [[nodiscard]] std::string_view object_of(const event::Event& event) const;

  private:
    static constexpr std::size_t most_objects = 9;

    event::Names names_;
    std::array<event::FieldId, most_objects> objects_{};
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
};

// A field by its name; empty where the event has none.
std::string_view field_of(const event::Event& event, std::string_view name);

}  // namespace shoji::cli
