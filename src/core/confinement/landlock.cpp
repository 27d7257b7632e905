#include "core/confinement/landlock.h"

#include "core/base/file_descriptor.h"

#include <cerrno>

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace shoji::confinement {
namespace {

// Of later kernels than the headers of Debian 12 (include/uapi/linux/landlock.h).
constexpr std::uint64_t access_truncate = 1ULL << 14;
constexpr std::uint64_t access_ioctl_device = 1ULL << 15;
constexpr std::uint64_t access_bind_tcp = 1ULL << 0;
constexpr std::uint64_t access_connect_tcp = 1ULL << 1;
constexpr std::uint64_t scope_abstract_sockets = 1ULL << 0;
constexpr std::uint64_t scope_signals = 1ULL << 1;
constexpr int rule_network_port = 2;

struct RulesetAttributes {
    std::uint64_t files = 0;
    std::uint64_t network = 0;
    std::uint64_t scoped = 0;
};
struct NetworkPortAttributes {
    std::uint64_t allowed = 0;
    std::uint64_t port = 0;
};

constexpr std::uint64_t read_rights = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t write_rights =
    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
    LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
    LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER |
    access_truncate;
// Those that a rule for a file, not a folder, may carry.
constexpr std::uint64_t file_rights = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                                      LANDLOCK_ACCESS_FS_EXECUTE | access_truncate;

std::uint64_t handled_files(int abi) {
    std::uint64_t rights = read_rights | write_rights | LANDLOCK_ACCESS_FS_EXECUTE |
                           LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
                           access_ioctl_device;
    if (abi < 2) rights &= ~std::uint64_t{LANDLOCK_ACCESS_FS_REFER};
    if (abi < 3) rights &= ~access_truncate;
    if (abi < 5) rights &= ~access_ioctl_device;
    return rights;
}

base::Result<void> add_path(int ruleset, const LandlockRules::Path& rule, std::uint64_t handled) {
    const base::FileDescriptor file(::open(rule.path.c_str(), O_PATH | O_CLOEXEC));
    struct stat state {};
    if (!file.valid() || ::fstat(file.get(), &state) != 0) {
        return base::fail_errno(errno, "allowing " + rule.path.native() + " in Landlock");
    }
    std::uint64_t rights = read_rights;
    if (rule.write) rights |= write_rights;
    if (rule.execute) rights |= LANDLOCK_ACCESS_FS_EXECUTE;
    if (!S_ISDIR(state.st_mode)) rights &= file_rights;
    const landlock_path_beneath_attr attributes{rights & handled, file.get()};
    if (::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &attributes, 0) !=
        0) {
        return base::fail_errno(errno, "allowing " + rule.path.native() + " in Landlock");
    }
    return {};
}

}  // namespace

int landlock_abi() {
    const long abi =
        ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return abi < 0 ? 0 : static_cast<int>(abi);
}

std::vector<std::string> missing_in_landlock(int abi) {
    std::vector<std::string> missing;
    if (abi < 1) missing.emplace_back("Landlock: no rule on files (kernel 5.13)");
    if (abi < 3) missing.emplace_back("Landlock: no rule on truncating files (kernel 6.2)");
    if (abi < 4) missing.emplace_back("Landlock: no rule on TCP ports (kernel 6.7)");
    if (abi < 5) missing.emplace_back("Landlock: no rule on device commands (kernel 6.10)");
    if (abi < 6) {
        missing.emplace_back("Landlock: no scope for signals and abstract sockets (kernel 6.12)");
    }
    return missing;
}

base::Result<void> restrict_landlock(const LandlockRules& rules, int abi) {
    if (abi < 1) return base::fail(base::ErrorKind::unavailable, "this kernel has no Landlock");
    RulesetAttributes attributes{handled_files(abi), 0, 0};
    std::size_t size = sizeof attributes.files;
    if (abi >= 4) {
        if (rules.restrict_network) attributes.network = access_bind_tcp | access_connect_tcp;
        size += sizeof attributes.network;
    }
    if (abi >= 6) {
        attributes.scoped = scope_abstract_sockets | scope_signals;
        size += sizeof attributes.scoped;
    }
    const base::FileDescriptor ruleset(
        static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, size, 0)));
    if (!ruleset.valid()) return base::fail_errno(errno, "making a Landlock ruleset");
    for (const auto& path : rules.paths) {
        if (auto added = add_path(ruleset.get(), path, attributes.files); !added) return added;
    }
    if (attributes.network != 0) {
        for (const std::uint16_t port : rules.connect_ports) {
            const NetworkPortAttributes allowed{access_connect_tcp, port};
            if (::syscall(SYS_landlock_add_rule, ruleset.get(), rule_network_port, &allowed, 0) !=
                0) {
                return base::fail_errno(errno, "allowing a TCP port in Landlock");
            }
        }
    }
    if (::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) {
        return base::fail_errno(errno, "putting Landlock in force");
    }
    return {};
}

}  // namespace shoji::confinement
