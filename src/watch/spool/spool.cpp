#include "watch/spool/spool.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace shoji::spool {
namespace {

using base::ErrorKind;
using base::Failure;
using base::FileDescriptor;
using base::Result;
using namespace std::chrono_literals;

constexpr auto retry_pause = 1s;  // between attempts to get room back

constexpr std::size_t index(Class kind) {
    return static_cast<std::size_t>(kind);
}

Result<FileDescriptor> take_lock(const std::filesystem::path& folder) {
    const auto path = folder / "lock";
    FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.valid()) return base::fail_errno(errno, "opening " + path.native());
    if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return file;
    if (errno != EWOULDBLOCK) return base::fail_errno(errno, "locking " + path.native());
    return base::fail(ErrorKind::exists, "another program uses the spool {}", folder.native());
}

Result<void> check(const Limits& limits) {
    constexpr std::uint64_t least_segment = 2 * (frame_overhead + maximum_record);
    if (limits.segment < least_segment || limits.reserve < limits.segment ||
        limits.bytes < limits.reserve + 2 * limits.segment) {
        return base::fail(ErrorKind::invalid,
                          "the spool's limits do not fit: a segment has at least {} bytes, the "
                          "reserve is no smaller, and two segments fit beside it",
                          least_segment);
    }
    return {};
}

}  // namespace

Result<Spool> Spool::open(const std::filesystem::path& folder, Limits limits) {
    if (auto checked = check(limits); !checked) return Failure(checked.error());
    std::error_code problem;
    const bool is_made = std::filesystem::create_directories(folder, problem);
    if (is_made) {
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all, problem);
    }
    if (problem) {
        return base::fail(ErrorKind::system, "making {}: {}", folder.native(), problem.message());
    }
    auto lock = take_lock(folder);
    if (!lock) return Failure(lock.error());
    auto positions = Positions::open(folder / "positions");
    if (!positions) return Failure(positions.error());
    std::vector<Lane> lanes;
    Recovery recovery{positions->made_anew(), 0, 0};
    for (const Class kind : {Class::alert, Class::notice, Class::event}) {
        auto lane = Lane::open(folder, kind, limits.segment, positions->acknowledged(kind));
        if (!lane) return Failure(lane.error());
        recovery.torn_bytes += lane->recovery().torn_bytes;
        recovery.damaged_segments += lane->recovery().damaged_segments;
        lanes.push_back(std::move(*lane));
    }
    Spool spool(folder, limits, std::move(*lock), std::move(*positions), std::move(lanes));
    spool.recovery_ = recovery;
    const auto path = folder / "reserve";
    spool.reserve_.reset(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!spool.reserve_.valid()) return base::fail_errno(errno, "opening " + path.native());
    if (auto kept = spool.keep_reserve(); !kept) return Failure(kept.error());
    return spool;
}

// What may be had of the reserve now. A disk without room for it is no error.
Result<void> Spool::keep_reserve() {
    const std::uint64_t held = lane(Class::alert).bytes();
    const std::uint64_t wanted = limits_.reserve - std::min(held, limits_.reserve);
    if (reserved_ >= wanted) {
        short_since_.reset();
        return {};
    }
    if (::ftruncate(reserve_.get(), 0) != 0) return base::fail_errno(errno, "keeping the reserve");
    reserved_ = 0;
    int problem = ENOSPC;
    for (std::uint64_t size = wanted; size >= limits_.segment && problem == ENOSPC; size /= 2) {
        // posix_fallocate(3) writes where the file system cannot reserve.
        problem = ::posix_fallocate(reserve_.get(), 0, static_cast<off_t>(size));
        if (problem == 0) reserved_ = size;
    }
    if (problem == ENOSPC || problem == EDQUOT) {
        ++room_missed_;
        // What a failed attempt has taken is given back.
        if (::ftruncate(reserve_.get(), 0) != 0) return base::fail_errno(errno, "the reserve");
    } else if (problem != 0) {
        return base::fail_errno(problem, "keeping the reserve");
    }
    if (reserved_ >= wanted) short_since_.reset();
    return {};
}

// Gives a segment of the reserve to the disk.
bool Spool::shrink_reserve() {
    if (reserved_ == 0) return false;
    const std::uint64_t less = reserved_ - std::min(reserved_, limits_.segment);
    if (::ftruncate(reserve_.get(), static_cast<off_t>(less)) != 0) return false;
    reserved_ = less;
    return true;
}

// Drops the oldest detail. False: there is none that may go for `wanted`.
Result<bool> Spool::make_room(Class wanted) {
    for (const Class kind : {Class::event, Class::notice}) {
        if (kind < wanted) break;
        if (!lane(kind).can_drop()) continue;
        const auto dropped = lane(kind).drop_oldest(positions_.acknowledged(kind));
        if (!dropped) return Failure(dropped.error());
        losses_.dropped[index(kind)] += *dropped;
        return true;
    }
    return false;
}

