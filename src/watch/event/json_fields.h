// The fields of a JSON document on their way into an event.
#pragma once

#include "watch/event/event.h"
#include "watch/event/json_keys.h"

#include <algorithm>
#include <string_view>

namespace shoji::event {

class JsonFields {
  public:
    void begin(Event& event) {
        event.clear();
        event_ = &event;
        time_ = other_field;
    }
    void add(const JsonKeys::Key& key, Type type, std::string_view value) {
        const auto name = key.kept ? std::string_view(key.name) : event_->keep(key.name);
        if (key.id <= field::last_time && key.id >= field::first_time) {
            time_ = std::min(time_, key.id);
        }
        event_->add({key.id, type, name, value});
    }
    [[nodiscard]] Event& event() { return *event_; }
    // The best one seen that holds a time; other_field when there is none.
    [[nodiscard]] FieldId time() const { return time_; }

  private:
    Event* event_ = nullptr;
    FieldId time_ = other_field;
};

}  // namespace shoji::event
