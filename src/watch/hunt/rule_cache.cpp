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
    archive(problem.file, problem.rule, problem.error, problem.about);
}

namespace {

namespace fs = std::filesystem;

// Of what is in front of the plan; another one is of another version of this program.
constexpr std::uint32_t current_form = 2;

// What is in front of the plan. `plan` is a view into the file.
struct Parts {
    std::uint32_t form = current_form;
    std::string state;
    std::size_t files = 0;
    std::size_t documents = 0;
    std::vector<std::string> rule_files;
    std::vector<RuleProblem> problems;
    std::string_view plan;
};

void members(sigma::Saver& archive, Parts& parts) {
    archive(parts.form, parts.state, parts.files, parts.documents, parts.rule_files,
            parts.problems);
    archive.bytes(parts.plan);
}

void members(sigma::Loader& archive, Parts& parts) {
    archive(parts.form, parts.state, parts.files, parts.documents, parts.rule_files,
            parts.problems);
    parts.plan = archive.bytes();
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

RuleCache::RuleCache(const RuleRequest& request) {
    if (request.cache.empty() || !request.pipelines.empty() || !request.placeholders.empty() ||
        request.wanted != nullptr) {
        return;
    }
    std::string names;
    std::error_code unknown;
    for (const auto& path : request.rules) names += fs::absolute(path, unknown).native() + '\n';
    folder_ = request.cache;
    file_ = folder_ / fmt::format("rules-{:016x}.plan", sigma::sum_of(names));
}

std::optional<RuleCache::Kept> RuleCache::load() const {
    if (file_.empty() || !is_own(folder_) || !is_own(file_)) return std::nullopt;
    const auto bytes = MappedFile::open(file_);
    if (!bytes) return std::nullopt;
    sigma::Loader archive(bytes->text());
    Parts parts;
    archive(parts);
    if (!archive.finished() || parts.form != current_form) return std::nullopt;
    if (std::ranges::any_of(parts.problems, [](const RuleProblem& problem) {
            return problem.about > RuleProblem::About::filter ||
                   problem.error.kind > base::ErrorKind::corrupt;
        })) {
        return std::nullopt;
    }
    auto set = std::make_unique<RuleSet>();
    auto plan = sigma::from_bytes(parts.plan, set->names);
    if (!plan) return std::nullopt;
    set->plan = std::move(*plan);
    set->folder.files = parts.files;
    set->folder.documents = parts.documents;
    set->folder.rule_files = std::move(parts.rule_files);
    set->folder.problems = std::move(parts.problems);
    set->from_cache = true;
    return Kept{std::move(parts.state), std::move(set)};
}

void RuleCache::save(const RuleSet& set, const RuleListing& listing, Settled settled) const {
    constexpr std::int64_t step = 2;
    const bool is_settled =
        settled == Settled::yes ||
        (settled == Settled::by_time && listing.newest + step <= std::time(nullptr));
    if (file_.empty() || !is_settled || set.folder.filters > 0 ||
        !set.folder.correlations.empty()) {
        return;
    }
    std::error_code error;
    fs::create_directories(folder_.parent_path(), error);
    ::mkdir(folder_.c_str(), S_IRWXU);
    if (!is_own(folder_)) return;
    const auto plan = sigma::to_bytes(*set.plan, set.names);
    Parts parts{current_form,
                listing.state,
                set.folder.files,
                set.folder.documents,
                set.folder.rule_files,
                set.folder.problems,
                plan};
    sigma::Saver archive;
    archive(parts);
    // Written beside, then put in its place: a hunt at the same time reads the old one or the new
    // one.
    auto draft = file_.native() + fmt::format(".{}", ::getpid());
    const base::FileDescriptor file(
        ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    const bool written = file.valid() && write_all(file.get(), archive.take());
    if (!written || ::rename(draft.c_str(), file_.c_str()) != 0) ::unlink(draft.c_str());
}

}  // namespace shoji::hunt
