#include "core/audit/journal_lock.h"

#include "core/journal/folder.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>

namespace shoji::audit {

base::Result<JournalLock> JournalLock::take(const std::filesystem::path& audit) {
    const auto path = audit / journal::lock_file;
    base::FileDescriptor file(
        ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.valid()) return base::fail_errno(errno, "opening " + path.native());
    if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return JournalLock(std::move(file));
    if (errno != EWOULDBLOCK) return base::fail_errno(errno, "locking " + path.native());
    return base::fail(base::ErrorKind::exists, "another shoji-audit writes the journal in {}",
                      audit.native());
}

}  // namespace shoji::audit
