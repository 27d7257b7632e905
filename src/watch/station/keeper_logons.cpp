// How the keeper has logons watched: from the journal, or from the files of syslog.
#include "watch/sensor/log_files.h"
#include "watch/station/journal.h"
#include "watch/station/keeper.h"

#include <algorithm>
#include <cerrno>
#include <ctime>

#include <fcntl.h>
#include <fmt/ranges.h>
#include <unistd.h>

namespace shoji::station {

using sensor::LogonSource;

// Both ends stay with the keeper: neither who writes nor who reads loses what is in it by ending.
base::Result<void> Keeper::make_journal_pipe() {
    if (journal_out_.valid()) return {};
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return base::fail_errno(errno, "making the journal's pipe");
    journal_out_.reset(ends[0]);
    journal_in_.reset(ends[1]);
    if (::fcntl(journal_out_.get(), F_SETFL, O_NONBLOCK) != 0) {
        return base::fail_errno(errno, "making the journal's pipe");
    }
    return {};
}

base::Result<void> Keeper::prepare_logons() {
    const auto& policy = policy_->watch.logons;
    auto source = policy.source;
    if (source == LogonSource::automatic) {
        source = has_journal(policy) ? LogonSource::journal : LogonSource::files;
    }
    logons_.reset();
    part(PartName::journal).wanted = source == LogonSource::journal;
    if (source != LogonSource::journal) {
        journal_out_.reset();
        journal_in_.reset();
    }
    if (source != LogonSource::files) log_positions_.reset();
    if (source == LogonSource::none) return {};
    auto& state = logons_.emplace();
    state.family = "logons";
    if (source == LogonSource::journal) {
        state.backend = "journal";
        return make_journal_pipe();
    }
    state.refused.push_back(base::Words::of("there is no journal, and none of {}",
                                            fmt::format("{}", fmt::join(policy.files, ", ")))
                                .english());
    static_cast<void>(look_for_logs());
    if (log_positions_.valid()) return {};
    auto made = sensor::make_log_positions();
    if (!made) return base::Failure(made.error());
    log_positions_ = std::move(*made);
    return {};
}

// Those that are not there yet are waited for.
bool Keeper::look_for_logs() {
    if (!logons_ || !logons_->backend.empty()) return false;
    const auto exists = [](const auto& path) { return ::access(path.c_str(), F_OK) == 0; };
    if (!std::ranges::any_of(policy_->watch.logons.files, exists)) return false;
    logons_->backend = "files";
    logons_->refused.clear();
    return true;
}

std::vector<sensor::FamilyState> Keeper::seen() const {
    auto all = side_->state();
    if (logons_) all.push_back(*logons_);
    return all;
}

// For the analyst that begins: what the one before it said cannot be seen is no news.
std::vector<sensor::FamilyState> Keeper::to_tell() const {
    auto all = seen();
    if (told_state_) std::erase_if(all, [](const auto& one) { return one.backend.empty(); });
    return all;
}

}  // namespace shoji::station
