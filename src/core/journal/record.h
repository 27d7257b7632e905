// A record of the audit journal, as programs send it to shoji-audit: one packet of a SOCK_SEQPACKET
// Unix socket each. shoji-audit adds sequence number, time, sender (from peer credentials) and
// chain.
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::journal {

inline constexpr std::size_t maximum_record = 4096;  // bytes of the encoded packet
inline constexpr std::size_t maximum_field = 512;    // bytes of each string, UTF-8 without controls

enum class Action : std::uint8_t {
    program_started = 0,
    sign_in = 1,
    sign_out = 2,
    route_decision = 3,
    session_start = 4,
    session_end = 5,
    refusal = 6,        // the egress or the gateway refused what a session or terminal asked for
    configuration = 7,  // something was changed by an administrator
    terminal = 8,       // a terminal was enrolled, revoked or refused
    recovery = 9,       // an administrator reset a password or second factor
    connection = 10,    // a viewer attached or detached
    fault = 11,         // a part of Shoji failed: a program went away, a certificate ran out
    screen_input = 12,  // how much text went into a session, and My Numbers in it; never the text
};
inline constexpr std::uint8_t last_action = 12;

enum class Outcome : std::uint8_t { allowed = 0, refused = 1, failed = 2 };

struct Record {
    Action action = Action::program_started;
    Outcome outcome = Outcome::allowed;
    std::string who;       // user name, or "uid:1000" at the admin socket
    std::string terminal;  // terminal's name or address, and zone
    std::string what;      // destination, session id, setting …
    std::string reason;    // the rule or cause

    friend bool operator==(const Record&, const Record&) = default;
};

// Strings are cut to maximum_field at a character boundary and control characters replaced: a
// record is never lost for its content.
std::vector<std::uint8_t> encode(const Record& record);
base::Result<Record> decode_record(std::span<const std::uint8_t> packet);

// The words for them in the journal: "session_start", "refused".
std::string_view name_of(Action action);
std::string_view name_of(Outcome outcome);
std::optional<Action> action_from(std::string_view name);
std::optional<Outcome> outcome_from(std::string_view name);

// Lets a session or sign-in begin. When space runs out these are refused first, so that the ends
// and refusals of what runs already still find room.
bool begins_something(const Record& record);

// shoji-audit answers each record with one byte.
enum class Acknowledgement : std::uint8_t {
    written = 0,  // on disk
    full = 1,     // the reserved space is used up: nothing new may begin
    failed = 2,   // could not be written
};

}  // namespace shoji::journal
