// The sensor's way out: what is put here is spooled on disk and delivered to the city's collector,
// by a thread of its own. Run by the sensor's unprivileged process.
#pragma once

#include "core/base/result.h"
#include "watch/channel/context.h"
#include "watch/line/message.h"
#include "watch/spool/spool.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace shoji::delivery {

struct Options {
    std::filesystem::path folder;  // of the spool; its own, mode 0700
    spool::Limits limits;
    std::string address;  // of the collector: an IP address
    std::uint16_t port = 8444;
    channel::Credentials credentials;
    std::string program = "shoji-sensor";
    std::chrono::seconds pulse = line::pulse_pause;  // at most line::silence_limit
    // Of what was put and is not spooled yet, of each: alerts; notices and events.
    std::size_t queue_bytes = std::size_t{8} << 20U;
};

struct Status {
    bool connected = false;  // the collector takes records
    std::string trouble;     // English, for the log: why it does not; empty: nothing is wrong
    std::array<std::uint64_t, spool::classes> waiting{};  // records that the collector has not
    std::uint64_t spool_bytes = 0;
    spool::Losses losses;
    std::uint64_t overrun = 0;  // events and notices that came faster than the disk took them
    std::uint64_t alerts_overrun = 0;
    std::size_t alerts_in_memory = 0;
    std::uint64_t room_missed = 0;                             // how often the disk had no room
    std::optional<std::chrono::nanoseconds> clock_difference;  // the collector's less this one's
};

class Delivery {
  public:
    // An error: the spool cannot be opened, or the credentials are none. That the collector is away
    // is none.
    static base::Result<std::unique_ptr<Delivery>> start(Options options);
    virtual ~Delivery() = default;

    // Never waits for the disk or the network. False: there was no room, and it is counted; or it
    // is no record of 1 to spool::maximum_record bytes. Any thread may call it.
    virtual bool put(spool::Class kind, std::span<const std::uint8_t> record) = 0;
    // Waits until all that was put before is on disk. False: the time was over first.
    virtual bool flush(std::chrono::milliseconds limit) = 0;
    [[nodiscard]] virtual Status status() const = 0;

    // Orders that came down the line since it was asked last; a descriptor that becomes readable
    // when there may be some, which take_orders() clears.
    [[nodiscard]] virtual std::vector<line::Order> take_orders() = 0;
    [[nodiscard]] virtual int orders_signal() const = 0;
    // The end of one: every order that was taken needs one, or the collector sends no more.
    virtual void report(line::Report report) = 0;
};

}  // namespace shoji::delivery
