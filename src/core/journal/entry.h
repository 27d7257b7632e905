// A line of the journal. Each is one JSON object in one exact spelling (docs/audit.md), so that it
// is checked byte by byte:
//
//   {"sequence":7,"previous":"<hash of line 6>","time":"2026-07-01T03:04:05.123456Z",
//    "boot":"<boot id>","uptime":81234567,"kind":"record","sender":1001,
//    "action":"sign_in","outcome":"allowed","who":"…","terminal":"…","what":"…","reason":"…",
//    "hash":"<SHA-256 of all before ,\"hash\">"}
//
// or, from "kind" on, "kind":"notice","event":"opened","detail":"…" or
// "kind":"checkpoint","signature":"<Ed25519 of all before ,\"signature\">".
//
// Pure: lines in, entries out.
#pragma once

#include "core/base/result.h"
#include "core/journal/digest.h"
#include "core/journal/record.h"
#include "core/journal/signing.h"

#include <chrono>
#include <variant>

#include <sys/types.h>

namespace shoji::journal {

inline constexpr std::size_t maximum_line = 8192;  // bytes, the line feed included

// Every line: where it stands and when it was written.
struct Stamp {
    std::uint64_t sequence = 0;  // from 1, without gaps
    Digest previous{};           // of the line before; zeros for the first
    std::chrono::sys_time<std::chrono::microseconds> time;  // wall clock, years 1970 to 9999
    std::array<std::uint8_t, 16> boot{};                    // the kernel's boot id
    std::chrono::microseconds uptime{0};                    // CLOCK_BOOTTIME since that boot

    friend bool operator==(const Stamp&, const Stamp&) = default;
};

struct Submitted {
    uid_t sender = 0;  // the sending program's user id, as the kernel told it
    Record record;

    friend bool operator==(const Submitted&, const Submitted&) = default;
};

// What the journal's writer itself has to say.
enum class Event : std::uint8_t {
    opened = 0,             // shoji-audit started
    closed = 1,             // it ended as asked
    clock_set_back = 2,     // the wall clock lost time against the boot clock
    clock_set_forward = 3,  // or gained it
    tail_cut = 4,           // the end of the file was no whole line and was put aside
    tail_missing = 5,       // a checkpoint is known of lines that the journal does not have
    space_short = 6,        // no space could be reserved ahead: the rest is kept for endings
    space_back = 7,
};
inline constexpr std::uint8_t last_event = 7;

struct Notice {
    Event event = Event::opened;
    std::string detail;  // as a field of a record

    friend bool operator==(const Notice&, const Notice&) = default;
};

struct Checkpoint {
    Signature signature{};

    friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

using Body = std::variant<Submitted, Notice, Checkpoint>;

struct Entry {
    Stamp stamp;
    Body body;

    friend bool operator==(const Entry&, const Entry&) = default;
};

struct Line {
    std::string text;  // with its line feed
    Digest digest{};   // what the next line names as previous
};

// Precondition: texts as decode_record() lets them pass, the time in range.
Line make_line(const Stamp& stamp, const Submitted& submitted);
Line make_line(const Stamp& stamp, const Notice& notice);
Line make_checkpoint(const Stamp& stamp, const SigningKey& key);

struct ParsedLine {
    Entry entry;
    Digest digest{};
    std::string signed_part;  // of a checkpoint: what its signature is of
};

// `line` without its line feed. Anything but the exact spelling, the right hash included, is
// `corrupt`. Whether a checkpoint's signature holds is not looked at.
base::Result<ParsedLine> parse_line(std::string_view line);

bool signature_holds(const ParsedLine& checkpoint, const PublicKey& key);

std::string_view name_of(Event event);
// "2026-07-01T03:04:05.123456Z"
std::string to_text(std::chrono::sys_time<std::chrono::microseconds> time);

}  // namespace shoji::journal
