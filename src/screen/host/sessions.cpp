#include "screen/host/sessions.h"

#include "core/base/random.h"
#include "screen/host/reason.h"

#include <algorithm>
#include <set>

#include <spdlog/spdlog.h>

namespace shoji::host {
namespace {

using namespace std::chrono_literals;

constexpr auto end_is_slow = 5s;
constexpr int watch_interval = 1000;  // milliseconds
constexpr int end_interval = 10;

std::uint64_t wall_seconds() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

std::vector<std::uint16_t> distinct_ports(const std::vector<control::Origin>& origins,
                                          bool internal) {
    std::set<std::uint16_t> ports;
    for (const auto& origin : origins) {
        if (origin.internal == internal) ports.insert(origin.port);
    }
    return {ports.begin(), ports.end()};
}

Record make_record(const control::Start& request, std::uint32_t slot) {
    Record record;
    base::fill_random(record.id);
    record.slot = slot;
    record.boot = boot_id();
    record.started = wall_seconds();
    record.expires = request.expires;
    record.ports = distinct_ports(request.origins, false);
    record.internal_ports = distinct_ports(request.origins, true);
    return record;
}

std::string describe(const ExitStatus& status) {
    if (!status.known) return "ended";
    return status.code < 0 ? fmt::format("ended by signal {}", -status.code)
                           : fmt::format("exited with {}", status.code);
}

}  // namespace

Sessions::Sessions(const Surroundings& surroundings, EventLoop& loop, Report report)
    : surroundings_(surroundings),
      loop_(loop),
      report_(std::move(report)),
      slots_(surroundings.settings.session.maximum) {}

Sessions::Entry& Sessions::add(Session session) {
    const auto id = session.record().id;
    return entries_
        .emplace(id, Entry{std::move(session), std::nullopt, Clock::now(), std::nullopt,
                           std::nullopt, std::nullopt, false})
        .first->second;
}

void Sessions::watch(Entry& entry) {
    for (const Part part : all_parts) {
        const int handle = entry.session.process(part).handle.get();
        auto watched = loop_.watch(handle, [this, &entry, handle] {
            loop_.forget(handle);
            if (!entry.disturbed) entry.disturbed = Clock::now();
        });
        if (!watched) {
            spdlog::error("{}", watched.error().message);
            begin_end(entry, control::Reason::start_failed);
        }
    }
}

Sessions::Answer Sessions::start(const control::Start& request, Claimant claimant) {
    if (closed_) return tl::unexpected(control::Reason::start_failed);
    if (request.expires != 0 && request.expires <= wall_seconds()) {
        return tl::unexpected(control::Reason::expired);
    }
    const auto slot = slots_.take();
    if (!slot) return tl::unexpected(control::Reason::limit_reached);
    Entry& entry = add(Session(surroundings_, make_record(request, *slot)));
    const std::string name = control::to_text(entry.session.record().id);
    const auto began = Clock::now();
    auto started = entry.session.start(request);
    if (!started) {
        spdlog::error("session {} could not be started: {}", name, started.error().message);
        const auto reason = started.error().kind == base::ErrorKind::full
                                ? control::Reason::no_space
                                : control::Reason::start_failed;
        begin_end(entry, reason);
        return tl::unexpected(reason);
    }
    watch(entry);
    spdlog::info(
        "session {} started in {} ms, slot {}", name,
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began).count(), *slot);
    return attach(entry.session.record().id, claimant);
}

Sessions::Answer Sessions::attach(const control::SessionId& id, Claimant claimant) {
    const auto found = entries_.find(id);
    if (found == entries_.end() || found->second.ending) {
        return tl::unexpected(control::Reason::unknown_session);
    }
    auto connected = found->second.session.connect();
    if (!connected) {
        spdlog::error("session {}: {}", control::to_text(id), connected.error().message);
        begin_end(found->second, control::Reason::session_failed);
        return tl::unexpected(control::Reason::session_failed);
    }
    found->second.claimant = claimant;
    return Connected{id, std::move(*connected)};
}

