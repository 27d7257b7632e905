#include "watch/station/own_files.h"

#include "core/base/file_descriptor.h"
#include "watch/hunt/rule_folder.h"
#include "watch/sensor/program_files.h"

#include <tuple>

#include <fcntl.h>
#include <sys/stat.h>

namespace shoji::station {
namespace {

constexpr std::chrono::hours reading_pause{1};
constexpr std::uint64_t most_bytes = std::uint64_t{256} << 20U;

std::int64_t nanoseconds(const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

bool OwnFiles::State::is_untouched(const State& other) const {
    return std::tie(device, inode, size, modified, touched) ==
           std::tie(other.device, other.inode, other.size, other.modified, other.touched);
}

OwnFiles::OwnFiles(const Policy& policy, const std::filesystem::path& policy_file) {
    std::error_code unknown;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", unknown);
    if (!unknown) fixed_.push_back(self);
    if (!policy_file.empty()) fixed_.push_back(policy_file);
    if (policy.delivery) fixed_.emplace_back(policy.delivery->identity);
    if (policy.response) fixed_.emplace_back(policy.response->policy);
    if (policy.detection) {
        fixed_.insert(fixed_.end(), policy.detection->pipelines.begin(),
                      policy.detection->pipelines.end());
        for (const auto* file : {&policy.detection->placeholders, &policy.detection->settings,
                                 &policy.detection->suppressions, &policy.detection->destinations,
                                 &policy.detection->intrusion_lists}) {
            if (!file->empty()) fixed_.emplace_back(*file);
        }
        rules_.assign(policy.detection->rules.begin(), policy.detection->rules.end());
    }
    for (const auto& file : files()) known_.emplace(file, read(file));
    next_reading_ = std::chrono::steady_clock::now() + reading_pause;
}

std::vector<std::filesystem::path> OwnFiles::files() const {
    auto all = fixed_;
    if (rules_.empty()) return all;
    if (const auto found = hunt::rule_files(rules_)) {
        all.insert(all.end(), found->begin(), found->end());
    }
    return all;
}

OwnFiles::State OwnFiles::look(const std::filesystem::path& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) return {};
    return {status.st_dev,
            status.st_ino,
            static_cast<std::uint64_t>(status.st_size),
            nanoseconds(status.st_mtim),
            nanoseconds(status.st_ctim),
            {}};
}

OwnFiles::State OwnFiles::read(const std::filesystem::path& file) {
    State state = look(file);
    const base::FileDescriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!opened.valid()) return state;
    if (auto digest = sensor::hash_file(opened.get(), most_bytes)) state.digest = *digest;
    return state;
}

std::vector<std::string> OwnFiles::changed() {
    const auto now = std::chrono::steady_clock::now();
    const bool reads_all = now >= next_reading_;
    if (reads_all) next_reading_ = now + reading_pause;
    std::vector<std::string> told;
    std::map<std::filesystem::path, State> seen;
    for (const auto& file : files()) {
        const auto known = known_.find(file);
        if (known != known_.end() && !reads_all && known->second.is_untouched(look(file))) {
            seen.emplace(file, known->second);
            continue;
        }
        const auto state = read(file);
        const bool is_same = known != known_.end() && known->second.digest == state.digest;
        if (!is_same) told.push_back(file.native());
        seen.emplace(file, state);
    }
    for (const auto& [file, state] : known_) {
        if (!seen.contains(file)) told.push_back(file.native());
    }
    known_ = std::move(seen);
    return told;
}

}  // namespace shoji::station
