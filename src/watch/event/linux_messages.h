// What programs of Linux write to syslog: Sigma's service by the program's name, and the parts of
// the messages that tell who came in, who became another, and what cron was given.
#pragma once

#include "watch/event/event.h"

#include <string_view>

namespace shoji::event {

// Sets product linux and the service: sshd, sudo, cron, auth (su, login, useradd, PAM, polkit …,
// and whatever has the facility auth or authpriv), clamav, vsftpd, guacamole; all others syslog.
// Then adds, where the message says it:
//   sshd  "Accepted … for USER from ADDRESS port PORT", "Failed …", "Invalid user …":
//         User, SourceIp, SourcePort, Outcome (success, failure), LogonType (10: from afar, as
//         Windows counts), Method; of the category authentication
//   sudo  "USER : TTY=… ; PWD=… ; USER=… ; COMMAND=…": User, Terminal, CurrentDirectory,
//         TargetUser, CommandLine; Outcome failure where words of refusal stand before TTY=, and
//         then of the category authentication
//   cron  "(USER) CMD (…)": User, CommandLine; "(USER) REPLACE (…)" and "(USER) RELOAD (…)": User,
//         CronTable
//   su, login, PAM in all programs, systemd-logind: logon_messages.h
void add_linux_message(std::string_view program, std::string_view facility, std::string_view text,
                       const Names& names, Event& event);

}  // namespace shoji::event
