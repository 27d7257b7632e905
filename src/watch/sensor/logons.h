// Who comes in, who becomes another and who is refused: what sshd, su, sudo, login and PAM write to
// the journal or to files of syslog, as events of service sshd, sudo or auth
// (watch/event/linux_messages.h). A message is what its writer says: in files any local user can
// write one in the name of any program, so that each event tells beside it what is known of the
// writer: WrittenBy (its program) and WrittenByUser, and ProcessGuid, where it can be found.
#pragma once

#include "watch/event/syslog_message.h"
#include "watch/sensor/journal_entries.h"
#include "watch/sensor/scene.h"

#include <string_view>

namespace shoji::sensor {

class LogonReader {
  public:
    // Names are added: before the first event is read.
    LogonReader(event::Names& names, const Scene& scene);

    // One line of a file. `now`: nanoseconds since 1970, and `offset` of local time from UTC, for
    // lines that do not say all of their time. False: it is no message of syslog. The event's texts
    // are good as long as the line is.
    bool read(std::string_view line, const event::SyslogDefaults& now, event::Event& event) const;
    // The journal tells user and program of who wrote it as the kernel knew them.
    void read(const JournalEntry& entry, event::Event& event) const;

  private:
    void begin(event::Event& event, std::string_view program, std::string_view process,
               std::string_view message) const;
    void add_writer(EventWriter& writer, std::string_view process) const;

    const event::Names& names_;
    const Scene& scene_;
    Word program_, pid_, facility_, message_, written_by_, written_by_user_;
};

}  // namespace shoji::sensor
