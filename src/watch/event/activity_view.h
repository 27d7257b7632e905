// Activities (activity.h) from events. Which members each fills stands in activity_windows.cpp,
// activity_linux.cpp and activity_networks.cpp.
//   Windows
//     Sysmon 1, Security 4688             process
//     Sysmon 3, Security 5156 and 5157    connection or icmp, outgoing ones; 5157 was denied
//     Sysmon 10; Security 4656, 4663 of LSASS   file_read of another program's memory
//     Sysmon 11                           file_write
//     Security 4663, 5145                 file_read, file_write, as their AccessMask says; of 5145,
//                                         which a file server writes, `target` is the share
//     Sysmon 13, of keys named Run…       service, sort "key"
//     Sysmon 22, DNS client 3008          query; DNS server 256 as well, whose `host` asked
//     Security 4624                       logon
//     Security 4697, System 7045          service, sort "service"
//     Security 4698                       service, sort "task"
//     PrintService 307                    print
//   Linux, by category: events of the audit log, of the sensor, and messages of programs
//     process_creation, sudo              process
//     file_event                          file_write; of units of systemd and tables of cron
//                                         service, sorts "unit" and "cron", `target` the file.
//                                         No file_write where EventType is open_write:
//     file_change, of type close_write    file_write, with its bytes
//     file_access, process_access         file_read, of memory the latter
//     file_rename                         file_rename
//     network_connection                  connection or icmp, outgoing ones without a FlowId
//     network_flow                        connection at its end, before it transfer, outgoing ones
//     dns_query                           query
//     authentication, if it succeeded     logon (also of other products)
//     cron, with CronTable                service, sort "cron"
//   Whatever the product, by category; `host` is the client's address
//     proxy                               request
//     firewall                            connection or icmp
//     dns                                 query
//     email                               mail
//   Shoji's own: screen_input             screen_input
#pragma once

#include "watch/event/activity_tables.h"
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

  private:
    struct Known {
        const activity_tables::Sort* sort;
        std::vector<std::pair<FieldId, std::string_view Activity::*>> texts;
        std::vector<std::pair<FieldId, activity_tables::Number>> numbers;
    };
    struct Key {
        SourceId product;  // no_source: any
        SourceId source;
        std::uint32_t event;

        auto operator<=>(const Key&) const = default;
    };

    void add(Names& names, const activity_tables::Sort& sort);
    [[nodiscard]] const Known* find(const Event& event) const;
    [[nodiscard]] const Known* find(const Event& event, const Key& key) const;
    [[nodiscard]] bool holds(const Event& event, activity_tables::Condition condition) const;
    // What depends on the sensor's EventType.
    [[nodiscard]] bool is_of_type(const Event& event, activity_tables::Condition condition) const;
    [[nodiscard]] bool is_denied(const Event& event) const;
    void complete(const Event& event, Activity& activity) const;

    std::map<Key, std::vector<Known>> known_;
    SourceId windows_;
    FieldId initiated_;
    FieldId flow_id_;
    FieldId event_type_;
    FieldId direction_;
    FieldId target_object_;
    FieldId target_file_;
    FieldId object_name_;
    FieldId object_type_;
    FieldId access_mask_;
    FieldId outcome_;
    FieldId cron_table_;
    FieldId ip_protocol_;
    FieldId action_;
    FieldId uri_;
};

}  // namespace shoji::event
