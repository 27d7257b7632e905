// What a crash has cut: undone where there was no whole copy, finished where there was.
#include "watch/response/file_digest.h"
#include "watch/response/quarantine_inode.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shoji::response {

void Vault::repair() const {
    std::vector<std::filesystem::path> all;
    std::error_code problem;
    for (std::filesystem::directory_iterator entry(folder_, problem), end; !problem && entry != end;
         entry.increment(problem)) {
        all.push_back(entry->path());
    }
    for (const auto& path : all) {
        const std::string id = path.stem();
        const bool alone =
            path.extension() == ".item" && !std::filesystem::exists(item(id, ".about"), problem);
        if (alone || path.extension() == ".new") ::unlink(path.c_str());
        if (path.extension() != ".about") continue;
        auto about = read(id);
        if (about) {
            repair_one(*about);
        } else {
            spdlog::error("quarantine: {}", about.error().message);
        }
    }
}

void Vault::repair_one(QuarantinedFile& about) const {
    if (about.step == QuarantineStep::kept) return;
    const auto place = find_place(about.path);
    // As where its file system is not mounted yet: tried again at the next start.
    if (!place) {
        spdlog::warn("quarantine: {} was cut short: {}", about.path, place.error().message);
        return;
    }
    if (about.step == QuarantineStep::begun) {
        undo(*place, about);
    } else if (about.step == QuarantineStep::restoring) {
        repair_restore(*place, about);
    } else {
        finish(*place, about);
    }
}

void Vault::undo(const Place& place, const QuarantinedFile& about) const {
    const auto found = find_file(place, about);
    struct stat state {};
    if (!found.file.valid() || ::fstat(found.file.get(), &state) != 0) {
        spdlog::warn("quarantine: {} was cut short and is gone; its mode was {:o}", about.path,
                     about.mode);
    } else {
        // A mode that somebody gave it since stays.
        auto as = about;
        if ((state.st_mode & 07777U) != 0) as.mode = state.st_mode & 07777U;
        give_back(found.file.get(), as);
        spdlog::warn("quarantine: {} was cut short, and is as it was", about.path);
    }
    drop(about.id);
}

void Vault::finish(const Place& place, QuarantinedFile& about) const {
    const auto found = find_file(place, about);
    if (!found.file.valid()) {
        about.step = QuarantineStep::kept;
        if (auto noted = note(about); !noted) spdlog::warn("quarantine: {}", noted.error().message);
        return;
    }
    if (!found.name.empty()) {
        if (auto removed = remove_name(place, found.name, about); !removed) {
            spdlog::warn("quarantine: {}", removed.error().message);
            return;
        }
    }
    settle(found.file.get(), about);
}

void Vault::repair_restore(const Place& place, QuarantinedFile& about) const {
    const base::FileDescriptor file(
        ::openat(place.folder.get(), place.name.c_str(),
                 O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOATIME | O_CLOEXEC));
    struct stat state {};
    const bool there = file.valid() && ::fstat(file.get(), &state) == 0 && S_ISREG(state.st_mode);
    if (there && (state.st_mode & 07777U) == about.mode &&
        static_cast<std::uint64_t>(state.st_size) == about.size) {
        const auto digest = digest_of_file(file.get());
        if (digest && *digest == about.digest) {
            static_cast<void>(set_flags(file.get(), about));
            drop(about.id);
            return;
        }
    }
    if (there && is_it(file.get(), about)) take_again(place, about, file.get());
    ::unlinkat(place.folder.get(), restore_name(about).c_str(), 0);
    about.step = QuarantineStep::removed;
    finish(place, about);
}

}  // namespace shoji::response
