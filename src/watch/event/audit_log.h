// Linux's audit log (/var/log/audit/audit.log): the records of each event are put together, though
// other events' may stand between them, and handed out as audit_group.h says.
//
// An event is whole at its record PROCTITLE or EOE, at once where it is of a program or a daemon
// (one record), or two seconds of the log's time after its last record, as auparse(3) has it. What
// comes later is an event of its own.
#pragma once

#include "watch/event/audit_group.h"
#include "watch/event/damages.h"
#include "watch/event/text_lines.h"

#include <deque>
#include <string_view>
#include <vector>

namespace shoji::event {

class AuditLog {
  public:
    static constexpr std::size_t most_open = 256;  // events; beyond, the oldest is taken as whole
    static constexpr std::size_t most_records = 256;   // of an event; beyond, they are left out
    static constexpr std::size_t most_line = 1 << 20;  // bytes

    // All of a file's text, which must outlive this, as must names.
    AuditLog(std::string_view text, const Names& names) : lines_(text), group_(names) {}

    static bool is_one(std::string_view line) { return parse_audit_record(line).has_value(); }

    // The next event; false at the end. Its values are good until the next call.
    bool next(Event& event);

    [[nodiscard]] const Damages& damages() const { return damages_; }
    [[nodiscard]] std::uint64_t offset() const { return lines_.offset(); }

  private:
    struct Open {
        std::vector<AuditRecord> records;
        bool whole = false;
    };

    void take(std::string_view line);
    void put(const AuditRecord& record);
    [[nodiscard]] bool has_whole() const;

    TextLines lines_;
    AuditGroup group_;
    std::deque<Open> open_;  // in the order of their first records
    Time now_ = 0;           // of the newest record
    bool ended_ = false;
    Damages damages_;
};

}  // namespace shoji::event
