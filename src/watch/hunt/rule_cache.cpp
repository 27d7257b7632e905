#include "watch/hunt/rule_cache.h"

#include "core/base/file_descriptor.h"
#include "watch/detect/sigma/archive.h"
#include "watch/detect/sigma/plan_bytes.h"
#include "watch/hunt/mapped_file.h"

#include <algorithm>
#include <ctime>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shoji::hunt {

template <class Archive>
void members(Archive& archive, RuleProblem& problem) {
    archive(problem.file, problem.rule, problem.what, problem.about);
}

namespace {

namespace fs = std::filesystem;

// What is in front of the plan.
struct Kept {
    std::string state;
    std::vector<std::string> rule_files;
    std::vector<RuleProblem> problems;
    std::string plan;
};

template <class Archive>
void members(Archive& archive, Kept& kept) {
    archive(kept.state, kept.rule_files, kept.problems, kept.plan);
}

// Whether it is this user's and nobody else can write it.
bool is_own(const fs::path& path) {
    struct stat is {};
    constexpr mode_t others_write = S_IWGRP | S_IWOTH;
    return ::lstat(path.c_str(), &is) == 0 && is.st_uid == ::geteuid() &&
           (is.st_mode & others_write) == 0 && (S_ISDIR(is.st_mode) || S_ISREG(is.st_mode));
}

bool write_all(int file, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(file, bytes.data(), bytes.size());
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

RuleCache::RuleCache(const RuleRequest& request, const std::vector<fs::path>& rule_files,
                     Settled settled)
    : files_(rule_files.size()) {
    if (request.cache.empty() || !request.pipelines.empty() || !request.placeholders.empty()) {
        return;
    }
    std::time_t newest = 0;
    for (const auto& path : rule_files) {
        struct stat is {};
        if (::stat(path.c_str(), &is) != 0) return;
        state_ += fmt::format("{} {} {} {}.{} {}.{}\n", path.native(), is.st_ino, is.st_size,
                              is.st_mtim.tv_sec, is.st_mtim.tv_nsec, is.st_ctim.tv_sec,
                              is.st_ctim.tv_nsec);
        newest = std::max(newest, is.st_ctim.tv_sec);
    }
    constexpr std::time_t step = 2;
    settled_ = settled == Settled::yes ||
               (settled == Settled::by_time && newest + step <= std::time(nullptr));
    std::string names;
    std::error_code unknown;
    for (const auto& path : request.rules) names += fs::absolute(path, unknown).native() + '\n';
    folder_ = request.cache;
    file_ = folder_ / fmt::format("rules-{:016x}.plan", sigma::sum_of(names));
}

std::unique_ptr<RuleSet> RuleCache::load() const {
    if (file_.empty() || !is_own(folder_) || !is_own(file_)) return nullptr;
    const auto bytes = MappedFile::open(file_);
    if (!bytes) return nullptr;
    sigma::Loader archive(bytes->text());
    // The state is first, and differs before anything else is read when a rule has changed.
    Kept kept;
    archive(kept);
    if (!archive.finished() || kept.state != state_) return nullptr;
    if (std::ranges::any_of(kept.problems, [](const RuleProblem& problem) {
            return problem.about > RuleProblem::About::filter;
        })) {
        return nullptr;
    }
    auto set = std::make_unique<RuleSet>();
    auto plan = sigma::from_bytes(kept.plan, set->names);
    if (!plan) return nullptr;
    set->plan = std::move(*plan);
    set->folder.files = files_;
    set->folder.rule_files = std::move(kept.rule_files);
    set->folder.problems = std::move(kept.problems);
    set->from_cache = true;
    return set;
}

void RuleCache::save(const RuleSet& set) const {
    if (file_.empty() || !settled_ || set.folder.filters > 0 || !set.folder.correlations.empty()) {
        return;
    }
    std::error_code error;
    fs::create_directories(folder_.parent_path(), error);
    ::mkdir(folder_.c_str(), S_IRWXU);
    if (!is_own(folder_)) return;
    Kept kept{state_, set.folder.rule_files, set.folder.problems,
              sigma::to_bytes(*set.plan, set.names)};
    sigma::Saver archive;
    archive(kept);
    // Written beside, then put in its place: a hunt at the same time reads the old one or the new
    // one.
    auto draft = file_.native() + fmt::format(".{}", ::getpid());
    const base::FileDescriptor file(
        ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    const bool written = file.valid() && write_all(file.get(), archive.take());
    if (!written || ::rename(draft.c_str(), file_.c_str()) != 0) ::unlink(draft.c_str());
}

}  // namespace shoji::hunt
