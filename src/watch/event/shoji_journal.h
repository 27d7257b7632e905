// Shoji's own audit journal (docs/audit.md), as `shoji audit export` prints it.
#pragma once

#include "watch/event/event.h"

namespace shoji::event {

// When the event, read from JSON, is a line of the journal: sets product shoji, service journal and
// the time; makes a refusal of the egress a denied request of the category proxy (cs-host, r-dns,
// c-uri, dst_port, action "denied", User, c-ip), and a sign-in one of the category authentication
// (User, SourceIp, Outcome, LogonType 10), and what says how much text went into a session one of
// the category screen_input (User, Destination, SessionId, Characters, MyNumbers). Computer is the
// terminal's name. False when it is none.
bool describe_shoji_journal(const Names& names, Event& event);

}  // namespace shoji::event
