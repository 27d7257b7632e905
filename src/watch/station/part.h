// One process of the sensor, as the keeper sees it.
#pragma once

#include "core/base/file_descriptor.h"
#include "watch/letters/letters.h"
#include "watch/response/guard_files.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace shoji::station {

enum class PartName : std::uint8_t { opener, analyst, deliverer, answerer, journal };
constexpr std::size_t parts = 5;
constexpr std::array<std::string_view, parts> part_names{"opener", "analyst", "deliverer",
                                                         "answerer", "journal"};
inline std::string_view name_of(PartName part) {
    return part_names.at(static_cast<std::size_t>(part));
}

// The byte with which the keeper hands a part a new end of a link: who has the other end.
enum class LinkTo : std::uint8_t { analyst = 1, deliverer = 2, answerer = 3 };

// Instead, to the answerer: at its end its guards stay in force, which the keeper holds.
constexpr std::uint8_t leave_guards = 0;

// The byte that a part says to the keeper: every second that it is alive; and the answerer, that
// somebody undid the isolation of this host, with a GuardPart behind it and that one's descriptors
// what guards what is blocked from now on, and with a notice behind it how what a rule led to
// ended.
enum class PartSays : std::uint8_t {
    alive = 0,
    isolation_undone = 1,
    guards = 2,
    response_news = 3
};

using Clock = std::chrono::steady_clock;

// A new end of a link, on its way to a part.
struct LinkPacket {
    LinkTo whose = LinkTo::analyst;
    std::vector<std::uint8_t> bytes;
    base::FileDescriptor end;
};

struct Part {
    PartName name = PartName::opener;
    bool wanted = false;
    pid_t process = -1;             // -1: it does not run
    base::FileDescriptor socket;    // the keeper's end; closed, it asks the part to end
    bool ready = false;             // it has said that it is alive
    bool was_ready = false;         // once, since the keeper began
    bool gave_up = false;           // it ended by itself, with an error, before it was ever ready
    bool silent = false;            // and it was ended for that
    bool isolation_undone = false;  // it said so
    response::GuardFiles guards;    // of the answerer, held for the one after it
    std::vector<letters::Notice> news;  // of responses, that the answerer said
    Clock::time_point began;
    Clock::time_point heard;
    Clock::time_point start_at;    // when it is to be started (again)
    unsigned failures = 0;         // in a row
    bool ended_by_itself = false;  // and has not run for a minute since
    std::uint64_t restarts = 0;
    std::vector<LinkPacket> links;  // that its socket has no room for yet, one to each other part

    [[nodiscard]] bool runs() const { return process > 0; }
    // It ended. False: by itself, as it did before, without a minute's work between: that is known.
    bool is_news(bool by_force, Clock::time_point now);
    // After it ended: a pause that doubles up to a minute, none for the first time.
    void set_back(Clock::time_point now);
    // Takes what it says. Descriptors and news are taken from the answerer alone, which has the
    // keeper's rights.
    void hear(Clock::time_point now);
    // Asks it to end; what it says before that is heard still.
    void ask_to_end() const;
    // Gives it the link, as soon as it takes it. Never waits: it may be stopped.
    void give(LinkPacket link);
    void give_links();
};

}  // namespace shoji::station
