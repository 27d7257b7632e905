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

    [[nodiscard]] Alert alert_of(const sigma::Heading& rule, const event::Event& event,
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

// Where a correlation held: the event with which it did.
struct CorrelationPlace {
    event::Time time = 0;
    std::string host;
    Evidence evidence;
};

// A hit of a correlation rule as an alert. `group`: the fields by which it groups, with their
// values; they say who it is about.
Alert alert_of(const sigma::Heading& rule,
               const std::vector<std::pair<std::string, std::string>>& group,
               const CorrelationPlace& place);

}  // namespace shoji::incident
