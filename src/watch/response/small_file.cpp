#include "watch/response/small_file.h"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shoji::response {

base::Result<std::string> read_small_file(const std::filesystem::path& path, std::size_t limit) {
    const base::FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file.valid()) {
        auto failure = base::fail_errno(errno, "opening " + path.native());
        if (errno == ENOENT || errno == ESRCH) failure.value().kind = base::ErrorKind::not_found;
        return failure;
    }
    std::string text;
    std::array<char, 16384> part{};
    while (true) {
        const ssize_t count = ::read(file.get(), part.data(), part.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            auto failure = base::fail_errno(errno, "reading " + path.native());
            if (errno == ESRCH) failure.value().kind = base::ErrorKind::not_found;
            return failure;
        }
        if (count == 0) return text;
        if (text.size() + static_cast<std::size_t>(count) > limit) {
            return base::fail(base::ErrorKind::invalid, "{} is longer than {} bytes", path.native(),
                              limit);
        }
        text.append(part.data(), static_cast<std::size_t>(count));
    }
}

base::Result<void> write_all(int file, std::span<const std::uint8_t> bytes,
                             std::string_view doing) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(file, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return base::fail_errno(errno, doing);
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return {};
}

base::Result<void> write_control_file(const std::filesystem::path& path, std::string_view text) {
    const base::FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file.valid()) return base::fail_errno(errno, "opening " + path.native());
    if (::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
        return base::fail_errno(errno, "writing " + path.native());
    }
    return {};
}

base::Result<void> need_private_folder(const std::filesystem::path& folder) {
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
        return base::fail_errno(errno, "making " + folder.native());
    }
    struct stat state {};
    if (::lstat(folder.c_str(), &state) != 0) return base::fail_errno(errno, folder.native());
    if (!S_ISDIR(state.st_mode) || state.st_uid != ::geteuid() || (state.st_mode & 077U) != 0) {
        return base::fail(base::ErrorKind::denied,
                          "{} must be a folder that its owner alone may enter", folder.native());
    }
    return {};
}

base::Result<void> sync_folder(const std::filesystem::path& folder) {
    const base::FileDescriptor held(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!held.valid() || ::fsync(held.get()) != 0) {
        return base::fail_errno(errno, "writing the folder " + folder.native());
    }
    return {};
}

base::Result<void> replace_file(const std::filesystem::path& path, std::string_view text,
                                mode_t mode) {
    std::filesystem::path beside = path;
    beside += ".new";
    const base::FileDescriptor file(
        ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode));
    if (!file.valid()) return base::fail_errno(errno, "making " + beside.native());
    const std::span bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    if (auto written = write_all(file.get(), bytes, "writing " + beside.native()); !written) {
        ::unlink(beside.c_str());
        return written;
    }
    if (::fchmod(file.get(), mode) != 0 || ::fsync(file.get()) != 0 ||
        ::rename(beside.c_str(), path.c_str()) != 0) {
        const int problem = errno;
        ::unlink(beside.c_str());
        return base::fail_errno(problem, "writing " + path.native());
    }
    return sync_folder(path.parent_path());
}

}  // namespace shoji::response
