// The hub's side of the protocol.
#include "hub/collector.h"

#include "core/store/guarded.h"
#include "watch/line/batch.h"

#include <algorithm>

#include <spdlog/spdlog.h>

namespace shoji::hub {
namespace {

using base::Failure;
using base::Result;
using line::Class;
using line::Reason;
using namespace std::chrono_literals;

constexpr std::size_t most_batches = 64;  // of one turn
constexpr std::size_t most_refused = 1000;
constexpr auto refused_pause = 1h;  // between alerts of one certificate

constexpr std::size_t index(Class kind) {
    return static_cast<std::size_t>(kind);
}

}  // namespace

Collector::Admission Collector::admit(const std::string& name, const store::Digest& fingerprint,
                                      const Moment& now) {
    const auto found = by_fingerprint_.find(fingerprint);
    const bool is_known = found != by_fingerprint_.end();
    if (!is_known || sensors_.at(found->second).sensor.revoked != 0) {
        const Reason reason = is_known ? Reason::revoked : Reason::unknown;
        auto told = told_refused_.find(fingerprint);
        if (told == told_refused_.end() || now.steady - told->second >= refused_pause) {
            if (told_refused_.size() >= most_refused) told_refused_.clear();
            told_refused_[fingerprint] = now.steady;
            raise(name, "refused", incident::Level::high,
                  {{"host", name}, {"reason", std::string(name_of(reason))}}, now);
        }
        return {0, reason};
    }
    Known& known = sensors_.at(found->second);
    if (known.link) {
        Link& older = links_.at(*known.link);
        end(older, Reason::replaced);
        older.sensor = 0;
    }
    const LinkId id = next_link_++;
    links_[id].sensor = known.sensor.id;
    known.link = id;
    return {id, std::nullopt};
}

void Collector::leave(LinkId id) {
    const auto found = links_.find(id);
    if (found == links_.end()) return;
    const auto known = sensors_.find(found->second.sensor);
    if (known != sensors_.end() && known->second.link == id) known->second.link.reset();
    links_.erase(found);
}

void Collector::end(Link& link, Reason reason) {
    if (link.ends) return;
    link.waiting.clear();
    link.answers.emplace_back(line::Bye{reason});
    link.ends = true;
}

bool Collector::is_full(LinkId id) const {
    const auto found = links_.find(id);
    return found != links_.end() && found->second.waiting.size() >= line::maximum_unanswered;
}

std::vector<line::Message> Collector::take_answers(LinkId id) {
    const auto found = links_.find(id);
    if (found == links_.end()) return {};
    return std::exchange(found->second.answers, {});
}

bool Collector::ends(LinkId id) const {
    const auto found = links_.find(id);
    return found == links_.end() || found->second.ends;
}

void Collector::receive(LinkId id, line::Message message, const Moment& now) {
    const auto found = links_.find(id);
    if (found == links_.end() || found->second.ends) return;
    Link& link = found->second;
    Known& known = sensors_.at(link.sensor);
    known.heard = now.steady;
    if (std::exchange(known.told_silent, false)) {
        raise(known.sensor.name, "back", incident::Level::informational,
              {{"host", known.sensor.name}}, now);
    }
    std::visit([&](auto&& one) { take(id, link, std::forward<decltype(one)>(one), now); },
               std::move(message));
}

template <class Other>
void Collector::take(LinkId /*id*/, Link& link, const Other& /*other*/, const Moment& /*now*/) {
    end(link, Reason::broken_rule);
}

void Collector::take(LinkId /*id*/, Link& link, const line::Hello& hello, const Moment& now) {
    if (link.said_hello) return end(link, Reason::broken_rule);
    if (hello.version != line::protocol_version) return end(link, Reason::version);
    link.said_hello = true;
    Known& known = sensors_.at(link.sensor);
    Sensor& sensor = known.sensor;
    line::Welcome welcome;
    welcome.clock = now.wall;
    if (hello.spool == sensor.spool) {
        for (std::size_t i = 0; i < line::classes; ++i) {
            if (hello.next.at(i) <= sensor.last.at(i)) welcome.renew = true;
        }
    }
    if (welcome.renew) {
        raise_provoked(known, "copy", incident::Level::high, {{"host", sensor.name}}, now);
        link.answers.emplace_back(welcome);
        link.ends = true;
        return;
    }
    introduce(known, hello, now);
    welcome.stored = sensor.last;
    link.answers.emplace_back(welcome);
    compare_clock(known, hello.clock, now);
    send_orders(link);
}

// What the sensor says of itself, against what is known of it.
void Collector::introduce(Known& known, const line::Hello& hello, const Moment& now) {
    Sensor& sensor = known.sensor;
    const bool is_new = sensor.spool == line::SpoolId{};
    const Values host{{"host", sensor.name}};
    if (hello.spool != sensor.spool) {
        if (!is_new) raise_provoked(known, "replaced", incident::Level::medium, host, now);
        sensor.spool = hello.spool;
        sensor.last = hello.acknowledged;
    }
    for (std::size_t i = 0; i < line::classes; ++i) {
        if (hello.acknowledged.at(i) <= sensor.last.at(i)) continue;
        // It was stored here once, and is no longer: this database is an older copy.
        const auto missing = hello.acknowledged.at(i) - sensor.last.at(i);
        raise_provoked(known, "hub_lost", incident::Level::high,
                       {{"host", sensor.name}, {"count", std::to_string(missing)}}, now);
        sensor.last.at(i) = hello.acknowledged.at(i);
        sensor.lost += missing;
    }
    if (!is_new && hello.boot != sensor.boot) {
        raise_provoked(known, "booted", incident::Level::informational, host, now);
    } else if (!is_new && hello.start != sensor.start) {
        raise_provoked(known, "restarted", incident::Level::medium, host, now);
    }
    if (hello.start != sensor.start) sensor.overrun = sensor.refused = 0;
    sensor.boot = hello.boot;
    sensor.start = hello.start;
    sensor.program = hello.program;
    sensor.seen = now.seconds();
    changed_.insert(sensor.id);
}

void Collector::compare_clock(Known& known, line::Nanoseconds sensor_clock, const Moment& now) {
    constexpr line::Nanoseconds tolerance = 60'000'000'000;
    // Whatever was sent.
    if (__builtin_sub_overflow(now.wall, sensor_clock, &known.difference)) {
        known.difference = sensor_clock < 0 ? INT64_MAX : -INT64_MAX;
    }
    const bool is_off = known.difference > tolerance || known.difference < -tolerance;
    if (is_off && !known.told_clock) {
        raise_provoked(known, "clock", incident::Level::medium,
                       {{"host", known.sensor.name},
                        {"seconds", std::to_string(-known.difference / 1'000'000'000)}},
                       now);
    }
    known.told_clock = is_off;
}

void Collector::take(LinkId /*id*/, Link& link, line::Batch batch, const Moment& /*now*/) {
    const bool in_order = link.said_hello && link.waiting.size() < line::maximum_unanswered;
    if (!in_order) return end(link, Reason::broken_rule);
    link.waiting.push_back(std::move(batch));
}

void Collector::take(LinkId /*id*/, Link& link, const line::Pulse& pulse, const Moment& now) {
    if (!link.said_hello) return end(link, Reason::broken_rule);
    Known& known = sensors_.at(link.sensor);
    // What was dropped or damaged is missed in the sequences; these never had one.
    const auto more = [](std::uint64_t value, std::uint64_t before) {
        return value > before ? value - before : 0;
    };
    known.untold[index(Class::event)] += more(pulse.overrun, known.sensor.overrun);
    known.untold_refused += more(pulse.refused, known.sensor.refused);
    known.sensor.overrun = pulse.overrun;
    known.sensor.refused = pulse.refused;
    known.pulse = pulse;
    compare_clock(known, pulse.clock, now);
    tell_losses(known, now);
    known.sensor.seen = now.seconds();
    changed_.insert(known.sensor.id);
    link.answers.emplace_back(line::Echo{pulse.clock, now.wall, known.difference});
}

// The records of a batch that are new, checked. An error: the sensor breaks the rules.
Result<void> Collector::read_records(Prepared& prepared, line::Batch batch, const Known& known,
                                     const Moment& now) {
    const auto body = line::unpack(batch);
    if (!body) return Failure(body.error());
    const std::uint64_t stored = known.sensor.last.at(index(batch.kind));
    std::vector<spool::Record> fresh;
    const bool is_alert = batch.kind == Class::alert;
    auto done = line::for_each_record(
        batch.first, batch.count, *body, [&](std::uint64_t sequence, auto record) {
            if (sequence <= stored) return;
            if (!is_alert) {
                fresh.push_back({sequence, {record.begin(), record.end()}});
                return;
            }
            auto alert = incident::alert_from(record);
            if (!alert) {
                ++prepared.nonsense;
                return;
            }
            prepared.alert_bytes += record.size();
            // A sensor speaks for its own host, whatever it says.
            alert->host = known.sensor.name;
            prepared.alerts.push_back(
                {0, known.sensor.id, sequence, now.seconds(), std::move(*alert)});
        });
    if (!done || is_alert) return done;
    // The usual case is stored as it came.
    prepared.batch =
        batch.first > stored ? std::move(batch) : line::make_batch(batch.kind, stored, fresh);
    return {};
}

std::optional<Collector::Prepared> Collector::prepare(LinkId id, Link& link, const Moment& now) {
    line::Batch batch = std::move(link.waiting.front());
    link.waiting.pop_front();
    Known& known = sensors_.at(link.sensor);
    const std::uint64_t stored = known.sensor.last.at(index(batch.kind));
    // Said before a hold and overtaken by it: the sensor says it again.
    if (batch.previous > stored) return std::nullopt;
    const std::uint64_t last = batch.first + batch.count - 1;
    if (last <= stored) {
        link.answers.emplace_back(line::Acknowledgement{batch.kind, stored});
        return std::nullopt;
    }
    Prepared prepared;
    prepared.link = id;
    prepared.sensor = known.sensor.id;
    prepared.kind = batch.kind;
    prepared.last = last;
    prepared.lost = batch.first > stored + 1 ? batch.first - 1 - stored : 0;
    if (auto read = read_records(prepared, std::move(batch), known, now); !read) {
        spdlog::warn("{}: {}", known.sensor.name, read.error().message);
        raise_provoked(known, "nonsense", incident::Level::high, {{"host", known.sensor.name}},
                       now);
        end(link, Reason::broken_rule);
        return std::nullopt;
    }
    if (!has_room(known, prepared.alert_bytes, now)) {
        link.waiting.clear();
        link.answers.emplace_back(line::Hold{Reason::disk_full, share_hold.count()});
        return std::nullopt;
    }
    return prepared;
}

// One of each link that has some, beginning behind where the last turn ended.
std::vector<Collector::Prepared> Collector::next_batches(const Moment& now) {
    std::vector<Prepared> batches;
    std::vector<LinkId> order;
    for (const auto& [id, link] : links_) {
        if (!link.waiting.empty()) order.push_back(id);
    }
    const auto from = std::ranges::upper_bound(order, turn_from_);
    std::ranges::rotate(order, from);
    for (const LinkId id : order) {
        if (batches.size() == most_batches) break;
        turn_from_ = id;
        if (auto one = prepare(id, links_.at(id), now)) batches.push_back(std::move(*one));
    }
    return batches;
}

bool Collector::turn(const Moment& now) {
    const bool waits = std::ranges::any_of(
        links_, [](const auto& entry) { return !entry.second.waiting.empty(); });
    if (blocked_until_ && now.steady < *blocked_until_) {
        hold_all(line::Reason::disk_full, *blocked_until_ - now.steady);
        return false;
    }
    if (!waits && own_.empty()) return false;
    auto batches = next_batches(now);
    if (batches.empty() && own_.empty()) return waits;
    if (const auto stored = store(batches, now); !stored) {
        refuse(batches, stored.error(), now);
        return false;
    }
    settle(batches, now);
    return true;
}

Result<void> Collector::store(std::vector<Prepared>& batches, const Moment& now) {
    std::vector<StoredAlert> own;
    for (const auto& alert : own_) own.push_back({0, 0, 0, now.seconds(), alert});
    auto done = store::guarded(database_, "storing", [&](SQLite::Database& connection) {
        SQLite::Transaction transaction(connection);
        std::map<store::RowId, Sensor> rows;
        for (const store::RowId id : changed_) rows.emplace(id, sensors_.at(id).sensor);
        for (auto& alert : own) alert.id = Records::insert(connection, alert);
        for (auto& one : batches) {
            for (auto& alert : one.alerts) alert.id = Records::insert(connection, alert);
            if (one.kind != Class::alert) {
                Records::insert(connection, one.sensor, one.batch, now.seconds());
            }
            Sensor& row =
                rows.try_emplace(one.sensor, sensors_.at(one.sensor).sensor).first->second;
            row.last.at(index(one.kind)) = one.last;
            row.lost += one.lost;
            row.seen = now.seconds();
        }
        for (const auto& [id, row] : rows) Sensors::save(connection, row);
        transaction.commit();
    });
    if (!done) return done;
    changed_.clear();
    own_.clear();
    for (const auto& alert : own) gather(alert);
    return {};
}

// They are on disk.
void Collector::settle(std::vector<Prepared>& batches, const Moment& now) {
    if (!trouble_.empty()) spdlog::info("records are stored again");
    trouble_.clear();
    blocked_until_.reset();
    for (auto& one : batches) {
        Known& known = sensors_.at(one.sensor);
        known.sensor.last.at(index(one.kind)) = one.last;
        known.sensor.lost += one.lost;
        known.sensor.seen = now.seconds();
        known.alert_bytes += one.alert_bytes;
        known.untold.at(index(one.kind)) += one.lost;
        if (one.nonsense > 0) {
            raise_provoked(known, "nonsense", incident::Level::high, {{"host", known.sensor.name}},
                           now);
        }
        tell_losses(known, now);
        for (const auto& alert : one.alerts) gather(alert);
        const auto link = links_.find(one.link);
        if (link == links_.end() || link->second.ends) continue;
        link->second.answers.emplace_back(line::Acknowledgement{one.kind, one.last});
    }
}

// Nothing of them is: who said them says them again.
void Collector::refuse(const std::vector<Prepared>& batches, const base::Error& error,
                       const Moment& now) {
    if (trouble_ != error.message) {
        spdlog::critical("nothing is stored, and nothing acknowledged: {}", error.message);
    }
    trouble_ = error.message;
    blocked_until_ = now.steady + hold;
    const Reason reason =
        error.kind == base::ErrorKind::full ? Reason::disk_full : Reason::disk_failed;
    for (const auto& one : batches) {
        const auto link = links_.find(one.link);
        if (link != links_.end()) link->second.held = true;
    }
    hold_all(reason, hold);
}

// Everybody who has said something since it was told last.
void Collector::hold_all(Reason reason, std::chrono::steady_clock::duration rest) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(rest).count();
    for (auto& [id, link] : links_) {
        const bool has_said = std::exchange(link.held, false) || !link.waiting.empty();
        link.waiting.clear();
        if (!has_said || link.ends) continue;
        link.answers.emplace_back(line::Hold{reason, static_cast<std::uint16_t>(seconds)});
    }
}

}  // namespace shoji::hub
