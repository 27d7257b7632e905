// The file that an alert is about, found again on this host. What an event names begins where its
// process saw the tree: in a mount namespace of its own, which may be anybody's, the same path is
// another file. And its arguments are chosen by whoever starts a program, so that a rule that looks
// at them may meet any program of the machine.
#pragma once

#include "core/base/result.h"
#include "core/journal/digest.h"
#include "watch/response/process.h"

#include <cstdint>
#include <optional>
#include <string>

namespace shoji::response {

struct CauseFile {
    enum class Kind : std::uint8_t {
        none,     // the event names no file that may be taken for it
        written,  // its process wrote, changed or renamed it
        run,      // the program of its process
        script,   // that its process's program was started for
    };
    Kind kind = Kind::none;
    std::string path{};
    std::uint32_t device = 0;             // as the kernel has it: major << 20 | minor
    std::uint64_t inode = 0;              // 0: the event does not tell
    std::optional<std::uint32_t> user{};  // whose process it is (real); without it the process is
                                          // asked
    std::string digest;                   // SHA-256 in hexadecimal, where the event has it
};

// What is in that file, if `file.path` is it on this host: by device and inode where the event has
// them, or else by what `process` runs now. `denied` otherwise, and for a program or a script that
// is not its user's (but root's processes), and for one that runs what others give it.
base::Result<journal::Digest> check_cause_file(const CauseFile& file, ProcessId process);

}  // namespace shoji::response
