// The sensor's side of docs/sensor-protocol.md: which messages go to the collector, and what its
// answers do to the spool. No sockets and no clocks of its own.
#pragma once

#include "watch/line/batch.h"
#include "watch/line/message.h"
#include "watch/spool/spool.h"

#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace shoji::delivery {

struct Moment {
    spool::Clock::time_point steady;  // never set by anybody
    line::Nanoseconds wall = 0;       // may jump; nothing here depends on it
};

// What the sensor says of itself.
struct Introduction {
    spool::SpoolId boot{};   // of the machine's kernel (/proc/sys/kernel/random/boot_id)
    spool::SpoolId start{};  // random, of this process
    std::string program;
};

class Courier {
  public:
    // `chance`: uniform in [0, 1), for the pauses between attempts. `pulse`: how often it says that
    // it is there; at most line::silence_limit.
    Courier(spool::Spool& spool, Introduction introduction, std::function<double()> chance,
            std::chrono::seconds pulse = line::pulse_pause);

    // An attempt to connect is wanted from then on. After a failure the pause doubles up to a
    // minute, and a random part of up to half of it is left out, so that the sensors of a city do
    // not come back all at once.
    [[nodiscard]] spool::Clock::time_point next_attempt() const { return next_attempt_; }

    void connected(const Moment& now);
    // Also for an attempt that failed.
    void disconnected(const Moment& now);
    // An error: the connection is to be closed.
    base::Result<void> receive(const line::Message& message, const Moment& now);
    // What is to be sent now, of about `room` bytes; empty: nothing. An error: the collector is
    // silent, or the spool cannot be read, and the connection is to be closed.
    base::Result<std::vector<std::uint8_t>> send(const Moment& now, std::size_t room);
    // When send() is wanted although nothing new came; only while connected.
    [[nodiscard]] spool::Clock::time_point due() const;

    [[nodiscard]] bool welcome() const { return phase_ == Phase::welcome; }
    // Collector's clock less this one's, by its last answer.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> clock_difference() const {
        return difference_;
    }
    // Why the collector refused or held this sensor last; none since it took records.
    [[nodiscard]] std::optional<line::Reason> refusal() const { return refusal_; }
    // Orders that came since it was asked last. One that is with who responds comes once, however
    // often the collector says it.
    [[nodiscard]] std::vector<line::Order> take_orders() { return std::exchange(arrived_, {}); }
    // The end of one. While the collector is away it is forgotten: the collector says the order
    // again, and who responds its end.
    void report(line::Report report);
    // Events that came too fast to be spooled, since the start.
    void set_overrun(std::uint64_t count) { overrun_ = count; }

  private:
    enum class Phase { away, greeting, welcome };
    struct Unanswered {
        line::Class kind;
        std::uint64_t last = 0;
    };

    base::Result<void> take(const line::Welcome& welcome, const Moment& now);
    base::Result<void> take(const line::Acknowledgement& acknowledgement, const Moment& now);
    base::Result<void> take(const line::Echo& echo, const Moment& now);
    base::Result<void> take(const line::Hold& hold, const Moment& now);
    base::Result<void> take(const line::Bye& bye, const Moment& now);
    base::Result<void> take(const line::Order& order, const Moment& now);
    template <class Other>
    base::Result<void> take(const Other& other, const Moment& now);
    void rewind();
    [[nodiscard]] std::vector<std::uint8_t> hello(const Moment& now) const;
    [[nodiscard]] std::vector<std::uint8_t> pulse(const Moment& now) const;
    base::Result<bool> add_batch(std::vector<std::uint8_t>& bytes);

    spool::Spool& spool_;
    Introduction introduction_;
    std::function<double()> chance_;
    std::chrono::seconds pulse_pause_;
    Phase phase_ = Phase::away;
    bool says_hello_ = false;
    unsigned failures_ = 0;
    bool at_once_ = false;  // the next attempt needs no pause
    spool::Clock::time_point next_attempt_{};
    spool::Clock::time_point heard_{};  // from the collector
    spool::Clock::time_point next_pulse_{};
    spool::Clock::time_point held_until_{};
    bool holds_ = false;
    std::array<std::uint64_t, line::classes> sent_{};  // the last sequence of each class
    std::deque<Unanswered> unanswered_;
    std::optional<std::chrono::nanoseconds> difference_;
    std::optional<line::Reason> refusal_;
    std::uint64_t overrun_ = 0;
    std::set<std::uint64_t> orders_;  // numbers of those without an end
    std::vector<line::Order> arrived_;
    std::vector<line::Report> reports_;  // not sent yet
};

}  // namespace shoji::delivery
