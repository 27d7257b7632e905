// A sensor's records on their way to the collector, on disk: bounded in bytes, delivered by class
// and in order, lost only where this says so. One thread at a time. No wall clock is used: setting
// it changes nothing here.
//
// What survives. An alert is on disk (fdatasync) when append() returns. Notices and events are
// written at once, so that a killed program loses none, and made durable by sync(), which tick()
// calls when the oldest waits for `sync_after`: a crash of the machine or a power cut loses at most
// what came within the last second.
//
// What goes when room is short. `limits.bytes` is shared: events may not use the last
// `limits.reserve` of it; an alert that has no room drops the oldest events, then the oldest
// notices. The reserve is taken from the disk beforehand (a file "reserve"), so that alerts still
// find room where something else has filled the disk. When nothing but alerts is left, further ones
// stay in memory, up to `limits.memory`, and go to disk when there is room; beyond that they are
// refused, and counted. Everything that goes is counted in Losses.
#pragma once

#include "core/base/result.h"
#include "watch/spool/lane.h"
#include "watch/spool/positions.h"

#include <array>
#include <chrono>
#include <deque>
#include <filesystem>
#include <optional>

namespace shoji::spool {

using Clock = std::chrono::steady_clock;

struct Limits {
    std::uint64_t bytes = std::uint64_t{256} << 20U;   // of all segments
    std::uint64_t reserve = std::uint64_t{16} << 20U;  // of these, for alerts alone
    std::uint64_t segment = std::uint64_t{4} << 20U;   // of one segment
    std::uint64_t memory = std::uint64_t{4} << 20U;    // of alerts that wait for the disk
    std::chrono::milliseconds sync_after{500};
};

struct Losses {
    std::array<std::uint64_t, classes> dropped{};  // for want of room, before they were delivered
    std::array<std::uint64_t, classes> damaged{};  // unreadable, or lost by a disk's failure
    std::uint64_t alerts_refused = 0;              // neither disk nor memory had room
    // Of detail: they found no room, and no number is missing for them.
    std::uint64_t detail_refused = 0;

    bool operator==(const Losses&) const = default;
};

class Spool {
  public:
    struct Recovery {
        bool is_new = false;  // no positions were found: this spool has a new identity
        std::uint64_t torn_bytes = 0;
        std::uint64_t damaged_segments = 0;
    };

    // Makes what is missing. `exists`: another process has the folder.
    static base::Result<Spool> open(const std::filesystem::path& folder, Limits limits);

    [[nodiscard]] const Recovery& recovery() const { return recovery_; }
    [[nodiscard]] const SpoolId& id() const { return positions_.id(); }

    // `full`: it has gone, and is counted. Another error: so has it, and the disk is at fault. An
    // alert that waits in memory is no error; see alerts_in_memory().
    base::Result<void> append(Class kind, std::span<const std::uint8_t> record,
                              Clock::time_point now);
    base::Result<void> sync();
    // Syncs and saves what is due, and tries again what waits in memory.
    base::Result<void> tick(Clock::time_point now);
    // When tick() is wanted; none: nothing waits.
    [[nodiscard]] std::optional<Clock::time_point> due() const;

    // Durable records behind `after`, as Lane::read().
    base::Result<std::vector<Record>> read(Class kind, std::uint64_t after, std::size_t most_bytes);
    [[nodiscard]] std::uint64_t durable(Class kind) const { return lane(kind).durable(); }
    [[nodiscard]] std::uint64_t next(Class kind) const { return lane(kind).next(); }

    // The collector has all up to there. Kept on disk with the next sync, which then gives the room
    // back; what is delivered twice because a crash came first, the collector knows.
    base::Result<void> acknowledge(Class kind, std::uint64_t sequence, Clock::time_point now);
    [[nodiscard]] std::uint64_t acknowledged(Class kind) const {
        return positions_.acknowledged(kind);
    }
    // The collector has had records that this spool has not: it is an older copy of itself, and
    // goes on as a new one. What is in it will be delivered.
    base::Result<void> renew();

    [[nodiscard]] Losses losses() const;
    // How often the disk had no room for what the limits allow.
    [[nodiscard]] std::uint64_t room_missed() const { return room_missed_; }
    [[nodiscard]] std::size_t alerts_in_memory() const { return memory_.size(); }
    [[nodiscard]] std::uint64_t bytes() const;

  private:
    Spool(std::filesystem::path folder, Limits limits, base::FileDescriptor lock,
          Positions positions, std::vector<Lane> lanes)
        : folder_(std::move(folder)),
          limits_(limits),
          lock_(std::move(lock)),
          positions_(std::move(positions)),
          lanes_(std::move(lanes)) {}

    [[nodiscard]] Lane& lane(Class kind) { return lanes_[static_cast<std::size_t>(kind)]; }
    [[nodiscard]] const Lane& lane(Class kind) const {
        return lanes_[static_cast<std::size_t>(kind)];
    }
    base::Result<void> store_detail(Class kind, std::span<const std::uint8_t> record);
    base::Result<void> store_alert(std::span<const std::uint8_t> record);
    base::Result<void> empty_memory();
    base::Result<bool> make_room(Class wanted);
    bool shrink_reserve();
    base::Result<void> keep_reserve();

    std::filesystem::path folder_;
    Limits limits_;
    base::FileDescriptor lock_;
    Positions positions_;
    std::vector<Lane> lanes_;  // one a class
    base::FileDescriptor reserve_;
    std::uint64_t reserved_ = 0;  // bytes that its file has
    std::deque<std::vector<std::uint8_t>> memory_;
    std::uint64_t memory_bytes_ = 0;
    std::optional<Clock::time_point> unsynced_since_;
    std::optional<Clock::time_point> short_since_;  // the reserve is not whole, or alerts wait
    std::uint64_t room_missed_ = 0;
    Losses losses_;
    Recovery recovery_;
};

}  // namespace shoji::spool
