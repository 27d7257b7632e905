#include "core/audit/writer.h"

#include "core/base/random.h"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

namespace shoji::audit {
namespace {

using base::ErrorKind;
using base::Failure;
using base::Result;
using journal::Acknowledgement;
using journal::Event;
using journal::Notice;
using journal::Submitted;

// Kept for the notices and checkpoints that end a journal without room.
constexpr std::uint64_t closing_room = 4 * journal::maximum_line;

std::optional<journal::Stamp> last_stamp(const SegmentStore::Tail& tail) {
    if (!tail.last) return std::nullopt;
    return tail.last->entry.stamp;
}

}  // namespace

Writer::Writer(SegmentStore store, journal::SigningKey key, Clock clock)
    : store_(std::move(store)),
      key_(std::move(key)),
      clock_(std::move(clock)),
      position_{1, {}, 0, {}, ClockWatch(clock_.boot, last_stamp(store_.tail())), false} {
    if (const auto& last = store_.tail().last) {
        position_.sequence = last->entry.stamp.sequence + 1;
        position_.previous = last->digest;
        position_.not_signed = store_.tail().lines_not_signed;
    }
}

Result<Writer> Writer::open(JournalLock lock, const std::filesystem::path& audit,
                            std::uint64_t reserve, Clock clock) {
    auto key = journal::SigningKey::load(audit / journal::signing_key_file);
    if (!key) return Failure(key.error());
    auto store = SegmentStore::open(std::move(lock), audit, reserve);
    if (!store) return Failure(store.error());
    Writer writer(std::move(*store), std::move(*key), std::move(clock));
    Draft draft = writer.begin();
    writer.add_notices_of_opening(draft, audit);
    writer.add_checkpoint(draft);
    if (auto written = writer.commit(draft); !written) {
        // A full disk is said to whoever sends a record; the journal may have room later.
        if (written.error().kind != ErrorKind::full) return Failure(written.error());
        spdlog::error("{}", written.error().message);
    }
    return writer;
}

journal::Stamp Writer::stamp(const Position& position, const Moment& moment) const {
    return {position.sequence, position.previous, moment.time, clock_.boot, moment.uptime};
}

Writer::Draft Writer::begin() {
    return {{}, {}, position_};
}

template <class Body>
void Writer::add(Draft& draft, const Body& body) {
    const Moment now = clock_.now();
    const auto put = [&](const auto& content) {
        if (draft.position.not_signed == 0) draft.position.not_signed_since = now.uptime;
        const journal::Line line = journal::make_line(stamp(draft.position, now), content);
        draft.lines += line.text;
        draft.position.previous = line.digest;
        ++draft.position.sequence;
        ++draft.position.not_signed;
    };
    if (const auto notice = draft.position.watch.observe(now)) {
        spdlog::warn("the clock was set: {} {}", name_of(notice->event), notice->detail);
        put(*notice);
    }
    put(body);
    if (draft.position.not_signed >= checkpoint_lines) add_checkpoint(draft);
}

void Writer::add_checkpoint(Draft& draft) {
    const journal::Line line = journal::make_checkpoint(stamp(draft.position, clock_.now()), key_);
    draft.lines += line.text;
    draft.checkpoint = line.text;
    draft.position.previous = line.digest;
    ++draft.position.sequence;
    draft.position.not_signed = 0;
}

void Writer::add_notices_of_opening(Draft& draft, const std::filesystem::path& audit) {
    const auto& tail = store_.tail();
    add(draft, Notice{Event::opened, fmt::format("{} lines not signed", tail.lines_not_signed)});
    if (tail.cut_bytes != 0) {
        spdlog::warn("the journal's last {} bytes were no whole line and are put aside",
                     tail.cut_bytes);
        add(draft, Notice{Event::tail_cut,
                          fmt::format("{} bytes, SHA-256 {}, kept in {}", tail.cut_bytes,
                                      base::to_hex(tail.cut_digest),
                                      tail.cut_file.empty() ? "no file" : tail.cut_file)});
    }
    const auto known =
        journal::load_checkpoint(audit / journal::checkpoint_file, key_.public_key());
    const std::uint64_t last = tail.last ? tail.last->entry.stamp.sequence : 0;
    if (known && known->entry.stamp.sequence > last) {
        spdlog::error("lines {} to {} of the journal are missing", last + 1,
                      known->entry.stamp.sequence);
        add(draft, Notice{Event::tail_missing,
                          fmt::format("lines {} to {}", last + 1, known->entry.stamp.sequence)});
    }
}

void Writer::add_notice_of_space(Draft& draft) {
    store_.reserve_ahead();
    const bool now_short = store_.is_short();
    if (now_short == std::exchange(draft.position.is_short, now_short)) return;
    if (now_short) spdlog::error("the journal's space runs out: nothing new may begin");
    add(draft, Notice{now_short ? Event::space_short : Event::space_back,
                      fmt::format("{} bytes reserved", store_.reserved_left())});
}

bool Writer::has_room(const Draft& draft, const Submitted& record) const {
    if (store_.is_short() && journal::begins_something(record.record)) return false;
    return draft.lines.size() + 2 * journal::maximum_line + closing_room <= store_.reserved_left();
}

Result<void> Writer::commit(const Draft& draft) {
    if (auto written = store_.append(draft.lines); !written) return written;
    position_ = draft.position;
    if (draft.checkpoint.empty()) return {};
    if (auto published = store_.publish_checkpoint(draft.checkpoint); !published) {
        // The journal has it; only its copy is older.
        spdlog::error("{}", published.error().message);
    }
    return {};
}

std::vector<Acknowledgement> Writer::append(std::span<const Submitted> records) {
    std::vector<Acknowledgement> answers;
    Draft draft = begin();
    add_notice_of_space(draft);
    for (const Submitted& record : records) {
        const bool room = has_room(draft, record);
        if (room) add(draft, record);
        answers.push_back(room ? Acknowledgement::written : Acknowledgement::full);
    }
    if (draft.lines.empty()) return answers;
    if (const auto written = commit(draft); !written) {
        spdlog::error("{}", written.error().message);
        const auto failed = written.error().kind == ErrorKind::full ? Acknowledgement::full
                                                                    : Acknowledgement::failed;
        std::ranges::replace(answers, Acknowledgement::written, failed);
    }
    return answers;
}

std::optional<std::chrono::microseconds> Writer::until_checkpoint() const {
    if (position_.not_signed == 0) return std::nullopt;
    const auto due = position_.not_signed_since + checkpoint_pause;
    return std::max(std::chrono::microseconds{0}, due - clock_.now().uptime);
}

Result<void> Writer::sign() {
    if (position_.not_signed == 0) return {};
    Draft draft = begin();
    add_checkpoint(draft);
    // Tried again a pause later where it fails.
    position_.not_signed_since = clock_.now().uptime;
    return commit(draft);
}

Result<void> Writer::close() {
    Draft draft = begin();
    add(draft, Notice{Event::closed, ""});
    add_checkpoint(draft);
    return commit(draft);
}

}  // namespace shoji::audit
