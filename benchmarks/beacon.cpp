// How fast talk to the outside is watched, in how much memory, and what is found.  bench-beacon
// [--json] Speed: a day of 20,000 terminals. Detection: a month of 1,000 with eight attacks of each
// kind, begun in the second week; in the city that the defaults were chosen with, and in one that
// they never saw.
#include "benchmarks/city_batch.h"
#include "benchmarks/statistics.h"
#include "watch/detect/beacon/detector.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <time.h>

namespace shoji::bench {
namespace {

constexpr std::size_t batch_size = 200'000;
constexpr std::uint32_t attacks_of_kind = 8;
constexpr std::uint64_t tuned_seed = 7;
constexpr std::uint64_t fresh_seed = 2026;

// What the calling thread has used of a processor: others may use it as well meanwhile.
double processor_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    constexpr double nanosecond = 1e-9;
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * nanosecond;
}

beacon::Settings settings() {
    beacon::Settings settings;
    settings.inside = {"city.lg.jp"};
    return settings;
}

struct Speed {
    std::uint64_t activities = 0;
    double seconds = 0;   // of the processor, of the thread that took longest
    double resident = 0;  // of the detectors
    std::uint64_t alerts = 0;
    std::uint64_t forgotten = 0;
    beacon::Detector::Statistics last;

    [[nodiscard]] double rate() const { return static_cast<double>(activities) / seconds; }
};

// A detector a core; each terminal has its own, so that a destination's share of terminals is taken
// of each half apart.
Speed measure_speed(std::size_t cores) {
    city::CityPlan plan;
    plan.terminals = 20'000;
    plan.day_count = 1;
    city::City city(plan);
    CityBatch batch;
    batch.fill(city, batch_size);
    const double before = resident_mb();
    std::vector<beacon::Detector> detectors;
    for (std::size_t i = 0; i < cores; ++i) detectors.emplace_back(settings());
    Speed speed;
    do {
        std::vector<std::vector<const event::Activity*>> parts(cores);
        for (const auto& activity : batch.activities()) {
            parts[std::hash<std::string_view>{}(activity.host) % cores].push_back(&activity);
        }
        std::vector<double> used(cores);
        const auto work = [&](std::size_t core) {
            const double start = processor_seconds();
            for (const auto* activity : parts[core]) detectors[core].add(*activity);
            used[core] = processor_seconds() - start;
        };
        std::vector<std::thread> others;
        for (std::size_t core = 1; core < cores; ++core) others.emplace_back(work, core);
        work(0);
        for (auto& other : others) other.join();
        speed.seconds += *std::ranges::max_element(used);
        speed.activities += batch.activities().size();
    } while (batch.fill(city, batch_size));
    speed.resident = resident_mb() - before;
    for (auto& detector : detectors) {
        speed.alerts += detector.take_alerts().size();
        speed.last = detector.statistics();
        speed.forgotten +=
            speed.last.dropped.forgotten_pairs + speed.last.dropped.forgotten_rhythms +
            speed.last.dropped.forgotten_destinations + speed.last.dropped.destinations;
    }
    return speed;
}

// 20, 30, 40 and 50 %.
std::uint32_t jitter_of(std::uint32_t kind, std::uint32_t number) {
    const bool jittered = static_cast<city::AttackKind>(kind) == city::AttackKind::jittered_beacon;
    return jittered ? 20 + number / 2 * 10 : 0;
}

// Every second attack is on a terminal that is never switched off.
city::CityPlan attacked_city(std::uint64_t seed) {
    city::CityPlan plan;
    plan.seed = seed;
    const city::World world(plan);
    std::vector<std::uint32_t> always;
    std::vector<std::uint32_t> office;
    for (std::uint32_t i = 0; i < plan.terminals; ++i) {
        (world.always_on(i) ? always : office).push_back(i);
    }
    for (std::uint32_t kind = 0; kind < city::outside_kinds; ++kind) {
        for (std::uint32_t i = 0; i < attacks_of_kind; ++i) {
            const std::uint32_t number = kind * attacks_of_kind + i;
            const auto& from = i % 2 == 0 ? always : office;
            city::Attack attack;
            attack.kind = static_cast<city::AttackKind>(kind);
            attack.host = from[number / 2 * 2 % from.size()];
            attack.start = plan.start + (7 + i % 4) * city::days + (9 + i) * city::hours;
            attack.jitter_percent = jitter_of(kind, i);
            // Half of the fronted ones have no host header.
            if (attack.kind == city::AttackKind::fronted_beacon) attack.bytes = 420 + i / 2 % 2;
            attack.like_browser = i >= attacks_of_kind / 2;
            plan.attacks.push_back(attack);
        }
    }
    return plan;
}

struct Found {
    std::uint32_t attacks = 0;
    std::vector<double> hours;  // from an attack's first act to its first alert
    std::set<std::string> by;
};

struct Detection {
    std::map<city::AttackKind, Found> kinds;
    std::map<std::string, std::uint64_t> false_destinations;
    std::uint64_t all_false = 0;
    std::uint64_t after_first_week = 0;
    std::uint32_t days = 0;

