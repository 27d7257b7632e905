#include "cli/files.h"

#include "core/base/file_descriptor.h"

#include <cerrno>
#include <fstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shoji::cli {

base::Result<void> write_file(const std::filesystem::path& path, std::string_view text, mode_t mode,
                              Owner owner) {
    const std::filesystem::path fresh = path.native() + ".new";
    ::unlink(fresh.c_str());
    const base::FileDescriptor file(
        ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
    if (!file.valid()) return base::fail_errno(errno, "making " + fresh.native());
    std::string_view rest = text;
    while (!rest.empty()) {
        const ssize_t written = ::write(file.get(), rest.data(), rest.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return base::fail_errno(errno, "writing " + fresh.native());
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
    if (owner.change && ::fchown(file.get(), owner.user, owner.user) != 0) {
        return base::fail_errno(errno, "giving " + fresh.native() + " to its owner");
    }
    if (::fchmod(file.get(), mode) != 0 || ::fsync(file.get()) != 0) {
        return base::fail_errno(errno, "writing " + fresh.native());
    }
    if (::rename(fresh.c_str(), path.c_str()) != 0) {
        return base::fail_errno(errno, "replacing " + path.native());
    }
    return {};
}

base::Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        const int problem = errno;
        auto failure = base::fail_errno(problem, "opening " + path.native());
        if (problem == ENOENT) failure.value().kind = base::ErrorKind::not_found;
        return failure;
    }
    std::string text(limit + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad()) return base::fail_errno(errno, "reading " + path.native());
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > limit) {
        return base::fail(base::ErrorKind::invalid, "{} has more than {} bytes", path.native(),
                          limit);
    }
    return text;
}

base::Result<void> make_folder(const std::filesystem::path& path, mode_t mode, Owner owner) {
    if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) {
        return base::fail_errno(errno, "making the folder " + path.native());
    }
    if (owner.change && ::lchown(path.c_str(), owner.user, owner.user) != 0) {
        return base::fail_errno(errno, "giving " + path.native() + " to its owner");
    }
    if (::chmod(path.c_str(), mode) != 0) {
        return base::fail_errno(errno, "setting the mode of " + path.native());
    }
    return {};
}

}  // namespace shoji::cli
