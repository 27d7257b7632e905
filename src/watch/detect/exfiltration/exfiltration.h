// Data taken out of a city: activities in, alerts out, no I/O. One thread at a time.
//
// Names and paths beyond 1,024 bytes are told apart by their first 1,024 only, and counted.
// Activities should come about in the order of time; what is late counts as now. How each detection
// works, what it misses and how to tune it stands in docs/detection/exfiltration.md.
#pragma once

#include "core/base/result.h"
#include "watch/detect/exfiltration/alert.h"
#include "watch/detect/exfiltration/name_list.h"
#include "watch/event/activity.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace shoji::exfiltration {

class Exfiltration {
  public:
    Exfiltration(Settings settings, NameList names);
    ~Exfiltration();
    Exfiltration(const Exfiltration&) = delete;
    Exfiltration& operator=(const Exfiltration&) = delete;

    // Appends what the activity shows.
    void observe(const event::Activity& activity, std::vector<Alert>& alerts);

    // What was not taken in as it came.
    struct Losses {
        std::uint64_t clipped = 0;    // names that were too long
        std::uint64_t untimely = 0;   // activities whose time nobody else agreed with
        std::uint64_t displaced = 0;  // of what was remembered, to make room
    };
    [[nodiscard]] Losses losses() const;
    // The real time (clock.h); 0: not known. It goes with what load() replaces.
    void set_present(event::Time present);

    // The most bytes that it takes with these settings, its name list aside.
    static std::size_t memory_limit(const Settings& settings);

    // The state, for a restart: some megabytes for 1,000 terminals.
    [[nodiscard]] std::vector<std::uint8_t> save() const;
    // Takes the place of the state. On an error (bytes that are damaged, of another version, of
    // another secret, or of larger tables) the state stays as it was.
    base::Result<void> load(std::span<const std::uint8_t> bytes);

  private:
    struct State;
    class Look;

    Settings settings_;
    NameList names_;
    std::unique_ptr<State> state_;
    std::unique_ptr<Look> look_;
};

}  // namespace shoji::exfiltration