    [[nodiscard]] double false_a_day() const { return static_cast<double>(all_false) / days; }
};

void note_false(Detection& detection, const beacon::Alert& alert, const city::CityPlan& plan) {
    ++detection.all_false;
    ++detection.false_destinations[alert.destination];
    if (alert.time >= plan.start + 7 * city::days) ++detection.after_first_week;
}

Detection measure_detection(std::uint64_t seed) {
    const auto plan = attacked_city(seed);
    city::City city(plan);
    beacon::Detector detector(settings());
    Detection detection;
    detection.days = plan.day_count;
    for (const auto& attack : plan.attacks) ++detection.kinds[attack.kind].attacks;
    std::vector<event::Time> began(plan.attacks.size() + 1);
    std::vector<bool> told(plan.attacks.size() + 1);
    std::set<std::string, std::less<>> name_makers;
    for (const auto& attack : plan.attacks) {
        if (attack.kind == city::AttackKind::generated_names) {
            name_makers.emplace(city.world().host(attack.host));
        }
    }
    event::Activity activity;
    city::Label label = 0;
    while (city.next(activity, label)) {
        if (began[label] == 0) began[label] = activity.time;
        detector.add(activity);
        for (const auto& alert : detector.take_alerts()) {
            const bool of_host = alert.kind == beacon::AlertKind::generated_names ||
                                 alert.kind == beacon::AlertKind::flood;
            if (label == 0 && !(of_host && name_makers.contains(alert.host))) {
                note_false(detection, alert, plan);
                continue;
            }
            // Told of the terminal, perhaps while it does something harmless.
            if (label == 0) continue;
            auto& found = detection.kinds[plan.attacks[label - 1].kind];
            found.by.emplace(name_of(alert.kind));
            if (told[label]) continue;
            told[label] = true;
            // A connection is told of when it has ended.
            const event::Time seen = activity.time + activity.duration - began[label];
            found.hours.push_back(static_cast<double>(seen) / city::hours);
        }
    }
    return detection;
}

double middle(std::vector<double> values) {
    if (values.empty()) return 0;
    std::ranges::sort(values);
    return values[values.size() / 2];
}

std::string joined(const std::set<std::string>& texts) {
    std::string all;
    for (const auto& text : texts) all += (all.empty() ? "" : ", ") + text;
    return all;
}

void show_speed(const Speed& one, const Speed& two) {
    fmt::print("{:>6}  {:>12}  {:>14}  {:>12}  {:>8}\n", "cores", "activities", "activities/s",
               "resident MB", "alerts");
    for (const auto* speed : {&one, &two}) {
        fmt::print("{:>6}  {:>12}  {:>14.0f}  {:>12.1f}  {:>8}\n", speed == &one ? 1 : 2,
                   speed->activities, speed->rate(), speed->resident, speed->alerts);
    }
    fmt::print("{} pairs, {} destinations, {} rhythms; {} forgotten for want of room\n",
               one.last.pairs, one.last.destinations, one.last.rhythms, one.forgotten);
}

void show_detection(const Detection& detection, std::uint64_t seed) {
    fmt::print("\n{:<24} {:>8} {:>14} {:>14}  by  (seed {})\n", "attack", "found", "hours, median",
               "hours, longest", seed);
    for (const auto& [kind, found] : detection.kinds) {
        const double longest = found.hours.empty() ? 0 : *std::ranges::max_element(found.hours);
        fmt::print("{:<24} {:>4} / {} {:>14.1f} {:>14.1f}  {}\n", name_of(kind), found.hours.size(),
                   found.attacks, middle(found.hours), longest, joined(found.by));
    }
    fmt::print(
        "{} false alarms in {} days ({:.2f} a day) for {} destinations; {} of them after "
        "the first week\n",
        detection.all_false, detection.days, detection.false_a_day(),
        detection.false_destinations.size(), detection.after_first_week);
    for (const auto& [destination, count] : detection.false_destinations) {
        if (count > 1) fmt::print("  {} of them: {}\n", count, destination);
    }
}

void show_json(const Speed& one, const Speed& two, const Detection& detection) {
    std::string kinds;
    std::uint64_t alerts = detection.all_false;
    for (const auto& [kind, found] : detection.kinds) {
        alerts += found.hours.size();
        kinds += fmt::format(R"({}{{"kind":"{}","attacks":{},"found":{},"hours_median":{:.1f}}})",
                             kinds.empty() ? "" : ",", name_of(kind), found.attacks,
                             found.hours.size(), middle(found.hours));
    }
    fmt::print(R"({{"activities":{},"activities_per_second_per_core":{:.0f},)"
               R"("activities_per_second_two_cores":{:.0f},"resident_mb":{:.1f},"alerts":{},)"
               R"("forgotten":{},"false_alarms":{},"false_alarms_a_day":{:.2f},)"
               R"("false_destinations":{},"kinds":[{}]}})"
               "\n",
               one.activities, one.rate(), two.rate(), one.resident, alerts, one.forgotten,
               detection.all_false, detection.false_a_day(), detection.false_destinations.size(),
               kinds);
}

}  // namespace
}  // namespace shoji::bench

int main(int count, char** values) {
    using namespace shoji::bench;
    const bool json = count > 1 && std::string_view(values[1]) == "--json";
    const Speed one = measure_speed(1);
    const Speed two = measure_speed(2);
    const Detection tuned = measure_detection(tuned_seed);
    const Detection fresh = measure_detection(fresh_seed);
    if (json) {
        show_json(one, two, fresh);
        return 0;
    }
    show_speed(one, two);
    show_detection(tuned, tuned_seed);
    show_detection(fresh, fresh_seed);
}
