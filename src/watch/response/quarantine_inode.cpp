#include "watch/response/quarantine_inode.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace shoji::response {
namespace {

using base::ErrorKind;
using base::FileDescriptor;

constexpr std::size_t most_of_kernel = 65536;  // bytes of all names, and of each value

bool is_users_own(const std::string& name) {
    return name.starts_with("user.");
}

// Not all of them, where they are too many for the kernel to list.
std::vector<std::string> attribute_names(int file, QuarantinedFile& about) {
    std::string names(most_of_kernel, '\0');
    const ssize_t size = ::flistxattr(file, names.data(), names.size());
    if (size < 0) {
        about.attributes_whole = errno == ENOTSUP;
        return {"security.capability", "security.selinux", "security.ima",
                "system.posix_acl_access"};
    }
    std::vector<std::string> all;
    for (std::size_t at = 0; at < static_cast<std::size_t>(size); at += all.back().size() + 1)
        all.emplace_back(names.c_str() + at);
    std::ranges::stable_sort(all, {}, is_users_own);
    return all;
}

base::Result<void> read_attributes(int file, QuarantinedFile& about) {
    std::size_t room = most_attributes;
    std::string value(most_of_kernel, '\0');
    for (const auto& name : attribute_names(file, about)) {
        const ssize_t length = ::fgetxattr(file, name.c_str(), value.data(), value.size());
        if (length < 0 && (errno == ENODATA || errno == ENOTSUP)) continue;
        if (length < 0) return base::fail_errno(errno, "reading the attribute " + name);
        const auto bytes = static_cast<std::size_t>(length);
        if (name.size() + bytes > room) {
            about.attributes_whole = false;
            continue;
        }
        room -= name.size() + bytes;
        about.attributes.emplace(name, value.substr(0, bytes));
    }
    return {};
}

// Room for a file_handle, whose bytes follow its head.
struct Handle {
    alignas(file_handle) std::array<char, sizeof(file_handle) + MAX_HANDLE_SZ> room{};

    file_handle* head() { return reinterpret_cast<file_handle*>(room.data()); }
    char* bytes() { return room.data() + sizeof(file_handle); }
};

void note_handle(int file, QuarantinedFile& about) {
    Handle handle;
    handle.head()->handle_bytes = MAX_HANDLE_SZ;
    int mount = 0;
    if (::name_to_handle_at(file, "", handle.head(), &mount, AT_EMPTY_PATH) != 0) return;
    about.handle_kind = handle.head()->handle_type;
    about.handle.assign(handle.bytes(), handle.head()->handle_bytes);
}

// Where the file system has no such flags there are none.
std::uint32_t flags_of(int file) {
    int flags = 0;
    if (::ioctl(file, FS_IOC_GETFLAGS, &flags) != 0) return 0;
    return static_cast<std::uint32_t>(flags) & (FS_IMMUTABLE_FL | FS_APPEND_FL);
}

base::Result<void> put_flags(int file, const QuarantinedFile& about, bool on) {
    if (about.flags == 0) return {};
    int flags = 0;
    if (::ioctl(file, FS_IOC_GETFLAGS, &flags) == 0) {
        const auto now = static_cast<std::uint32_t>(flags);
        flags = static_cast<int>(on ? now | about.flags : now & ~about.flags);
        if (::ioctl(file, FS_IOC_SETFLAGS, &flags) == 0) return {};
    }
    auto failure = base::fail_errno(errno, "changing the flags of " + about.path);
    failure.value().kind = ErrorKind::denied;
    return base::worded(std::move(failure), "response.quarantine.flags", {{"path", about.path}});
}

base::Result<void> check_no_mount(int file, const std::string& path) {
    struct statx state {};
    if (::statx(file, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &state) != 0)
        return base::fail_errno(errno, "looking at " + path);
    if ((state.stx_attributes & STATX_ATTR_MOUNT_ROOT) == 0) return {};
    return base::worded(base::fail(ErrorKind::unavailable, "{} has a mount on it", path),
                        "response.quarantine.mount", {{"path", path}});
}

}  // namespace

