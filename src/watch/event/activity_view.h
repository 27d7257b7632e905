// Activities (activity.h) from events of Windows: Sysmon's, the Security and System logs', and the
// print service's.
//   Sysmon 1, Security 4688             process
//   Sysmon 3, Security 5156 and 5157    connection or icmp, outgoing ones; 5157 was denied
//   Sysmon 10                           file_read of another program's memory
//   Sysmon 11                           file_write
//   Sysmon 13, of keys named Run…       service, sort "key"
//   Sysmon 22                           query
//   Security 4624                       logon
//   Security 4697, System 7045          service, sort "service"
//   Security 4698                       service, sort "task"
//   PrintService 307                    print
#pragma once

#include "watch/event/activity.h"
#include "watch/event/names.h"

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace shoji::event {

class ActivityView {
  public:
    // Adds the names that it asks for: before the first event is read.
    explicit ActivityView(Names& names);

    // False when the event is none of these. The activity is good as long as the event is.
    bool view(const Event& event, Activity& activity) const;

    struct Known;

  private:
    [[nodiscard]] bool is_wanted(const Event& event, const Known& known) const;

    std::map<std::pair<SourceId, std::uint32_t>, Known> known_;
    FieldId initiated_;
    FieldId direction_;
    FieldId target_object_;
    FieldId ip_protocol_;
};

// Which members of an activity the fields of one sort of event fill.
struct ActivityView::Known {
    enum class Condition : std::uint8_t { none, initiated, outgoing, run_key };
    enum class Number : std::uint8_t { process_id, parent_id, port, bytes_out, pages, logon_type };

    ActivityKind kind = ActivityKind::process;
    std::string_view protocol;
    bool denied = false;
    Condition condition = Condition::none;
    std::vector<std::pair<FieldId, std::string_view Activity::*>> texts;
    std::vector<std::pair<FieldId, Number>> numbers;
};

}  // namespace shoji::event
