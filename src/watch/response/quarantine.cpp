#include "watch/response/quarantine.h"

#include "core/base/random.h"
#include "watch/response/file_digest.h"
#include "watch/response/quarantine_inode.h"

#include <cerrno>

#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

namespace shoji::response {
namespace {

using base::ErrorKind;

base::Failure changed(const std::string& path) {
    return base::worded(base::fail(ErrorKind::unavailable, "{} has another content by now", path),
                        "response.quarantine.changed", {{"path", path}});
}

bool is_as_seen(int file, const QuarantinedFile& seen) {
    struct stat now {};
    return ::fstat(file, &now) == 0 && static_cast<std::uint64_t>(now.st_size) == seen.size &&
           now.st_mtim.tv_sec == seen.times[2] && now.st_mtim.tv_nsec == seen.times[3];
}

}  // namespace

base::Result<void> Vault::check_room(const QuarantinedFile& file) const {
    if (file.size > limits_.file_bytes) {
        return base::worded(base::fail(ErrorKind::full, "{} is larger than {} bytes", file.path,
                                       limits_.file_bytes),
                            "response.quarantine.large",
                            {{"path", file.path},
                             {"size", std::to_string(file.size)},
                             {"most", std::to_string(limits_.file_bytes)}});
    }
    struct statvfs disk {};
    if (::statvfs(folder_.c_str(), &disk) != 0)
        return base::fail_errno(errno, "looking at the room of " + folder_.native());
    const std::uint64_t free = std::uint64_t{disk.f_bavail} * disk.f_frsize;
    // Blocks are a little longer when they are encrypted.
    const std::uint64_t need =
        file.size + file.size / 1024 + to_text(file).size() + limits_.free_bytes;
    if (need <= free) return {};
    return base::worded(
        base::fail(ErrorKind::full, "{} has no room for {}", folder_.native(), file.path),
        "response.quarantine.room",
        {{"path", file.path},
         {"folder", folder_.native()},
         {"free", std::to_string(free)},
         {"need", std::to_string(need)}});
}

base::Result<QuarantinedFile> Vault::look(const std::string& path,
                                          const std::vector<FileId>& protection) const {
    const auto place = find_place(path);
    if (!place) return base::Failure(place.error());
    const auto file = open_at(*place, path);
    if (!file) return base::Failure(file.error());
    auto seen = describe(file->get(), path);
    if (!seen) return seen;
    if (auto allowed = check_allowed(*seen, protection); !allowed)
        return base::Failure(allowed.error());
    if (auto room = check_room(*seen); !room) return base::Failure(room.error());
    const auto digest = digest_of_file(file->get());
    if (!digest) return base::Failure(digest.error());
    seen->digest = *digest;
    return seen;
}

base::Result<void> Vault::copy(int file, QuarantinedFile& about,
                               const std::optional<journal::Digest>& expected) const {
    if (auto cleared = clear_flags(file, about); !cleared) return cleared;
    // From here on nobody executes it by any of its names.
    if (::fchmod(file, 0) != 0)
        return base::fail_errno(errno, "taking the permissions of " + about.path);
    const auto digest = encrypt(file, about);
    if (!digest) return base::Failure(digest.error());
    if (!is_as_seen(file, about) || (expected && *digest != *expected)) return changed(about.path);
    about.digest = *digest;
    return check_content(about, -1);
}

base::Result<QuarantinedFile> Vault::take(const std::string& path,
                                          const std::vector<FileId>& protection,
                                          const std::optional<journal::Digest>& expected) const {
    const auto place = find_place(path);
    if (!place) return base::Failure(place.error());
    const auto file = open_at(*place, path);
    if (!file) return base::Failure(file.error());
    auto seen = describe(file->get(), path);
    if (!seen) return seen;
    if (auto allowed = check_allowed(*seen, protection); !allowed)
        return base::Failure(allowed.error());
    if (auto room = check_room(*seen); !room) return base::Failure(room.error());
    seen->id = base::random_hex(16);
    seen->step = QuarantineStep::begun;
    // On disk before the file is touched, so that its mode is not lost by a crash.
    auto taken = note(*seen);
    if (taken) taken = copy(file->get(), *seen, expected);
    if (taken) {
        seen->step = QuarantineStep::sealed;
        taken = note(*seen);
    }
    if (taken) taken = remove_name(*place, place->name, *seen);
    if (!taken) {
        give_back(file->get(), *seen);
        drop(seen->id);
        return base::Failure(taken.error());
    }
    settle(file->get(), *seen);
    return seen;
}

void Vault::settle(int file, QuarantinedFile& about) const {
    struct stat now {};
    if (::fstat(file, &now) == 0) about.links = now.st_nlink + 1;
    const auto emptied = empty_file(file, about.path);
    about.step = emptied ? QuarantineStep::kept : QuarantineStep::removed;
    if (!emptied) spdlog::warn("quarantine: {}", emptied.error().message);
    if (auto noted = note(about); !noted) spdlog::warn("quarantine: {}", noted.error().message);
}

}  // namespace shoji::response
