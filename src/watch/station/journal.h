// The process that has systemd's journal read: it starts journalctl, as a user of its own without a
// right but to read the journal's folders, and says that it is alive as long as that runs and
// nobody holds it (held.h). It reads nothing itself; what journalctl writes goes to the analyst,
// which parses it.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"
#include "watch/sensor/journal_place.h"
#include "watch/sensor/policy.h"

namespace shoji::station {

// Whether there is a journal as the policy names it, and a program to read it.
bool has_journal(const sensor::LogonPolicy& policy);

// Until `keeper` is closed, or journalctl ends, which is an error. Messages of logons (facilities
// auth and authpriv) go to `output` in the journal's export format: those behind `place`, or, where
// that is none, the new ones.
base::Result<void> run_journal(const sensor::LogonPolicy& policy, base::FileDescriptor output,
                               base::FileDescriptor keeper, const sensor::JournalPlace& place);

}  // namespace shoji::station
