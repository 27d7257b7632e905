#include "watch/detect/analysis/losses.h"

#include <algorithm>
#include <string>
#include <utility>

namespace shoji::analysis {
namespace {

struct Sort {
    std::string_view rule;
    incident::Level level;
    std::uint64_t count;
    // What it consists of: the names of the values.
    std::vector<std::pair<std::string_view, std::uint64_t>> parts;
};

std::array<Sort, LossTeller::sorts> sorts_of(const Losses& losses) {
    using incident::Level;
    const auto& beacon = losses.beacon;
    const auto& gathered = losses.incident;
    std::array<Sort, LossTeller::sorts> sorts{{
        {"lost_alerts",
         Level::high,
         0,
         // What intrusion holds back it tells itself ("flood").
         {{"beacon", beacon.alerts}}},
        {"lost_incidents",
         Level::medium,
         0,
         {{"open", gathered.open},
          {"over", gathered.over},
          {"gathered", gathered.gathered},
          {"unjoined", gathered.unjoined}}},
        {"lost_memory",
         Level::low,
         0,
         {{"exfiltration", losses.exfiltration.displaced},
          {"intrusion", losses.intrusion.displaced},
          {"beacon", beacon.forgotten_destinations + beacon.forgotten_pairs +
                         beacon.forgotten_rhythms + beacon.hosts + beacon.destinations}}},
        {"lost_activities",
         Level::low,
         0,
         {{"clocks", std::max({losses.exfiltration.untimely, losses.intrusion.untimely,
                               gathered.untimely, beacon.strange_clock}) +
                         beacon.untimed},
          {"nameless", beacon.nameless},
          {"clipped", losses.exfiltration.clipped}}},
    }};
    for (auto& sort : sorts) {
        for (const auto& [name, count] : sort.parts) sort.count += count;
    }
    return sorts;
}

incident::Alert alert_of(const Sort& sort, std::uint64_t before, event::Time now) {
    incident::Alert alert;
    alert.time = now;
    alert.detector = incident::Detector::analysis;
    alert.rule = sort.rule;
    alert.what = "analysis." + alert.rule;
    alert.level = sort.level;
    alert.values = {{"count", std::to_string(sort.count - before)}};
    for (const auto& [name, count] : sort.parts) {
        alert.values.push_back({std::string(name), std::to_string(count)});
    }
    return alert;
}

}  // namespace

std::uint64_t Losses::grave() const {
    constexpr std::size_t first_harmless = 3;
    const auto all = sorts_of(*this);
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < first_harmless; ++i) sum += all.at(i).count;
    return sum;
}

void LossTeller::tell(const Losses& losses, event::Time now, bool now_or_never,
                      std::vector<incident::Alert>& alerts) {
    const auto all = sorts_of(losses);
    for (std::size_t i = 0; i < sorts; ++i) {
        auto& told = told_.at(i);
        const auto count = all.at(i).count;
        if (count <= told.count) continue;
        // The first is told at once; a clock that was set back counts as a day.
        const bool is_due = told.time == 0 || now < told.time || now - told.time >= incident::day;
        if (!is_due && !now_or_never) continue;
        alerts.push_back(alert_of(all.at(i), told.count, now));
        told = {count, now};
    }
}

}  // namespace shoji::analysis
