// A hit of a Sigma rule as an alert.
#pragma once

#include "watch/detect/incident/alert.h"
#include "watch/event/event.h"
#include "watch/event/names.h"

namespace shoji::incident {

// The fields that say who and what, looked up once. Their names are those of Sigma's taxonomy; the
// first that an event has counts.
class SigmaFields {
  public:
    // Before the first event is read.
    explicit SigmaFields(event::Names& names);

    [[nodiscard]] Alert alert_of(const sigma::Rule& rule, const event::Event& event,
                                 std::string_view file) const;

  private:
    using Choice = std::vector<event::FieldId>;

    Choice host_;
    Choice user_;
    Choice process_;
    Choice process_id_;
    Choice peer_;
    Choice file_;
};

}  // namespace shoji::incident
