#include "watch/delivery/courier.h"

#include <algorithm>

namespace shoji::delivery {
namespace {

using base::ErrorKind;
using base::Failure;
using base::Result;
using line::Class;
using spool::Clock;
using namespace std::chrono_literals;

constexpr Clock::duration first_pause = 1s;
constexpr Clock::duration longest_pause = 60s;
// Of records that are read for one batch: with their lengths they still fit.
constexpr std::size_t batch_bytes = line::maximum_batch_bytes / 2;

constexpr std::array<Class, line::classes> order{Class::alert, Class::notice, Class::event};

constexpr std::size_t index(Class kind) {
    return static_cast<std::size_t>(kind);
}

base::Words why_of(line::Reason reason) {
    using base::Words;
    switch (reason) {
        case line::Reason::disk_full:
            return Words::of("its disk is full");
        case line::Reason::disk_failed:
            return Words::of("its disk fails");
        case line::Reason::unknown:
            return Words::of("this sensor is not enrolled there");
        case line::Reason::revoked:
            return Words::of("the certificate of this sensor is revoked");
        case line::Reason::version:
            return Words::of("it does not speak this sensor's version of the protocol");
        case line::Reason::broken_rule:
            return Words::of("it says that this sensor broke a rule of the protocol");
        case line::Reason::replaced:
            return Words::of("another connection of this sensor took its place");
        case line::Reason::ending:
            return Words::of("it is being ended");
    }
    return Words::quoted(std::string(line::name_of(reason)));
}

}  // namespace

Courier::Courier(spool::Spool& spool, Introduction introduction, std::function<double()> chance,
                 std::chrono::seconds pulse)
    : spool_(spool),
      introduction_(std::move(introduction)),
      chance_(std::move(chance)),
      pulse_pause_(pulse) {
    rewind();
}

// What is not acknowledged will be sent again.
void Courier::rewind() {
    unanswered_.clear();
    for (const Class kind : order) sent_[index(kind)] = spool_.acknowledged(kind);
}

void Courier::connected(const Moment& now) {
    phase_ = Phase::greeting;
    says_hello_ = true;
    heard_ = now.steady;
    next_pulse_ = now.steady + pulse_pause_;
    held_until_ = now.steady;
    holds_ = false;
    rewind();
}

void Courier::disconnected(const Moment& now) {
    phase_ = Phase::away;
    reports_.clear();
    rewind();
    if (std::exchange(at_once_, false)) {
        next_attempt_ = now.steady;
        return;
    }
    const auto whole = std::min(longest_pause, first_pause * (1U << std::min(failures_, 6U)));
    const auto part = std::chrono::duration<double>(whole) * (1 - chance_() / 2);
    next_attempt_ = now.steady + std::chrono::duration_cast<Clock::duration>(part);
    ++failures_;
}

Result<void> Courier::receive(const line::Message& message, const Moment& now) {
    heard_ = now.steady;
    return std::visit([&](const auto& one) { return take(one, now); }, message);
}

template <class Other>
Result<void> Courier::take(const Other& /*other*/, const Moment& /*now*/) {
    return base::because(ErrorKind::invalid, "the collector sent what only sensors send");
}

Result<void> Courier::take(const line::Welcome& welcome, const Moment& now) {
    if (phase_ != Phase::greeting || welcome.version != line::protocol_version) {
        return base::because(ErrorKind::invalid, "the collector's welcome is none");
    }
    if (welcome.renew) {
        at_once_ = true;
        if (auto renewed = spool_.renew(); !renewed) return renewed;
        return base::because(
            ErrorKind::unavailable,
            "the collector has more than this spool has given out: it was restored "
            "from a copy, and is delivered as a new one");
    }
    phase_ = Phase::welcome;
    failures_ = 0;
    refusal_.reset();
    for (const Class kind : order) {
        auto known = spool_.acknowledge(kind, welcome.stored[index(kind)], now.steady);
        if (!known) return known;
    }
    rewind();
    return {};
}

Result<void> Courier::take(const line::Acknowledgement& acknowledgement, const Moment& now) {
    const auto kind = acknowledgement.kind;
    if (phase_ != Phase::welcome || acknowledgement.sequence > sent_[index(kind)]) {
        // After a hold: what was on its way before it. It will be sent again, and known.
        if (phase_ == Phase::welcome && acknowledgement.sequence <= spool_.durable(kind)) return {};
        return base::because(ErrorKind::invalid, "the collector acknowledges what was not sent");
    }
    std::erase_if(unanswered_, [&](const Unanswered& one) {
        return one.kind == kind && one.last <= acknowledgement.sequence;
    });
    refusal_.reset();
    return spool_.acknowledge(kind, acknowledgement.sequence, now.steady);
}

Result<void> Courier::take(const line::Echo& echo, const Moment& /*now*/) {
    difference_ = std::chrono::nanoseconds(echo.difference);
    return {};
}

Result<void> Courier::take(const line::Hold& hold, const Moment& now) {
    held_until_ = now.steady + std::chrono::seconds(std::clamp<int>(hold.seconds, 1, 60));
    holds_ = true;
    refusal_ = hold.reason;
    rewind();
    return {};
}

Result<void> Courier::take(const line::Bye& bye, const Moment& /*now*/) {
    if (bye.reason != line::Reason::ending) refusal_ = bye.reason;
    return base::because(ErrorKind::denied, "the collector ends the connection: {}",
                         why_of(bye.reason).english());
}

Result<void> Courier::take(const line::Order& arrived, const Moment& /*now*/) {
    if (phase_ != Phase::welcome) {
        return base::because(ErrorKind::invalid, "the collector sends an order before its welcome");
    }
    if (!orders_.contains(arrived.number)) {
        if (orders_.size() >= line::maximum_orders) {
            return base::because(ErrorKind::invalid, "the collector sends more orders than it may");
        }
        orders_.insert(arrived.number);
        arrived_.push_back(arrived);
    }
    reports_.push_back({arrived.number, line::OrderState::taken, {}});
    return {};
}

void Courier::report(line::Report report) {
    orders_.erase(report.number);
    if (phase_ == Phase::welcome) reports_.push_back(std::move(report));
}

std::vector<std::uint8_t> Courier::hello(const Moment& now) const {
    line::Hello hello;
    hello.spool = spool_.id();
    hello.boot = introduction_.boot;
    hello.start = introduction_.start;
    hello.clock = now.wall;
    hello.program = introduction_.program;
    for (const Class kind : order) {
        hello.acknowledged[index(kind)] = spool_.acknowledged(kind);
        hello.next[index(kind)] = spool_.next(kind);
    }
    return encode(hello);
}

std::vector<std::uint8_t> Courier::pulse(const Moment& now) const {
    const auto losses = spool_.losses();
    line::Pulse pulse;
    pulse.clock = now.wall;
    pulse.dropped = losses.dropped;
    pulse.damaged = losses.damaged;
    pulse.refused = losses.alerts_refused;
    pulse.overrun = overrun_ + losses.detail_refused;
    for (const Class kind : order) {
        pulse.waiting[index(kind)] = spool_.next(kind) - 1 - spool_.acknowledged(kind);
    }
    return encode(pulse);
}

// True: one was added.
Result<bool> Courier::add_batch(std::vector<std::uint8_t>& bytes) {
    for (const Class kind : order) {
        auto& sent = sent_[index(kind)];
        const auto records = spool_.read(kind, sent, batch_bytes);
        if (!records) return Failure(records.error());
        if (records->empty()) continue;
        const auto batch = line::make_batch(kind, sent, *records);
        sent = batch.first + batch.count - 1;
        unanswered_.push_back({kind, sent});
        const auto frame = encode(batch);
        bytes.insert(bytes.end(), frame.begin(), frame.end());
        return true;
    }
    return false;
}

Result<std::vector<std::uint8_t>> Courier::send(const Moment& now, std::size_t room) {
    std::vector<std::uint8_t> bytes;
    if (phase_ == Phase::away) return bytes;
    if (now.steady - heard_ >= line::silence_limit) {
        return base::because(ErrorKind::unavailable, "the collector has been silent for a minute");
    }
    if (std::exchange(says_hello_, false)) return hello(now);
    if (phase_ != Phase::welcome) return bytes;
    if (now.steady >= next_pulse_) {
        next_pulse_ = now.steady + pulse_pause_;
        bytes = pulse(now);
    }
    for (const auto& report : std::exchange(reports_, {})) {
        const auto frame = encode(report);
        bytes.insert(bytes.end(), frame.begin(), frame.end());
    }
    holds_ = now.steady < held_until_;
    while (!holds_ && bytes.size() < room && unanswered_.size() < line::maximum_unanswered) {
        const auto added = add_batch(bytes);
        if (!added) return Failure(added.error());
        if (!*added) break;
    }
    return bytes;
}

Clock::time_point Courier::due() const {
    auto first = heard_ + line::silence_limit;
    if (phase_ == Phase::welcome) first = std::min(first, next_pulse_);
    if (holds_) first = std::min(first, held_until_);
    return first;
}

}  // namespace shoji::delivery