Result<void> Spool::store_detail(Class kind, std::span<const std::uint8_t> record) {
    const std::uint64_t size = frame_overhead + record.size() + header_bytes;
    const auto lose = [&](Failure failure) -> Result<void> {
        ++losses_.detail_refused;
        return failure;
    };
    for (;;) {
        const std::uint64_t detail = lane(Class::event).bytes() + lane(Class::notice).bytes();
        const bool fits =
            bytes() + size <= limits_.bytes && detail + size <= limits_.bytes - limits_.reserve;
        Result<void> stored;
        if (fits) {
            stored = lane(kind).append(record);
            if (stored || stored.error().kind != ErrorKind::full) return stored;
            ++room_missed_;
        }
        const auto room = make_room(kind);
        if (!room) return lose(Failure(room.error()));
        if (*room) continue;
        return lose(base::because(ErrorKind::full, "the spool {} has no room for another {}",
                                  folder_.native(), name_of(kind)));
    }
}

// On disk when it returns; `full` where it did not get there.
Result<void> Spool::store_alert(std::span<const std::uint8_t> record) {
    const std::uint64_t size = frame_overhead + record.size() + header_bytes;
    for (;;) {
        const bool fits = bytes() + size <= limits_.bytes;
        if (fits) {
            auto stored = lane(Class::alert).append(record);
            if (stored) return lane(Class::alert).sync();
            if (stored.error().kind != ErrorKind::full) return stored;
            ++room_missed_;
        }
        const auto room = make_room(Class::alert);
        if (!room) return Failure(room.error());
        if (*room) continue;
        if (fits && shrink_reserve()) continue;
        return base::because(ErrorKind::full, "the spool {} holds nothing but alerts, and is full",
                             folder_.native());
    }
}

Result<void> Spool::append(Class kind, std::span<const std::uint8_t> record,
                           Clock::time_point now) {
    if (record.empty() || record.size() > maximum_record) {
        return base::fail(ErrorKind::invalid, "a record of {} bytes, it may have 1 to {}",
                          record.size(), maximum_record);
    }
    if (kind != Class::alert) {
        auto stored = store_detail(kind, record);
        if (stored && !unsynced_since_) unsynced_since_ = now;
        return stored;
    }
    // Those that wait go first: alerts stay in order.
    auto stored = empty_memory();
    if (stored) stored = store_alert(record);
    if (!short_since_ && (!stored || reserved_ + lane(kind).bytes() < limits_.reserve)) {
        short_since_ = now;
    }
    if (stored) return stored;
    if (memory_bytes_ + record.size() > limits_.memory) {
        ++losses_.alerts_refused;
        return stored;
    }
    memory_.emplace_back(record.begin(), record.end());
    memory_bytes_ += record.size();
    return {};
}

Result<void> Spool::empty_memory() {
    while (!memory_.empty()) {
        if (auto stored = store_alert(memory_.front()); !stored) return stored;
        memory_bytes_ -= memory_.front().size();
        memory_.pop_front();
    }
    return {};
}

Result<void> Spool::sync() {
    unsynced_since_.reset();
    Result<void> done;
    for (auto& one : lanes_) {
        if (auto synced = one.sync(); !synced) done = synced;
    }
    if (!positions_.changed()) return done;
    if (auto saved = positions_.save(); !saved) return saved;
    // Only now: what is removed must not be missed after a crash.
    for (const Class kind : {Class::alert, Class::notice, Class::event}) {
        auto removed = lane(kind).acknowledge(positions_.acknowledged(kind));
        if (!removed) done = removed;
    }
    return done;
}

Result<void> Spool::tick(Clock::time_point now) {
    Result<void> done;
    if (unsynced_since_ && now - *unsynced_since_ >= limits_.sync_after) done = sync();
    if (short_since_ && now - *short_since_ >= retry_pause) {
        short_since_ = now;
        const auto emptied = empty_memory();
        if (!emptied && emptied.error().kind != ErrorKind::full) done = emptied;
        if (memory_.empty()) {
            if (auto kept = keep_reserve(); !kept) done = kept;
        }
    }
    return done;
}

std::optional<Clock::time_point> Spool::due() const {
    std::optional<Clock::time_point> first;
    if (unsynced_since_) first = *unsynced_since_ + limits_.sync_after;
    if (short_since_) {
        const auto retry = *short_since_ + retry_pause;
        first = first ? std::min(*first, retry) : retry;
    }
    return first;
}

Result<std::vector<Record>> Spool::read(Class kind, std::uint64_t after, std::size_t most_bytes) {
    return lane(kind).read(after, most_bytes);
}

Result<void> Spool::acknowledge(Class kind, std::uint64_t sequence, Clock::time_point now) {
    if (sequence > lane(kind).durable()) {
        return base::fail(ErrorKind::invalid, "{} {} is acknowledged, but was never delivered",
                          name_of(kind), sequence);
    }
    if (sequence <= positions_.acknowledged(kind)) return {};
    positions_.acknowledge(kind, sequence);
    if (!unsynced_since_) unsynced_since_ = now;
    return {};
}

Result<void> Spool::renew() {
    positions_.renew();
    return positions_.save();
}

Losses Spool::losses() const {
    Losses losses = losses_;
    for (std::size_t i = 0; i < classes; ++i) losses.damaged[i] = lanes_[i].damaged();
    return losses;
}

std::uint64_t Spool::bytes() const {
    std::uint64_t sum = 0;
    for (const auto& one : lanes_) sum += one.bytes();
    return sum;
}

}  // namespace shoji::spool
