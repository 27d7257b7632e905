#include "watch/detect/intrusion/detector.h"

#include "watch/detect/incident/names.h"

#include <algorithm>
#include <string>
#include <utility>

namespace shoji::intrusion {
namespace {

constexpr std::uint32_t magic = 0x52544E49;  // "INTR"
constexpr std::uint16_t version = 1;

}  // namespace

Detector::Detector(Settings settings, Lists lists)
    : settings_(std::move(settings)),
      lists_(std::move(lists)),
      persistence_(settings_),
      credentials_(settings_),
      parents_(settings_),
      lateral_(settings_),
      storms_(settings_),
      rates_(settings_.most_hosts) {}

void Detector::observe(const event::Activity& activity, const incident::Evidence& evidence,
                       std::vector<Alert>& alerts) {
    using event::ActivityKind;
    auto host = incident::host_key(activity.host);
    clock_.believe(activity.time, host);
    if (clock_.now() == 0) return;  // nobody has said what time it is
    // The clock may have been set back to before the beginning.
    if (began_ == 0 || began_ > clock_.now()) began_ = clock_.now();
    switch (activity.kind) {
        case ActivityKind::process:
        case ActivityKind::logon:
        case ActivityKind::service:
        case ActivityKind::file_read:
        case ActivityKind::file_write:
        case ActivityKind::file_rename:
            break;
        default:
            return;
    }
    const auto from = alerts.size();
    const Look look{activity,
                    evidence,
                    settings_,
                    lists_,
                    age(),
                    std::move(host),
                    incident::path_key(activity.process),
                    alerts};
    take(look);
    limit(look, from);
}

void Detector::take(const Look& look) {
    using event::ActivityKind;
    switch (look.activity.kind) {
        case ActivityKind::process: {
            const auto before = parents_.observe(look);
            const auto parent = incident::program_name(look.activity.parent);
            if (const auto* technique = lists_.remote(parent)) {
                lateral_.installed(look, *technique, before);
            }
            break;
        }
        case ActivityKind::logon:
            lateral_.logon(look);
            break;
        case ActivityKind::service: {
            const auto before = persistence_.observe(look);
            lateral_.installed(look, persistence_technique(look.activity), before);
            break;
        }
        case ActivityKind::file_read:
            credentials_.observe(look);
            break;
        default:
            credentials_.observe(look);
            storms_.observe(look);
            break;
    }
}

// A flood of one detection on one host is told once an hour, and counted.
void Detector::limit(const Look& look, std::size_t from) {
    for (std::size_t at = from; at < look.alerts.size();) {
        auto& alert = look.alerts[at];
        auto& rate = rates_.touch(alert.rule + '|' + look.host);
        if (rate.count == 0 || look.age.now - rate.since >= incident::hour) {
            rate = {look.age.now, 0};
        }
        ++rate.count;
        // What is critical comes by the storm and the chain; it is few.
        if (rate.count <= settings_.most_hourly) {
            ++at;
            continue;
        }
        ++held_;
        if (rate.count == settings_.most_hourly + 1) {
            auto flood = look.alert("flood", "intrusion.flood", Level::medium);
            flood.values = {{"rule", alert.rule}, {"limit", std::to_string(settings_.most_hourly)}};
            alert = std::move(flood);
            ++at;
        } else {
            look.alerts.erase(look.alerts.begin() + static_cast<std::ptrdiff_t>(at));
        }
    }
}

Detector::Losses Detector::losses() const {
    return {persistence_.displaced() + credentials_.displaced() + parents_.displaced() +
                lateral_.displaced() + storms_.displaced() + rates_.displaced(),
            held_, clock_.untimely()};
}

bool Detector::is_learning() const {
    return age().is_learning();
}

std::vector<std::uint8_t> Detector::save() const {
    base::Saver saver;
    saver(magic, version);
    const_cast<Detector*>(this)->transfer(saver);  // saving changes nothing
    return saver.take();
}

base::Result<void> Detector::load(std::span<const std::uint8_t> bytes) {
    base::Loader loader(bytes);
    std::uint32_t read_magic = 0;
    std::uint16_t read_version = 0;
    loader(read_magic, read_version);
    if (read_magic != magic || read_version != version) {
        return base::because(base::ErrorKind::corrupt,
                             "the state of intrusion: of another version");
    }
    transfer(loader);
    if (!loader.finished() || began_ < 0) {
        return base::because(base::ErrorKind::corrupt, "the state of intrusion: damaged");
    }
    return {};
}

}  // namespace shoji::intrusion
