#include "screen/isolation/root.h"

#include "core/base/file_descriptor.h"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace shoji::isolation {
namespace {

// Where the machine's own root hangs while binds are made.
const std::filesystem::path old_root = "/.machine";

base::Result<void> set_attributes(const std::filesystem::path& mount, std::uint64_t attributes,
                                  unsigned flags) {
    mount_attr wanted{};
    wanted.attr_set = attributes;
    if (::mount_setattr(AT_FDCWD, mount.c_str(), flags, &wanted, sizeof wanted) != 0) {
        return base::fail_errno(errno, "restricting the mount " + mount.native());
    }
    return {};
}

base::Result<void> make_folder(const std::filesystem::path& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) return base::fail_errno(error.value(), "making the folder " + path.native());
    return {};
}

base::Result<void> write_file(const std::filesystem::path& path, std::string_view content) {
    if (auto made = make_folder(path.parent_path()); !made) return made;
    const base::FileDescriptor file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444));
    if (!file.valid()) return base::fail_errno(errno, "making the file " + path.native());
    if (::write(file.get(), content.data(), content.size()) !=
        static_cast<ssize_t>(content.size())) {
        return base::fail_errno(errno, "writing the file " + path.native());
    }
    return {};
}

base::Result<void> bind(const std::filesystem::path& source, const std::filesystem::path& target,
                        std::uint64_t attributes) {
    const auto from = old_root / source.relative_path();
    struct stat state {};
    if (::stat(from.c_str(), &state) != 0) {
        return base::fail_errno(errno, "looking for " + source.native());
    }
    auto made = S_ISDIR(state.st_mode) ? make_folder(target) : write_file(target, "");
    if (!made) return made;
    if (::mount(from.c_str(), target.c_str(), nullptr, MS_BIND | MS_REC, nullptr) != 0) {
        return base::fail_errno(errno, "binding " + source.native());
    }
    return set_attributes(target, attributes, AT_RECURSIVE);
}

base::Result<void> mount_tmpfs(const std::filesystem::path& target, const std::string& options) {
    if (::mount("tmpfs", target.c_str(), "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
                options.c_str()) != 0) {
        return base::fail_errno(errno, "mounting a tmpfs at " + target.native());
    }
    return {};
}

// A new tmpfs becomes "/", the machine's root hangs below it.
base::Result<void> turn_root() {
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
        return base::fail_errno(errno, "parting from the machine's mounts");
    }
    // Any folder does: it is covered only until the pivot.
    if (auto mounted = mount_tmpfs("/tmp", "mode=0755,size=16m,nr_inodes=4096"); !mounted) {
        return mounted;
    }
    const std::string hanging = "/tmp" + old_root.native();
    if (::mkdir(hanging.c_str(), 0700) != 0) return base::fail_errno(errno, "making " + hanging);
    if (::syscall(SYS_pivot_root, "/tmp", hanging.c_str()) != 0) {
        return base::fail_errno(errno, "changing the root");
    }
    if (::chdir("/") != 0) return base::fail_errno(errno, "entering the root");
    return {};
}

base::Result<void> make_devices() {
    for (const char* name : {"null", "zero", "full", "random", "urandom"}) {
        const auto path = std::filesystem::path("/dev") / name;
        // Without MOUNT_ATTR_NODEV: these are the devices.
        if (auto bound = bind(path, path, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC); !bound) {
            return bound;
        }
    }
    return {};
}

// Chromium cannot start its crash handler, which is not in this root, and goes on without one. But
// where the kernel has Yama, as Debian's, it first wants the handler's number to name it as one who
// may trace, and ends. So it sees no Yama. (--disable-crashpad-for-testing is no way out: some of
// its service processes then end with "FD ownership violation".)
base::Result<void> hide_yama() {
    const std::filesystem::path yama = "/proc/sys/kernel/yama";
    std::error_code error;
    if (!std::filesystem::exists(yama, error)) return {};
    if (auto covered = mount_tmpfs(yama, "mode=0555,size=4k,nr_inodes=2"); !covered) return covered;
    return set_attributes(yama, MOUNT_ATTR_RDONLY, 0);
}

base::Result<void> make_processes() {
    if (auto made = make_folder("/proc"); !made) return made;
    if (::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "hidepid=invisible") !=
        0) {
        return base::fail_errno(errno, "mounting /proc");
    }
    return hide_yama();
}

base::Result<void> fill(const Root& root) {
    for (const auto& link : root.links) {
        if (auto made = make_folder(link.target.parent_path()); !made) return made;
        if (::symlink(link.points_to.c_str(), link.target.c_str()) != 0) {
            return base::fail_errno(errno, "making the link " + link.target.native());
        }
    }
    for (const auto& item : root.binds) {
        const std::uint64_t noexec = item.execute ? 0 : MOUNT_ATTR_NOEXEC;
        if (auto bound = bind(item.source, item.target,
                              MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | noexec);
            !bound) {
            return bound;
        }
    }
    for (const auto& file : root.files) {
        if (auto written = write_file(file.target, file.content); !written) return written;
    }
    for (const auto& scratch : root.scratch) {
        if (auto made = make_folder(scratch.target); !made) return made;
        if (auto mounted = mount_tmpfs(
                scratch.target, fmt::format("mode=1777,size={},nr_inodes=16384", scratch.bytes));
            !mounted) {
            return mounted;
        }
    }
    return {};
}

}  // namespace

base::Result<void> enter_root(const Root& root) {
    if (auto turned = turn_root(); !turned) return turned;
    if (auto filled = fill(root); !filled) return filled;
    if (root.devices) {
        if (auto made = make_devices(); !made) return made;
    }
    if (root.processes) {
        if (auto made = make_processes(); !made) return made;
    }
    if (::umount2(old_root.c_str(), MNT_DETACH) != 0) {
        return base::fail_errno(errno, "letting go of the machine's root");
    }
    if (::rmdir(old_root.c_str()) != 0) return base::fail_errno(errno, "tidying the new root");
    return set_attributes("/", MOUNT_ATTR_RDONLY, 0);
}

}  // namespace shoji::isolation