base::Result<Place> find_place(const std::string& path) {
    const auto slash = path.rfind('/');
    Place place;
    place.name = slash == std::string::npos ? "" : path.substr(slash + 1);
    if (!path.starts_with('/') || path.find('\0') != std::string::npos || place.name.empty() ||
        place.name == "." || place.name == "..") {
        return base::worded(
            base::fail(ErrorKind::invalid, "'{}' is no absolute path of a file", path),
            "response.bad_path", {{"path", path}});
    }
    const std::string folder = slash == 0 ? "/" : path.substr(0, slash);
    open_how how{};
    how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
    how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    place.folder.reset(
        static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, folder.c_str(), &how, sizeof how)));
    if (!place.folder.valid()) {
        auto failure = base::fail_errno(errno, "opening " + folder);
        if (errno == ELOOP) {
            return base::worded(std::move(failure), "response.symbolic_link", {{"path", folder}});
        }
        return failure;
    }
    return place;
}

std::string aside_name(const QuarantinedFile& about) {
    return ".shoji-quarantine-" + about.id;
}

std::string restore_name(const QuarantinedFile& about) {
    return ".shoji-restore-" + about.id;
}

base::Result<FileDescriptor> open_at(const Place& place, const std::string& path) {
    FileDescriptor file(::openat(place.folder.get(), place.name.c_str(),
                                 O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOATIME | O_CLOEXEC));
    if (!file.valid()) {
        auto failure = base::fail_errno(errno, "opening " + path);
        if (errno == ENOENT) {
            failure.value().kind = ErrorKind::not_found;
            return base::worded(std::move(failure), "response.quarantine.gone", {{"path", path}});
        }
        return failure;
    }
    return file;
}

base::Result<QuarantinedFile> describe(int file, const std::string& path) {
    struct stat state {};
    if (::fstat(file, &state) != 0) return base::fail_errno(errno, "looking at " + path);
    if (!S_ISREG(state.st_mode)) {
        return base::worded(base::fail(ErrorKind::invalid, "{} is no ordinary file", path),
                            "response.quarantine.not_file", {{"path", path}});
    }
    if (auto bare = check_no_mount(file, path); !bare) return base::Failure(bare.error());
    QuarantinedFile seen;
    seen.path = path;
    seen.size = static_cast<std::uint64_t>(state.st_size);
    seen.links = state.st_nlink;
    seen.file = {state.st_dev, state.st_ino};
    seen.owner = state.st_uid;
    seen.group = state.st_gid;
    seen.mode = state.st_mode & 07777U;
    seen.times = {state.st_atim.tv_sec, state.st_atim.tv_nsec, state.st_mtim.tv_sec,
                  state.st_mtim.tv_nsec};
    seen.flags = flags_of(file);
    if (auto read = read_attributes(file, seen); !read) return base::Failure(read.error());
    note_handle(file, seen);
    return seen;
}

base::Result<void> check_allowed(const QuarantinedFile& file,
                                 const std::vector<FileId>& protection) {
    if (std::ranges::find(protection, file.file) == protection.end()) return {};
    return base::worded(base::fail(ErrorKind::denied, "{} is protected", file.path),
                        "response.quarantine.protected", {{"path", file.path}});
}

bool is_it(int file, const QuarantinedFile& about) {
    struct stat state {};
    if (::fstat(file, &state) != 0 || about.file != FileId{state.st_dev, state.st_ino})
        return false;
    // Its number may be another file's by now; mode 0 is all that is left to go by then.
    if (about.handle.empty()) return (state.st_mode & 07777U) == 0;
    QuarantinedFile now;
    note_handle(file, now);
    return now.handle_kind == about.handle_kind && now.handle == about.handle;
}

