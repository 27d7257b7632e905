// What the parts of the sensor, and `shoji`, say to each other, one packet each. Pure.
// Little-endian; every size is checked, for each part takes what comes from another one as from
// outside.
#pragma once

#include "core/base/result.h"
#include "watch/spool/segment.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::letters {

using Bytes = std::vector<std::uint8_t>;
using View = std::span<const std::uint8_t>;

// From the analyst to the process that delivers: one record for the spool. Alerts have numbers that
// rise; `record` has 1 to spool::maximum_record bytes.
struct Consignment {
    spool::Class kind = spool::Class::event;
    std::uint64_t number = 0;
    View record;  // a view into the packet
};
constexpr std::size_t consignment_head = 9;
constexpr std::size_t most_consignment = consignment_head + spool::maximum_record;
Bytes encode(const Consignment& consignment);
base::Result<Consignment> decode_consignment(View bytes);

// Back: up to which alert all is on disk, and how the delivery is.
struct Receipt {
    std::uint64_t alerts = 0;
    bool connected = false;  // the hub takes records
    std::array<std::uint64_t, spool::classes> waiting{};
    std::uint64_t spool_bytes = 0;
    std::uint64_t lost = 0;         // records that were dropped, damaged or refused
    std::uint64_t room_missed = 0;  // how often the disk had no room for a record
    std::string trouble;  // why the hub takes nothing; printable, at most most_trouble bytes

    bool operator==(const Receipt&) const = default;
};
constexpr std::size_t most_trouble = 200;
constexpr std::size_t most_receipt = 72 + most_trouble;
Bytes encode(const Receipt& receipt);
base::Result<Receipt> decode_receipt(View bytes);

// From the keeper to the analyst: what became of the sensor itself, to be told as an alert; or,
// with a descriptor, the new end of a link.
enum class Note : std::uint8_t {
    part_ended,      // `subject` a part; `number` the signal that ended it, or 0
    part_silent,     // a part; for so many seconds
    file_changed,    // a path
    policy_refused,  // why
    policy_changed,  // the file
    link_deliverer,
    link_answerer,
    alive,              // the keeper is; the next one comes within `number` seconds, 0: as always
    programs_detached,  // names of programs in the kernel that somebody took off
    not_pinned,         // why the programs in the kernel end with the keeper, against the policy
    ended_uncleanly,    // the sensor before this one; it was last alive `number` seconds ago
    act_refused,        // "ACT PROCESS USER FILE/PROGRAM" against the sensor; so often
    isolation_undone,   // of this host, by somebody and not by command
    response_failed,    // "RULE WHY": what a rule leads to was not done; so often
    response_waits,     // "RULE ID": it waits for approval; so often
    not_shielded,       // so many processes of the sensor, for want of room
};
constexpr std::uint8_t last_note = 15;
struct Notice {
    Note note = Note::part_ended;
    std::string subject;  // at most most_subject bytes
    std::uint64_t number = 0;

    bool operator==(const Notice&) const = default;
};
constexpr std::size_t most_subject = 300;
constexpr std::size_t most_notice = 16 + most_subject;
Bytes encode(const Notice& notice);
base::Result<Notice> decode_notice(View bytes);

// From the analyst to the process that responds: an alert of a rule, and the file that it is about.
struct Cause {
    enum class File : std::uint8_t { none, written, run, script };  // response::CauseFile

    std::string rule;           // 1 to most_cause_rule bytes
    std::uint32_t process = 0;  // 0: none
    std::uint64_t start = 0;    // of the process, clock ticks since the boot
    std::string path;           // at most most_cause_path bytes
    File file = File::none;
    std::uint32_t device = 0;
    std::uint64_t inode = 0;  // 0: not known
    std::optional<std::uint32_t> user{};
    std::string digest{};  // SHA-256, 64 hexadecimal digits; empty: not known

    bool operator==(const Cause&) const = default;
};
constexpr std::size_t most_cause_rule = 200;
constexpr std::size_t most_cause_path = 4095;
constexpr std::size_t most_cause_digest = 64;
constexpr std::size_t most_cause = 40 + most_cause_rule + most_cause_path + most_cause_digest;
Bytes encode(const Cause& cause);
base::Result<Cause> decode_cause(View bytes);

// From the process that delivers to the one that responds: an order that came down the line, not
// looked at.
struct Errand {
    std::uint64_t number = 0;  // the hub's, not 0
    View order;                // 1 to most_errand_order bytes; a view into the packet
};
constexpr std::size_t most_errand_order = std::size_t{61} << 10U;
constexpr std::size_t most_errand = 8 + most_errand_order;
Bytes encode(const Errand& errand);
base::Result<Errand> decode_errand(View bytes);

// Back: what became of it.
struct Verdict {
    enum class End : std::uint8_t { done = 1, failed, refused };
    std::uint64_t number = 0;
    End end = End::refused;
    std::string answer;  // JSON (response/control.h), printable, 1 to most_verdict_answer bytes

    bool operator==(const Verdict&) const = default;
};
constexpr std::size_t most_verdict_answer = std::size_t{8} << 10U;
constexpr std::size_t most_verdict = 16 + most_verdict_answer;
Bytes encode(const Verdict& verdict);
base::Result<Verdict> decode_verdict(View bytes);

// From who asks at the local socket. Answers: status and tree are one packet of JSON, tail packets
// of `tail_events` with a block of a stream (event/stream_format.h) or `tail_alert` with an alert.
struct Wish {
    enum class Kind : std::uint8_t { status, tail, tree };
    Kind kind = Kind::status;
    std::uint32_t process = 0;  // tree

    bool operator==(const Wish&) const = default;
};
constexpr std::size_t most_wish = 5;
constexpr std::uint8_t tail_events = 0;
constexpr std::uint8_t tail_alert = 1;
constexpr std::size_t most_answer = std::size_t{128} << 10U;
Bytes encode(const Wish& wish);
base::Result<Wish> decode_wish(View bytes);

}  // namespace shoji::letters
