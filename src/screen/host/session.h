// One session: its three processes, and all that was made for them. A session is first written
// down, then started, and whatever happens then, kill() and remove() leave nothing of it.
#pragma once

#include "core/base/result.h"
#include "core/base/settings.h"
#include "screen/control/control.h"
#include "screen/host/equipment.h"
#include "screen/host/machine.h"
#include "screen/host/packet_rules.h"
#include "screen/host/process.h"
#include "screen/host/record.h"
#include "screen/isolation/cgroup.h"
#include "screen/isolation/firewall.h"

#include <array>
#include <filesystem>
#include <optional>
#include <string>

namespace shoji::host {

// What sessions need of the program around them.
struct Surroundings {
    const base::Settings& settings;
    const Machine& machine;
    const Equipment& equipment;
    PacketRules& packet_rules;
};

// The control group that holds those of all sessions of an installation.
std::string group_of(const base::Settings& settings);

// That of one session, and in it those of its browser and of the programs beside it (compositor,
// egress). The sensor knows sessions by these names (watch/sensor/scene.h).
std::string group_of(const base::Settings& settings, const control::SessionId& session);
constexpr const char* browser_group_name = "browser";
constexpr const char* helper_group_name = "helpers";

// The packet rules of the session of a record.
isolation::FirewallSlot firewall_slot(const base::Settings& settings, const Record& record);

class Session {
  public:
    // Of a record just made, or of one that a former host wrote (of which at least the id and the
    // slot are set). Does nothing yet.
    Session(const Surroundings& surroundings, Record record);

    base::Result<void> start(const control::Start& request);
    // Holds the processes that a former host started, those that live. An error when one has ended.
    base::Result<void> adopt();

    [[nodiscard]] const Record& record() const { return record_; }
    [[nodiscard]] Process& process(Part part) { return processes_[static_cast<std::size_t>(part)]; }
    // Fresh connections to the display and to the egress's reports.
    [[nodiscard]] base::Result<std::array<base::FileDescriptor, 2>> connect() const;
    [[nodiscard]] std::uint64_t memory_bytes() const;
    [[nodiscard]] std::uint64_t memory_kills() const;

    // Kills all of its processes. The kernel needs a moment: call both until it is gone.
    void kill();
    [[nodiscard]] bool gone();
    // Removes groups, packet rules and files, once gone. What cannot be removed is an error; trying
    // again goes on from there.
    base::Result<void> remove();

  private:
    struct Sockets;

    base::Result<void> make_groups();
    base::Result<void> save_record() const;
    base::Result<Sockets> make_sockets() const;
    base::Result<void> run_programs(const control::Start& request, Sockets sockets);
    [[nodiscard]] std::filesystem::path folder() const;
    [[nodiscard]] std::string group_path() const;

    Surroundings surroundings_;
    Record record_;
    std::array<Process, 3> processes_;
    std::optional<isolation::Cgroup> group_;  // holds the two below
    std::optional<isolation::Cgroup> browser_group_;
    std::optional<isolation::Cgroup> helper_group_;
};

}  // namespace shoji::host
