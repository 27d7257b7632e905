// Sockets of families that packet rules do not see (packet, vsock, XDP, Bluetooth …) are not made
// while this lives: refused by the kernel where it takes LSM programs; elsewhere whoever asks for
// one is killed before the call returns. Unix, IPv4, IPv6 and netlink sockets, and those to the
// kernel's own ciphers (AF_ALG) and IPsec keys (AF_KEY), are made as ever.
#pragma once

#include "core/base/result.h"
#include "watch/response/guard_files.h"
#include "watch/response/guard_kind.h"
#include "watch/response/process.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace shoji::response {

// A bit a family: 1 << AF_UNIX …
extern const std::uint64_t isolated_families;

struct SocketGuardSettings {
    std::uint64_t cgroup = 0;  // its number: holds for that group alone; 0: the whole machine
    std::vector<std::string> packet_programs;  // may make packet sockets: DHCP clients, 802.1X
    bool try_lsm = true;
};

struct StoppedSocket {
    pid_t process = 0;
    int family = -1;  // -1: not known
};

class SocketGuard {
  public:
    // In force when this returns: tried out first.
    static base::Result<SocketGuard> start(const SocketGuardSettings& settings);
    SocketGuard(SocketGuard&&) noexcept;
    SocketGuard& operator=(SocketGuard&&) noexcept;
    ~SocketGuard();

    [[nodiscard]] const GuardChoice& choice() const;
    // Duplicates, for whoever is to hold it after this: its policy, then its links.
    [[nodiscard]] std::vector<base::FileDescriptor> files() const;
    // Whom it stopped since the last call, as far as 64 KiB hold.
    std::vector<StoppedSocket> take_stopped();

  private:
    struct Loaded;
    explicit SocketGuard(std::unique_ptr<Loaded> loaded);
    std::unique_ptr<Loaded> loaded_;
};

// Who holds such a socket already.
struct SocketHolder {
    Process process;
    int family = -1;
};
// Looks into every process (pidfd_getfd(2)). Packet sockets of `packet_programs` are left out.
base::Result<std::vector<SocketHolder>> socket_holders(const std::vector<FileId>& packet_programs);

}  // namespace shoji::response
