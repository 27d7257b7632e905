// What the collector does by itself: opening, alerts of its own, silence, room, saving; and what
// administrators ask.
#include "core/store/guarded.h"
#include "hub/collector.h"
#include "watch/detect/incident/names.h"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

namespace shoji::hub {
namespace {

using base::Failure;
using base::Result;
using line::Class;
using namespace std::chrono_literals;

constexpr std::size_t most_own = 1000;  // alerts that wait for the disk
constexpr auto loss_pause = 10min;      // between alerts of lost events of one sensor
constexpr auto sweep_pause = 60s;
constexpr auto save_pause = 60s;

std::string rule_of(std::string_view name) {
    return "sensor." + std::string(name);
}

}  // namespace

Collector::Collector(store::Database& database, Keep keep)
    : database_(database),
      keep_(keep),
      table_(database),
      records_(database),
      orders_(database),
      gatherer_(incident::Settings{}) {}

Result<std::unique_ptr<Collector>> Collector::open(store::Database& database, Keep keep,
                                                   const Moment& now) {
    std::unique_ptr<Collector> collector(new Collector(database, keep));
    if (auto restored = collector->restore(now); !restored) return Failure(restored.error());
    return collector;
}

Result<void> Collector::restore(const Moment& now) {
    auto sensors = table_.list();
    if (!sensors) return Failure(sensors.error());
    for (auto& sensor : *sensors) {
        by_fingerprint_[sensor.fingerprint] = sensor.id;
        Known& known = sensors_[sensor.id];
        known.sensor = std::move(sensor);
        known.heard = now.steady;
    }
    if (auto measured = measure_alerts(); !measured) return measured;
    auto incidents = records_.incidents();
    if (!incidents) return Failure(incidents.error());
    if (!incidents->state.empty()) {
        incident::Gatherer loaded{incident::Settings{}};
        if (const auto done = loaded.load(incidents->state); done) {
            gatherer_ = std::move(loaded);
            gathered_ = saved_ = incidents->through;
        } else {
            spdlog::error("{}: they are gathered again from the alerts", done.error().message);
        }
    }
    next_sweep_ = next_save_ = now.steady;
    if (auto restored = restore_suppressions(); !restored) return restored;
    return records_.alerts_behind(gathered_, [this](const StoredAlert& alert) { gather(alert); });
}

void Collector::gather(const StoredAlert& alert) {
    gatherer_.add(alert.alert);
    gathered_ = std::max(gathered_, alert.id);
}

// Stored with the next turn.
void Collector::raise(const std::string& host, std::string_view rule, incident::Level level,
                      Values values, const Moment& now) {
    if (own_.size() >= most_own) {
        ++own_lost_;
        return;
    }
    incident::Alert alert;
    alert.time = now.wall;
    alert.host = host;
    alert.detector = incident::Detector::sensor;
    alert.rule = rule_of(rule);
    alert.what = rule_of("alert." + std::string(rule));
    alert.level = level;
    alert.values = std::move(values);
    own_.push_back(alert.bounded());
}

bool Collector::raise_provoked(Known& known, std::string_view rule, incident::Level level,
                               Values values, const Moment& now) {
    const std::string& name = known.sensor.name;
    if (now.steady - known.hour >= 1h) {
        known.hour = now.steady;
        known.provoked = 0;
    }
    if (known.provoked > most_provoked) return false;
    if (++known.provoked > most_provoked) {
        raise(name, "unruly", incident::Level::high,
              {{"host", name}, {"count", std::to_string(most_provoked)}}, now);
        return false;
    }
    raise(name, rule, level, std::move(values), now);
    return true;
}

// At once for alerts; for detail once in a while, with all that was lost since.
void Collector::tell_losses(Known& known, const Moment& now) {
    const auto alerts =
        known.untold.at(static_cast<std::size_t>(Class::alert)) + known.untold_refused;
    std::uint64_t detail = 0;
    for (const Class kind : {Class::notice, Class::event}) {
        detail += known.untold.at(static_cast<std::size_t>(kind));
    }
    const bool is_due = !known.told_loss || now.steady - *known.told_loss >= loss_pause;
    const std::string& name = known.sensor.name;
    if (alerts > 0 && raise_provoked(known, "lost_alerts", incident::Level::critical,
                                     {{"host", name}, {"count", std::to_string(alerts)}}, now)) {
        known.untold.at(static_cast<std::size_t>(Class::alert)) = 0;
        known.untold_refused = 0;
    }
    if (detail > 0 && is_due) {
        raise(name, "lost", incident::Level::medium,
              {{"host", name}, {"count", std::to_string(detail)}}, now);
        for (const Class kind : {Class::notice, Class::event}) {
            known.untold.at(static_cast<std::size_t>(kind)) = 0;
        }
        known.told_loss = now.steady;
    }
}

void Collector::look_for_silence(const Moment& now) {
    for (auto& [id, known] : sensors_) {
        tell_losses(known, now);
        const bool is_expected = known.sensor.revoked == 0 && known.sensor.seen != 0;
        const bool is_silent = now.steady - known.heard >= keep_.silence;
        if (is_silent && known.link) end(links_.at(*known.link), line::Reason::ending);
        if (!is_expected || !is_silent || known.told_silent) continue;
        known.told_silent = true;
        raise(known.sensor.name, "silent", incident::Level::high,
              {{"host", known.sensor.name}, {"seconds", std::to_string(keep_.silence.count())}},
              now);
    }
}

Result<void> Collector::measure_alerts() {
    const auto bytes = records_.alert_bytes();
    if (!bytes) return Failure(bytes.error());
    for (auto& [id, known] : sensors_) {
        const auto found = bytes->find(id);
        known.alert_bytes = found == bytes->end() ? 0 : found->second;
        if (known.alert_bytes < keep_.alert_bytes) known.told_full = false;
    }
    return {};
}

// One sensor's alerts must not take the disk that those of all others need.
bool Collector::has_room(Known& known, std::uint64_t bytes, const Moment& now) {
    if (known.alert_bytes + bytes <= keep_.alert_bytes) return true;
    if (!std::exchange(known.told_full, true)) {
        const std::string& name = known.sensor.name;
        raise(name, "share_full", incident::Level::high,
              {{"host", name}, {"megabytes", std::to_string(keep_.alert_bytes >> 20U)}}, now);
    }
    return false;
}

void Collector::sweep(const Moment& now) {
    next_sweep_ = now.steady + sweep_pause;
    const auto swept = records_.sweep({keep_.event_bytes, now.seconds() - keep_.event_seconds,
                                       now.seconds() - keep_.alert_seconds});
    if (!swept) return spdlog::error("{}", swept.error().message);
    if (const auto forgot = orders_.forget(now.seconds() - keep_.alert_seconds); !forgot) {
        spdlog::error("{}", forgot.error().message);
    }
    if (swept->batches + swept->alerts > 0) {
        spdlog::info("made room: {} batches of events and {} alerts, the oldest, are gone",
                     swept->batches, swept->alerts);
    }
    if (swept->alerts > 0) {
        if (const auto done = measure_alerts(); !done) spdlog::error("{}", done.error().message);
    }
    if (swept->more) next_sweep_ = now.steady;
}

void Collector::save(const Moment& now) {
    next_save_ = now.steady + save_pause;
    if (gathered_ == saved_) return;
    if (auto saved = save_incidents(); !saved) spdlog::error("{}", saved.error().message);
}

void Collector::tick(const Moment& now) {
    look_for_silence(now);
    if (now.steady >= next_sweep_) sweep(now);
    if (now.steady >= next_save_) save(now);
}

Result<void> Collector::add_sensor(const std::string& name, const store::Digest& fingerprint,
                                   store::Seconds expires, const Moment& now) {
    auto added = table_.add(name, fingerprint, expires, now.seconds());
    if (!added) return Failure(added.error());
    by_fingerprint_[fingerprint] = added->id;
    Known& known = sensors_[added->id];
    known.sensor = std::move(*added);
    known.heard = now.steady;
    return {};
}

Result<void> Collector::revoke_sensor(const std::string& name, const Moment& now) {
    if (auto revoked = table_.revoke(name, now.seconds()); !revoked) return revoked;
    for (auto& [id, known] : sensors_) {
        if (known.sensor.name != name || known.sensor.revoked != 0) continue;
        known.sensor.revoked = now.seconds();
        if (known.link) end(links_.at(*known.link), line::Reason::revoked);
    }
    return {};
}

std::vector<Collector::SensorState> Collector::sensors() const {
    std::vector<SensorState> states;
    for (const auto& [id, known] : sensors_) {
        states.push_back({known.sensor, known.link.has_value(), known.told_silent, known.pulse,
                          known.difference});
    }
    return states;
}

}  // namespace shoji::hub