bool Sessions::end(const control::SessionId& id, control::Reason reason) {
    const auto found = entries_.find(id);
    if (found == entries_.end()) return false;
    begin_end(found->second, reason);
    return true;
}

void Sessions::close() {
    closed_ = true;
    for (auto& [id, entry] : entries_) begin_end(entry, control::Reason::ended);
}

void Sessions::release(Claimant claimant) {
    for (auto& [id, entry] : entries_) {
        if (entry.claimant != claimant) continue;
        entry.claimant.reset();
        entry.unclaimed_since = Clock::now();
    }
}

std::vector<control::SessionEntry> Sessions::list() const {
    std::vector<control::SessionEntry> listed;
    for (const auto& [id, entry] : entries_) {
        if (entry.ending) continue;
        listed.push_back({id, entry.session.record().started, entry.session.memory_bytes()});
    }
    return listed;
}

void Sessions::begin_end(Entry& entry, control::Reason reason) {
    if (entry.ending) return;
    entry.ending = reason;
    entry.ending_since = Clock::now();
    for (const Part part : all_parts) {
        const auto& process = entry.session.process(part);
        if (process.handle.valid()) loop_.forget(process.handle.get());
        if (!process.ended) continue;
        spdlog::warn("session {}: its {} {}", control::to_text(entry.session.record().id),
                     name_of(part), describe(*process.ended));
    }
    entry.session.kill();
}

// Why a session that runs must end now; nothing: it need not.
std::optional<control::Reason> Sessions::verdict(Entry& entry, Clock::time_point now) const {
    const auto& record = entry.session.record();
    if (record.expires != 0 && wall_seconds() >= record.expires) return control::Reason::expired;
    const std::chrono::seconds patience(surroundings_.settings.session.unclaimed_seconds);
    if (!entry.claimant && now - entry.unclaimed_since >= patience) {
        return control::Reason::unclaimed;
    }
    Ends ends;
    ends.memory_kills = entry.session.memory_kills();
    for (const Part part : all_parts) {
        look_after(entry.session.process(part));
        ends.parts[static_cast<std::size_t>(part)] = entry.session.process(part).ended;
    }
    const auto settles = time_to_settle(ends);
    const bool clear =
        settles.count() == 0 || (entry.disturbed && now - *entry.disturbed >= settles);
    const auto reason = reason_of(ends);
    const bool at_once =
        reason == control::Reason::out_of_memory || reason == control::Reason::egress_failed;
    return clear || at_once ? reason : std::nullopt;
}

// True when nothing of a session that ends is left.
bool Sessions::finish(Entry& entry) {
    const std::string name = control::to_text(entry.session.record().id);
    if (!entry.session.gone()) {
        entry.session.kill();
        if (entry.ending_since && Clock::now() - *entry.ending_since > end_is_slow) {
            spdlog::warn("session {}: its processes do not end", name);
            entry.ending_since.reset();
        }
        return false;
    }
    if (auto removed = entry.session.remove(); !removed) {
        if (!entry.removal_failed) spdlog::error("session {}: {}", name, removed.error().message);
        entry.removal_failed = true;
        return false;
    }
    spdlog::info("session {} ended (reason {})", name, static_cast<int>(*entry.ending));
    if (entry.claimant) report_(*entry.claimant, {entry.session.record().id, *entry.ending});
    return true;
}

int Sessions::tick() {
    const auto now = Clock::now();
    bool hurry = false;
    for (auto at = entries_.begin(); at != entries_.end();) {
        Entry& entry = at->second;
        if (!entry.ending) {
            if (const auto reason = verdict(entry, now)) begin_end(entry, *reason);
        }
        if (entry.ending && finish(entry)) {
            const std::uint32_t slot = entry.session.record().slot;
            if (slot != no_slot) slots_.give_back(slot);
            at = entries_.erase(at);
            continue;
        }
        hurry =
            hurry || (entry.ending && !entry.removal_failed) || (!entry.ending && entry.disturbed);
        ++at;
    }
    if (entries_.empty()) return -1;
    return hurry ? end_interval : watch_interval;
}

}  // namespace shoji::host
