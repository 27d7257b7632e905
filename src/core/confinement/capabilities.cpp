#include "core/confinement/capabilities.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace shoji::confinement {
namespace {

constexpr int highest_possible = 63;
constexpr unsigned long locked_bits =
    SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED |
    SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;

bool may_change_bounding_set() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> sets{};
    return ::syscall(SYS_capget, &header, sets.data()) == 0 &&
           (sets[0].effective & (1U << CAP_SETPCAP)) != 0;
}

base::Result<void> limit_bounding_set(std::span<const int> kept) {
    for (int capability = 0; capability <= highest_possible; ++capability) {
        if (std::ranges::find(kept, capability) != kept.end()) continue;
        if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EINVAL) {
            return base::fail_errno(errno, "dropping a capability for ever");
        }
    }
    return {};
}

base::Result<void> keep_only(std::span<const int> kept) {
    if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) {
        return base::fail_errno(errno, "clearing ambient capabilities");
    }
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> sets{};
    if (::syscall(SYS_capget, &header, sets.data()) != 0) {
        return base::fail_errno(errno, "asking for capabilities");
    }
    std::array<__user_cap_data_struct, 2> left{};
    for (const int capability : kept) {
        const auto half = static_cast<std::size_t>(capability / 32);
        const std::uint32_t bit = (1U << (capability % 32)) & sets[half].permitted;
        left[half].effective |= bit;
        left[half].permitted |= bit;
    }
    if (::syscall(SYS_capset, &header, left.data()) != 0) {
        return base::fail_errno(errno, "dropping capabilities");
    }
    return {};
}

}  // namespace

base::Result<void> drop_capabilities_but(std::span<const int> kept) {
    if (may_change_bounding_set()) {
        if (::prctl(PR_SET_SECUREBITS, locked_bits, 0, 0, 0) != 0) {
            return base::fail_errno(errno, "locking the secure bits");
        }
        if (auto limited = limit_bounding_set(kept); !limited) return limited;
    }
    return keep_only(kept);
}

base::Result<void> limit_capabilities(std::span<const int> kept) {
    if (may_change_bounding_set()) {
        if (auto limited = limit_bounding_set(kept); !limited) return limited;
    }
    return keep_only(kept);
}

base::Result<void> drop_capabilities() {
    return drop_capabilities_but({});
}

}  // namespace shoji::confinement