FileDescriptor find_by_handle(const Place& place, const QuarantinedFile& about) {
    Handle handle;
    if (about.handle.empty() || about.handle.size() > MAX_HANDLE_SZ) return FileDescriptor();
    handle.head()->handle_bytes = static_cast<unsigned>(about.handle.size());
    handle.head()->handle_type = about.handle_kind;
    about.handle.copy(handle.bytes(), about.handle.size());
    const FileDescriptor mount(
        ::openat(place.folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    FileDescriptor file(
        ::open_by_handle_at(mount.get(), handle.head(), O_RDONLY | O_NOATIME | O_CLOEXEC));
    struct stat state {};
    if (!file.valid() || ::fstat(file.get(), &state) != 0 || state.st_nlink == 0 ||
        about.file != FileId{state.st_dev, state.st_ino}) {
        return FileDescriptor();
    }
    return file;
}

Found find_file(const Place& place, const QuarantinedFile& about) {
    for (const auto& name : {place.name, aside_name(about)}) {
        FileDescriptor file(::openat(place.folder.get(), name.c_str(),
                                     O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOATIME | O_CLOEXEC));
        if (file.valid() && is_it(file.get(), about)) return {std::move(file), name};
    }
    return {find_by_handle(place, about), ""};
}

base::Result<void> clear_flags(int file, const QuarantinedFile& about) {
    return put_flags(file, about, false);
}

base::Result<void> set_flags(int file, const QuarantinedFile& about) {
    return put_flags(file, about, true);
}

// Moves the name aside first: what is removed then is what was looked at, whoever changes names
// meanwhile.
base::Result<void> remove_name(const Place& place, const std::string& name,
                               const QuarantinedFile& about) {
    const std::string aside = aside_name(about);
    const int folder = place.folder.get();
    if (name != aside &&
        ::renameat2(folder, name.c_str(), folder, aside.c_str(), RENAME_NOREPLACE) != 0) {
        return base::fail_errno(errno, "moving " + about.path);
    }
    struct stat now {};
    const bool same = ::fstatat(folder, aside.c_str(), &now, AT_SYMLINK_NOFOLLOW) == 0 &&
                      about.file == FileId{now.st_dev, now.st_ino};
    if (same && ::unlinkat(folder, aside.c_str(), 0) == 0) return {};
    const int problem = same ? errno : 0;
    ::renameat2(folder, aside.c_str(), folder, name.c_str(), RENAME_NOREPLACE);
    if (same) return base::fail_errno(problem, "removing " + about.path);
    return base::worded(base::fail(ErrorKind::unavailable, "{} was replaced meanwhile", about.path),
                        "response.quarantine.replaced", {{"path", about.path}});
}

base::Result<FileDescriptor> open_again(int file, const std::string& path) {
    const std::string link = fmt::format("/proc/self/fd/{}", file);
    FileDescriptor again(::open(link.c_str(), O_WRONLY | O_CLOEXEC));
    if (!again.valid()) return base::fail_errno(errno, "opening " + path + " for writing");
    return again;
}

base::Result<void> empty_file(int file, const std::string& path) {
    const auto again = open_again(file, path);
    if (!again) return base::Failure(again.error());
    if (::ftruncate(again->get(), 0) != 0 || ::fsync(again->get()) != 0)
        return base::fail_errno(errno, "emptying " + path);
    return {};
}

base::Result<void> dress(int file, const QuarantinedFile& as) {
    if (::fchown(file, as.owner, as.group) != 0)
        return base::fail_errno(errno, "giving " + as.path + " its owner");
    for (const auto& [name, value] : as.attributes) {
        if (::fsetxattr(file, name.c_str(), value.data(), value.size(), 0) != 0) {
            return base::fail_errno(errno, "setting the attribute " + name);
        }
    }
    const std::array<timespec, 2> times{timespec{as.times[0], as.times[1]},
                                        timespec{as.times[2], as.times[3]}};
    if (::fchmod(file, as.mode) != 0 || ::futimens(file, times.data()) != 0 || ::fsync(file) != 0) {
        return base::fail_errno(errno, "restoring " + as.path);
    }
    return {};
}

void give_back(int file, const QuarantinedFile& as) {
    ::fchmod(file, as.mode);
    static_cast<void>(set_flags(file, as));
}

}  // namespace shoji::response
