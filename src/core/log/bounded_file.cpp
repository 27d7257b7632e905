#include "core/log/bounded_file.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shoji::log {

base::Result<void> BoundedFile::open() {
    file_ = base::FileDescriptor(
        ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file_.valid()) return base::fail_errno(errno, "opening " + path_.native());
    return {};
}

base::Result<void> BoundedFile::turn() {
    const std::string before = path_.native() + ".before";
    if (::rename(path_.c_str(), before.c_str()) != 0 && errno != ENOENT) {
        return base::fail_errno(errno, "renaming " + path_.native());
    }
    return open();
}

base::Result<void> BoundedFile::write(std::span<const char> text) {
    if (text.size() > limit_) text = text.last(limit_);
    struct stat state {};
    if (::fstat(file_.get(), &state) != 0) return base::fail_errno(errno, "looking at the log");
    if (static_cast<std::size_t>(state.st_size) + text.size() > limit_) {
        if (auto turned = turn(); !turned) return turned;
    }
    while (!text.empty()) {
        const ssize_t count = ::write(file_.get(), text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return base::fail_errno(errno, "writing " + path_.native());
        text = text.subspan(static_cast<std::size_t>(count));
    }
    return {};
}

}  // namespace shoji::log
