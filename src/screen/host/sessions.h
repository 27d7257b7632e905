// All sessions of this machine: starting, finding again, watching, ending. Every session that was
// ever begun is here until nothing of it is left.
#pragma once

#include "core/base/result.h"
#include "screen/control/control.h"
#include "screen/host/event_loop.h"
#include "screen/host/session.h"
#include "screen/host/slots.h"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace shoji::host {

// Names one connection of a gateway for as long as the host runs.
using Claimant = std::uint64_t;

class Sessions {
  public:
    using Report = std::function<void(Claimant, const control::Exited&)>;

    // `report` is told of every end, where a gateway claims the session.
    Sessions(const Surroundings& surroundings, EventLoop& loop, Report report);

    // Takes over what a former host has left: sessions whose three processes live go on, unclaimed;
    // all else that bears this installation's name is ended and removed.
    void recover(const std::vector<Record>& records);

    struct Connected {
        control::SessionId session{};
        std::array<base::FileDescriptor, 2> descriptors;  // display, reports
    };
    using Answer = tl::expected<Connected, control::Reason>;
    Answer start(const control::Start& request, Claimant claimant);
    // The session is the claimant's from now on.
    Answer attach(const control::SessionId& id, Claimant claimant);
    // False when there is no such session.
    bool end(const control::SessionId& id, control::Reason reason);
    // Ends all, and starts no more.
    void close();
    void release(Claimant claimant);
    [[nodiscard]] std::vector<control::SessionEntry> list() const;
    [[nodiscard]] bool empty() const { return entries_.empty(); }

    // Does what is due. Returns the milliseconds until it wants to be called again; -1: whenever
    // something happens.
    int tick();

  private:
    using Clock = std::chrono::steady_clock;
    struct Entry {
        Session session;
        std::optional<Claimant> claimant;
        Clock::time_point unclaimed_since;
        std::optional<Clock::time_point> disturbed;  // the first of its processes has ended
        std::optional<control::Reason> ending;
        std::optional<Clock::time_point> ending_since;
        bool removal_failed = false;
    };
    using Entries = std::map<control::SessionId, Entry>;

    Entry& add(Session session);
    void watch(Entry& entry);
    void begin_end(Entry& entry, control::Reason reason);
    [[nodiscard]] std::optional<control::Reason> verdict(Entry& entry, Clock::time_point now) const;
    bool finish(Entry& entry);
    void remove_stray_groups();

    Surroundings surroundings_;
    EventLoop& loop_;
    Report report_;
    Slots slots_;
    Entries entries_;
    bool closed_ = false;
};

// The records in the folder of sessions. A folder without a usable record yields one that has only
// the id: so does a slot that is out of range or taken twice.
std::vector<Record> read_records(const base::Settings& settings);

}  // namespace shoji::host
