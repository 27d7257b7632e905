// The kernel refuses what others, root too, try against the process that holds this and against
// all that it starts: signals that end or stop, tracing, limits; and against its folders, and its
// maps and programs in the kernel. It needs a kernel that takes LSM programs, and root. Process 1
// of the machine, by which services are stopped, is refused nothing.
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

struct shield_bpf;

namespace shoji::shield {

enum class Act : std::uint8_t { signal = 1, trace, limit, file, map, program };

struct Refusal {
    Act act = Act::signal;
    std::uint32_t detail = 0;  // of a signal its number
    pid_t process = 0;         // who tried; 0: nobody can be named
    uid_t user = 0;            // or nobody
    std::string program;       // its short name, as the process says
    std::string file;          // of Act::file, its name without the folder; at most 31 bytes

    bool operator==(const Refusal&) const = default;
};
constexpr uid_t nobody = ~uid_t{0};

// Of one act (of a signal its number) and one user: who tried last, and how often it was tried.
struct Refused {
    Refusal last;
    std::uint64_t count = 0;
};

// What others may read, but not change.
struct Folders {
    std::vector<std::filesystem::path>
        whole;  // with all below, and the folders above by their name
    // Of these the entries whose name begins with "sensor." or "respond.", and the same above.
    std::vector<std::filesystem::path> names;
    std::filesystem::path pins;  // those above it; may be empty, and need not exist
};

class Shield {
  public:
    // For the calling process, which becomes the keeper (SIGTERM, SIGINT and SIGHUP of others still
    // reach it, and no other process of its own), and for what it starts from now on. Seen to
    // refuse. The calling process must have one thread; the folders exist. Its control group and
    // those above keep their limits. An error says why the kernel cannot.
    static base::Result<Shield> raise(const Folders& folders = {});
    Shield(Shield&&) noexcept;
    Shield& operator=(Shield&&) noexcept;
    // Nothing is refused any more; in a process that was started from the first one it goes on.
    ~Shield();

    // Those since the last call; an act and a user come once each. Of more than 1,024 of them the
    // rest is told by act, of nobody. What users try against folders who have no right to change
    // them anyway is refused and not told.
    std::vector<Refused> take_refusals();
    // How many processes since the last call are not held, because 512 of the sensor's ran already;
    // nor is what these start.
    std::uint64_t take_unheld();
    // A folder of a BPF file system, with all below, until the keeper removes it. By the keeper.
    [[nodiscard]] base::Result<void> hold_pins(const std::filesystem::path& folder) const;

  private:
    struct Loaded;
    explicit Shield(std::unique_ptr<Loaded> loaded);
    std::unique_ptr<Loaded> loaded_;
};

}  // namespace shoji::shield
