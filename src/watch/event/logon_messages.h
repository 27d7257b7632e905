// What su, login, sudo, PAM and systemd-logind write to syslog about who comes in, who becomes
// another and who is refused.
#pragma once

#include "watch/event/event.h"

#include <string_view>

namespace shoji::event {

// Adds, where the text is a message of that program that is known:
//   su      "(to USER) NAME on TTY", "FAILED SU (to USER) NAME on TTY": User, TargetUser, Terminal
//   login   "LOGIN ON TTY BY USER", "ROOT LOGIN ON TTY", "FAILED LOGIN (1) on 'TTY' FOR 'USER', …":
//           User, Terminal, LogonType 2; with "FROM HOST" SourceHost as well
//   PAM     "pam_unix(SERVICE:auth): authentication failure; … ruser=… rhost=… user=…": User,
//           SourceIp, Terminal, PamService; "session opened for user USER by NAME", "session closed
//           for user USER": User, and PamService
//   logind  "New session ID of user USER.", "Removed session ID.": User, LogonId
// and EventType (logon, session_opened, session_closed) and Outcome (success, failure). What lets
// somebody in or refuses it is of the category authentication: PAM's messages only where no program
// says the same itself, and never those of cron. Names that others chose are told as they stand.
void add_logon_message(std::string_view program, std::string_view text, const Names& names,
                       Event& event);

}  // namespace shoji::event
