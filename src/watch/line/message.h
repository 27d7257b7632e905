// What a sensor and the collector say to each other inside TLS (docs/sensor-protocol.md is
// normative). Pure: bytes in, messages out, and back. A frame is its body's length (32 bits), its
// type (8 bits) and the body; little-endian.
#pragma once

#include "core/base/result.h"
#include "watch/spool/positions.h"
#include "watch/spool/segment.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace shoji::line {

using spool::Class;
using spool::classes;
using spool::SpoolId;

constexpr std::uint16_t protocol_version = 1;
constexpr std::size_t frame_head = 5;
constexpr std::size_t maximum_body = std::size_t{1} << 20U;           // bytes
constexpr std::size_t maximum_text = 200;                             // bytes of a text, UTF-8
constexpr std::size_t maximum_batch_bytes = std::size_t{512} << 10U;  // of records, unpacked
constexpr std::uint32_t maximum_batch_records = 4096;

constexpr std::uint64_t maximum_sequence = INT64_MAX;

constexpr std::size_t maximum_order = std::size_t{61} << 10U;  // bytes of a signed order
constexpr std::size_t maximum_answer = std::size_t{8} << 10U;  // bytes of what became of one
// Orders that the collector may have sent without having heard their end.
constexpr std::size_t maximum_orders = 8;

// Both sides keep these; the sensor speaks at least every `pulse_pause`.
constexpr std::chrono::seconds pulse_pause{15};
constexpr std::chrono::seconds silence_limit{60};
// Batches that may be on their way without an acknowledgement.
constexpr std::size_t maximum_unanswered = 8;

using Nanoseconds = std::int64_t;  // since 1970, by the speaker's wall clock
using PerClass = std::array<std::uint64_t, classes>;

// Sensor: the first message of a connection.
struct Hello {
    std::uint16_t version = protocol_version;
    SpoolId spool{};
    SpoolId boot{};           // of the machine's kernel; random
    SpoolId start{};          // of the sensor's process; random
    PerClass acknowledged{};  // up to there the collector has said that it has them
    PerClass next{1, 1, 1};   // the sequence that the next record will have
    Nanoseconds clock = 0;
    std::string program;  // name and version, for people
    bool operator==(const Hello&) const = default;
};
// Collector: the answer to Hello.
struct Welcome {
    std::uint16_t version = protocol_version;
    // The collector has records that this spool has not given out: it is an older copy of itself.
    // The sensor gives it a new identity and says Hello again on a new connection.
    bool renew = false;
    PerClass stored{};  // the last sequence of each class that the collector has
    Nanoseconds clock = 0;
    bool operator==(const Welcome&) const = default;
};
// Sensor: records of one class with sequences first, first + 1, …. See batch.h for its body.
struct Batch {
    Class kind = Class::event;
    bool packed = false;  // `body` is one zstd frame
    // The sequence before the first one, as far as the spool knows: what lies between them is lost.
    std::uint64_t previous = 0;
    std::uint64_t first = 1;
    std::uint32_t count = 0;  // records
    std::uint32_t size = 0;   // bytes of the unpacked body
    std::vector<std::uint8_t> body;
    bool operator==(const Batch&) const = default;
};
// Collector: everything up to this sequence is on its disk.
struct Acknowledgement {
    Class kind = Class::event;
    std::uint64_t sequence = 0;
    bool operator==(const Acknowledgement&) const = default;
};
// Sensor: I am here, and this is how I am.
struct Pulse {
    Nanoseconds clock = 0;
    PerClass waiting{};         // records not acknowledged
    PerClass dropped{};         // since the spool was opened, for want of room
    PerClass damaged{};         // the same, by a disk's fault
    std::uint64_t refused = 0;  // alerts for which there was no room at all
    std::uint64_t overrun = 0;  // events that were never spooled: too fast, or no room
    bool operator==(const Pulse&) const = default;
};
// Collector: the answer to Pulse.
struct Echo {
    Nanoseconds sensor_clock = 0;  // of the pulse
    Nanoseconds clock = 0;         // of the collector
    // Collector's clock less the sensor's, when the pulse arrived.
    Nanoseconds difference = 0;
    bool operator==(const Echo&) const = default;
};
enum class Reason : std::uint8_t {
    disk_full = 0,    // hold
    disk_failed = 1,  // hold
    unknown = 2,      // this certificate is not registered
    revoked = 3,      // it was
    version = 4,      // nothing in common
    broken_rule = 5,  // what was said breaks the protocol
    replaced = 6,     // the same sensor has made another connection
    ending = 7,       // the collector ends
};
constexpr std::uint8_t last_reason = 7;
std::string_view name_of(Reason reason);
// Collector: nothing that is not acknowledged is stored; say it again after so many seconds.
struct Hold {
    Reason reason = Reason::disk_full;
    std::uint16_t seconds = 5;
    bool operator==(const Hold&) const = default;
};
// Either: the connection ends here.
struct Bye {
    Reason reason = Reason::ending;
    bool operator==(const Bye&) const = default;
};
// Collector: an order for this host, as somebody signed it. Neither the line nor what delivers
// reads it; who responds checks it.
struct Order {
    std::uint64_t number = 0;                // the collector's, from 1
    std::vector<std::uint8_t> signed_order;  // 1 to maximum_order bytes
    bool operator==(const Order&) const = default;
};
enum class OrderState : std::uint8_t {
    taken = 0,    // it is with who responds
    done = 1,     // carried out, or shown as a dry run
    failed = 2,   // it was tried
    refused = 3,  // nothing was done
};
constexpr std::uint8_t last_order_state = 3;
// Sensor: what became of an order. After `taken` another one comes.
struct Report {
    std::uint64_t number = 0;
    OrderState state = OrderState::taken;
    // JSON as `shoji respond` gets it (response/control.h), printable UTF-8 of at most
    // maximum_answer bytes; empty where it is taken.
    std::vector<std::uint8_t> answer;
    bool operator==(const Report&) const = default;
};

using Message =
    std::variant<Hello, Welcome, Batch, Acknowledgement, Pulse, Echo, Hold, Bye, Order, Report>;

// The whole frame. Preconditions: texts and bodies are within the limits above.
std::vector<std::uint8_t> encode(const Message& message);
base::Result<Message> decode(std::uint8_t type, std::span<const std::uint8_t> body);

// Takes frames out of a stream of bytes, and holds no more than one frame and what came with it.
class Splitter {
  public:
    void add(std::span<const std::uint8_t> bytes);
    // None: the frame is not whole yet. After an error the connection is of no use.
    base::Result<std::optional<Message>> next();
    [[nodiscard]] std::size_t held() const { return held_.size() - taken_; }

  private:
    std::vector<std::uint8_t> held_;
    std::size_t taken_ = 0;
};

}  // namespace shoji::line
