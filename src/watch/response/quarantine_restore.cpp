// The way back out of the vault.
#include "core/journal/hex.h"
#include "watch/response/file_digest.h"
#include "watch/response/quarantine_inode.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shoji::response {
namespace {

using base::ErrorKind;
using base::FileDescriptor;

base::Failure unknown(const std::string& id) {
    return base::worded(base::fail(ErrorKind::not_found, "nothing is quarantined as {}", id),
                        "response.restore.none", {{"id", id}});
}

base::Failure occupied(int problem, const QuarantinedFile& about) {
    auto failure = base::fail_errno(problem, "restoring " + about.path);
    if (problem != EEXIST) return failure;
    failure.value().kind = ErrorKind::exists;
    return base::worded(std::move(failure), "response.restore.exists", {{"path", about.path}});
}

// The file itself, where other names keep it and nobody gave it another mode or content.
FileDescriptor find_again(const Place& place, const QuarantinedFile& about) {
    auto file = find_by_handle(place, about);
    struct stat state {};
    if (!file.valid() || ::fstat(file.get(), &state) != 0 || (state.st_mode & 07777U) != 0)
        return FileDescriptor();
    if (state.st_size == 0) return file;
    const auto digest = digest_of_file(file.get());
    return digest && *digest == about.digest ? std::move(file) : FileDescriptor();
}

}  // namespace

base::Result<Restored> Vault::restore(const std::string& id) const {
    if (!journal::from_hex<16>(id)) return unknown(id);
    auto about = read(id);
    if (!about && about.error().kind == ErrorKind::not_found) return unknown(id);
    if (!about) return base::Failure(about.error());
    if (about->step == QuarantineStep::begun) return unknown(id);
    const auto place = find_place(about->path);
    if (!place) return base::Failure(place.error());
    // Before anything is touched.
    if (auto whole = check_content(*about, -1); !whole) return base::Failure(whole.error());
    const auto step = std::exchange(about->step, QuarantineStep::restoring);
    if (auto noted = note(*about); !noted) return base::Failure(noted.error());
    auto itself = find_again(*place, *about);
    const bool found = itself.valid();
    auto file =
        found ? restore_itself(*place, *about, std::move(itself)) : restore_copy(*place, *about);
    if (!file) {
        about->step = step;
        if (auto noted = note(*about); !noted) return base::Failure(noted.error());
        return base::Failure(file.error());
    }
    Restored restored{*about, found || about->links < 2, true};
    restored.flagged = set_flags(file->get(), *about).has_value();
    drop(id);
    return restored;
}

base::Result<FileDescriptor> Vault::restore_itself(const Place& place, const QuarantinedFile& about,
                                                   FileDescriptor file) const {
    const std::string link = fmt::format("/proc/self/fd/{}", file.get());
    if (::linkat(AT_FDCWD, link.c_str(), place.folder.get(), place.name.c_str(),
                 AT_SYMLINK_FOLLOW) != 0) {
        return occupied(errno, about);
    }
    struct stat state {};
    auto restored = ::fstat(file.get(), &state) == 0
                        ? base::Result<void>()
                        : base::fail_errno(errno, "restoring " + about.path);
    if (restored && state.st_size == 0) {
        const auto again = open_again(file.get(), about.path);
        restored = again ? check_content(about, again->get()) : base::Failure(again.error());
    }
    if (restored) restored = dress(file.get(), about);
    if (restored) return file;
    take_again(place, about, file.get());
    return base::Failure(restored.error());
}

// Of a restore that did not come to its end.
void Vault::take_again(const Place& place, const QuarantinedFile& about, int file) {
    ::fchmod(file, 0);
    static_cast<void>(remove_name(place, place.name, about));
    static_cast<void>(empty_file(file, about.path));
}

base::Result<FileDescriptor> Vault::restore_copy(const Place& place,
                                                 const QuarantinedFile& about) const {
    const int folder = place.folder.get();
    const std::string aside = restore_name(about);
    ::unlinkat(folder, aside.c_str(), 0);  // of an attempt that was cut short
    FileDescriptor file(::openat(folder, aside.c_str(),
                                 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file.valid()) return base::fail_errno(errno, "restoring " + about.path);
    auto restored = check_content(about, file.get());
    if (restored) restored = dress(file.get(), about);
    if (restored &&
        ::renameat2(folder, aside.c_str(), folder, place.name.c_str(), RENAME_NOREPLACE) != 0) {
        restored = occupied(errno, about);
    }
    if (restored) return file;
    ::unlinkat(folder, aside.c_str(), 0);
    return base::Failure(restored.error());
}

}  // namespace shoji::response
