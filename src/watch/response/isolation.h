// This host cut off from all but what its policy lists, until somebody releases it.
//
// What holds it: packet rules in every network namespace that a process is in (all that the host
// sends, gets and forwards; and the frames of each device), and the guard of sockets
// (guarded_sockets.h). Connections to others are ended, and who holds a socket that the guard would
// not let be made is killed. A namespace that is made later has no device but through the host,
// whose rules hold there; mend() gives it rules of its own.
//
// Ended by release() alone: mend(), called every few seconds, finds out what somebody took away or
// changed otherwise, and sets it in force again. What cannot be had, whatever it is, is told and
// ends nothing of the rest.
#pragma once

#include "core/base/result.h"
#include "watch/response/guarded_sockets.h"
#include "watch/response/isolation_rules.h"
#include "watch/response/isolation_watch.h"
#include "watch/response/kill_plan.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace shoji::response {

struct IsolationPlaces {
    std::filesystem::path state;  // a folder that root alone may enter
    std::filesystem::path units;  // such as /etc/systemd/system; empty: no systemd, nothing at boot
    std::filesystem::path nft = "/usr/sbin/nft";  // what runs at boot
};

struct IsolationRequest {
    IsolationPolicy policy;
    std::vector<std::string> packet_programs;
    Protection protection;  // holders of sockets that are not killed, but told
    std::uint64_t cgroup =
        0;  // the guard of sockets for this control group alone; 0: the whole machine
    // False: only in the caller's network namespace.
    bool every_namespace = true;
};

enum class AtBoot : std::uint8_t { held, no_systemd, no_nft, failed };

struct IsolationOutcome {
    std::size_t namespaces = 0;
    std::vector<std::string> devices;  // of the caller's network namespace
    std::size_t connections_cut = 0;
    std::vector<SocketHolder> killed;
    std::vector<SocketHolder> left;      // protected ones
    std::optional<GuardChoice> sockets;  // empty: nothing guards them, `problem` says why
    std::string problem;
    AtBoot at_boot = AtBoot::failed;
    std::vector<std::string> problems;  // what is not in force, and why; mend() tries it again
};

struct IsolationMended {
    bool undone = false;  // somebody had taken a part of it away, or changed it
    std::string problem;  // why it cannot be looked at or mended; empty: it holds
};

class Isolation {
  public:
    explicit Isolation(IsolationPlaces places) : places_(std::move(places)) {}

    // Whether it is to hold: it was commanded, and not released.
    [[nodiscard]] bool in_force() const;
    // Whether it does: the rules in the kernel are the ones that were given to it, each device and
    // namespace has them, and sockets are guarded.
    base::Result<bool> holds(bool every_namespace);
    // Where it is to hold and does not, sets it in force again.
    IsolationMended mend(const IsolationRequest& request);
    // Says what it would do: devices, holders, namespaces.
    static base::Result<IsolationOutcome> plan(const IsolationRequest& request);
    // Again is no error: all is set anew, as after a start of the program or when a device came. An
    // error where this host's own rules are not in force; what else could be done is done.
    base::Result<IsolationOutcome> isolate(const IsolationRequest& request);
    // `not_found` where the host is not isolated. Returns where rules may be left, and why.
    base::Result<std::vector<std::string>> release(bool every_namespace = true);
    std::vector<StoppedSocket> take_stopped();
    // Empty: nothing guards sockets now.
    [[nodiscard]] std::optional<GuardChoice> socket_guard() const;
    // As SocketGuard::files(); none where nothing guards sockets.
    [[nodiscard]] std::vector<base::FileDescriptor> socket_guard_files() const;

  private:
    [[nodiscard]] std::filesystem::path rules_file() const {
        return places_.state / "isolation.nft";
    }
    [[nodiscard]] base::Result<AtBoot> write_boot_files(const std::string& rules) const;
    [[nodiscard]] base::Result<void> write_boot_link() const;
    [[nodiscard]] base::Result<void> remove_boot_files() const;
    [[nodiscard]] bool boot_files_hold(const std::string& rules) const;
    base::Result<void> apply_here(const IsolationPolicy& policy);
    // Empty: sockets are guarded.
    std::string guard_sockets(const IsolationRequest& request);

    IsolationPlaces places_;
    bool commanded_ = false;  // by this program; the file says it of one before it
    std::optional<IsolationWatch>
        watch_;  // empty: the rules cannot be looked at, `unseen_` says why
    std::string unseen_;
    std::optional<SocketGuard> guard_;
};

}  // namespace shoji::response
