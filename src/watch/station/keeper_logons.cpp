// How the keeper has logons watched: from the journal, or from the files of syslog.
#include "core/base/unix_socket.h"
#include "watch/sensor/log_files.h"
#include "watch/station/journal.h"
#include "watch/station/keeper.h"

#include <algorithm>
#include <chrono>
#include <csignal>

#include <fmt/ranges.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

namespace shoji::station {

namespace {

using sensor::LogonSource;

std::int64_t microseconds_now() {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}  // namespace

// Not before the analyst has read the former channel to its end: what it took last is known then.
bool Keeper::can_start_journal() const {
    return journal_link_.valid() && !journal_channel_.valid();
}

// The journal's reader ends where the analyst does, which may not be known yet.
bool Keeper::is_journal_read() const {
    pollfd link{journal_link_.get(), 0, 0};
    return journal_link_.valid() && (::poll(&link, 1, 0) <= 0 || (link.revents & POLLHUP) == 0);
}

// An analyst that somebody took over must not keep the keeper here.
void Keeper::hear_journal() {
    constexpr int most = 64;
    for (int i = 0; i < most && journal_link_.valid(); ++i) {
        const auto packet = base::receive_packet(journal_link_.get(), sensor::most_journal_report);
        if (!packet || packet->bytes.empty()) return;
        const auto report = sensor::decode_journal_report(packet->bytes);
        if (!report) {
            spdlog::error("{}", report.error().message);
            continue;
        }
        if (report->place.microseconds > 0) journal_place_ = report->place;
        if (report->ended) journal_channel_.reset();
    }
}

// The analyst has ended: what it did not take comes again, to the next one. That the reader ends
// for this is nothing to tell.
void Keeper::forget_channel() {
    hear_journal();
    journal_link_.reset();
    journal_channel_.reset();
    auto& journal = part(PartName::journal);
    if (!journal.runs()) return;
    journal.silent = true;
    ::kill(journal.process, SIGKILL);
}

// A journalctl that is left over writes no more; the analyst comes to the end.
void Keeper::end_channel() {
    if (journal_channel_.valid()) ::shutdown(journal_channel_.get(), SHUT_WR);
}

// Where nothing is behind which to begin, what comes from now on is new.
sensor::JournalPlace Keeper::next_place() {
    auto place = journal_place_;
    if (place.microseconds == 0) journal_place_.microseconds = microseconds_now();
    // A journalctl that does not take the cursor ends again and again: then the time has to do.
    constexpr unsigned most = 3;
    const auto& journal = part(PartName::journal);
    if (journal.ended_by_itself && journal.failures >= most) place.cursor.clear();
    return place;
}

base::Result<void> Keeper::prepare_logons() {
    const auto& policy = policy_->watch.logons;
    auto source = policy.source;
    if (source == LogonSource::automatic) {
        source = has_journal(policy) ? LogonSource::journal : LogonSource::files;
    }
    logons_.reset();
    part(PartName::journal).wanted = source == LogonSource::journal;
    if (source != LogonSource::journal) journal_place_ = {};
    if (source != LogonSource::files) log_positions_.reset();
    if (source == LogonSource::none) return {};
    auto& state = logons_.emplace();
    state.family = "logons";
    if (source == LogonSource::journal) {
        state.backend = "journal";
        return {};
    }
    state.refused.push_back(base::Words::of("there is no journal, and none of {}",
                                            fmt::format("{}", fmt::join(policy.files, ", ")))
                                .english());
    static_cast<void>(look_for_logs());
    if (log_positions_.valid()) return {};
    auto made = sensor::make_log_positions(policy.files);
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
