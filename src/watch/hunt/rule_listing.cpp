#include "watch/hunt/rule_listing.h"

#include "core/base/file_descriptor.h"
#include "watch/hunt/mapped_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>
#include <string_view>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

namespace shoji::hunt {
namespace {

namespace fs = std::filesystem;
using base::ErrorKind;

struct File {
    std::string path;
    struct stat is {};
};

bool is_rule_file(std::string_view name) {
    const auto has = [&](std::string_view extension) {
        return name.size() > extension.size() && name.ends_with(extension);
    };
    return has(".yml") || has(".yaml");
}

class Lister {
  public:
    // Adds what is below the folder.
    base::Result<void> list(std::string folder) {
        open_.push_back(std::move(folder));
        while (!open_.empty()) {
            const auto path = std::move(open_.back());
            open_.pop_back();
            if (auto listed = list_one(path); !listed) return listed;
        }
        return {};
    }
    [[nodiscard]] std::vector<File> take() {
        std::ranges::sort(files_, {}, &File::path);
        return std::move(files_);
    }

  private:
    base::Result<void> list_one(const std::string& path) {
        const base::FileDescriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!folder.valid()) return unreadable(path, errno);
        const std::string before = path.ends_with('/') ? path : path + '/';
        while (true) {
            const auto size = ::getdents64(folder.get(), entries_.data(), entries_.size());
            if (size < 0) return unreadable(path, errno);
            if (size == 0) return {};
            for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
                const auto* entry = reinterpret_cast<const dirent64*>(entries_.data() + at);
                take(folder.get(), before, *entry);
                at += entry->d_reclen;
            }
        }
    }

    void take(int folder, const std::string& before, const dirent64& entry) {
        const std::string_view name = entry.d_name;
        if (name == "." || name == "..") return;
        struct stat is {};
        bool is_folder = entry.d_type == DT_DIR;
        if (entry.d_type == DT_UNKNOWN) {
            if (::fstatat(folder, entry.d_name, &is, AT_SYMLINK_NOFOLLOW) != 0) return;
            is_folder = S_ISDIR(is.st_mode);
        }
        if (is_folder) {
            open_.push_back(before + entry.d_name);
        } else if (is_rule_file(name) && ::fstatat(folder, entry.d_name, &is, 0) == 0 &&
                   S_ISREG(is.st_mode)) {
            files_.push_back({before + entry.d_name, is});
        }
    }

    std::vector<std::string> open_;  // folders
    std::vector<File> files_;
    static constexpr std::size_t entries_size = 65536;
    alignas(dirent64) std::array<char, entries_size> entries_{};  // of the folder, as many as fit
};

base::Result<std::vector<File>> files_below(const fs::path& path) {
    File file{path.native(), {}};
    if (::stat(path.c_str(), &file.is) != 0) return unreadable(path, errno);
    if (S_ISREG(file.is.st_mode)) return std::vector{file};
    Lister lister;
    if (auto listed = lister.list(path.native()); !listed) return base::Failure(listed.error());
    return lister.take();
}

void add_state(const File& file, std::string& state) {
    const auto& is = file.is;
    const std::int64_t numbers[] = {static_cast<std::int64_t>(is.st_dev),
                                    static_cast<std::int64_t>(is.st_ino),
                                    is.st_size,
                                    is.st_mtim.tv_sec,
                                    is.st_mtim.tv_nsec,
                                    is.st_ctim.tv_sec,
                                    is.st_ctim.tv_nsec};
    state.append(file.path.c_str(), file.path.size() + 1);  // with the zero that no path has
    state.append(reinterpret_cast<const char*>(numbers), sizeof numbers);
}

}  // namespace

base::Result<RuleListing> list_rules(const std::vector<fs::path>& paths) {
    RuleListing listing;
    std::set<std::pair<dev_t, ino_t>> known;
    for (const auto& path : paths) {
        auto files = files_below(path);
        if (!files) return base::Failure(files.error());
        for (auto& file : *files) {
            // A folder that stands in another one, or is named twice.
            if (paths.size() > 1 && !known.emplace(file.is.st_dev, file.is.st_ino).second) continue;
            add_state(file, listing.state);
            listing.newest = std::max<std::int64_t>(listing.newest, file.is.st_ctim.tv_sec);
            listing.paths.push_back(std::move(file.path));
        }
    }
    if (!listing.paths.empty()) return listing;
    const auto where = paths.empty() ? std::string() : paths.front().string();
    return base::worded(base::fail(ErrorKind::not_found, "no rule (*.yml) is in {}", where),
                        "rules.none", {{"path", where}});
}

}  // namespace shoji::hunt
