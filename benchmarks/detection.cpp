// What the analytics find in a simulated month of a city (watch/detect/city), and how often they
// cry wolf.  bench-detection [--json] [--alarms] [--terminals N] [--days N] [--seed N] LIST
//
// LIST is the list of destinations by name. Each kind of attack comes three times, on terminals of
// their own, from days that the seed chooses, in the second and third quarter of the days. An
// attack is found when an alert comes of one of its own activities; every alert of another activity
// is a false alarm. --alarms prints each false alarm.
#include "watch/detect/beacon/detector.h"
#include "watch/detect/city/city.h"
#include "watch/detect/exfiltration/exfiltration.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace shoji::bench {
namespace {

using city::AttackKind;
using Clock = std::chrono::steady_clock;

constexpr std::uint32_t instances = 3;

struct Options {
    bool json = false;
    bool alarms = false;
    std::uint32_t terminals = 1000;
    std::uint32_t days = 30;
    std::uint64_t seed = 1;
    std::string list;
};

// The detectors that are measured, in the order of the tables.
constexpr std::array<std::string_view, 2> detectors{"exfiltration", "beacon"};

struct Found {
    event::Time told = 0;  // the first alert
    std::string by;
};

// Of one detector.
struct Tally {
    std::vector<Found> found;                     // by attack
    std::map<std::string, std::uint64_t> alarms;  // false ones, by kind
    std::uint64_t alarm_count = 0;
    Clock::duration spent{};
    std::size_t state_bytes = 0;
};

struct Figures {
    std::uint64_t activities = 0;
    std::vector<event::Time> began;  // each attack's first activity
    std::array<Tally, detectors.size()> tallies;
};

// Whether the attack needs a terminal of a certain sort.
bool suits(const city::World& world, AttackKind kind, std::uint32_t host) {
    if (kind == AttackKind::night_upload) return world.always_on(host);
    if (kind == AttackKind::archive_then_send) return world.handles_classified(host);
    return true;
}

city::CityPlan plan_of(const Options& options) {
    city::CityPlan plan;
    plan.terminals = options.terminals;
    plan.day_count = options.days;
    plan.seed = options.seed;
    const city::World world(plan);
    city::Random random(city::mix(options.seed, 0xBE7C4));
    std::vector<bool> taken(plan.terminals);
    for (std::size_t i = 0; i < city::attack_kinds * instances; ++i) {
        const auto kind = static_cast<AttackKind>(i / instances);
        auto host = static_cast<std::uint32_t>(random.below(plan.terminals));
        for (std::uint32_t tried = 0; taken[host] || !suits(world, kind, host); ++tried) {
            if (tried > plan.terminals) throw std::runtime_error("too few terminals");
            host = (host + 1) % plan.terminals;
        }
        taken[host] = true;
        const auto quarter = std::max<std::uint64_t>(1, options.days / 4);
        auto day = quarter + random.below(2 * quarter);
        while (!world.workday(static_cast<std::int64_t>(day))) ++day;
        const auto minute = static_cast<event::Time>(random.below(6 * 60));
        plan.attacks.push_back({.kind = kind,
                                .host = host,
                                .start = plan.start + static_cast<event::Time>(day) * city::days +
                                         10 * city::hours + minute * city::minutes});
    }
    return plan;
}

exfiltration::NameList read_list(const std::string& path) {
    std::ifstream file(path);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    auto list = exfiltration::NameList::parse(text);
    if (!list) throw std::runtime_error(path + ": " + list.error().message);
    return std::move(list.value());
}

void count(Tally& tally, city::Label label, event::Time time, const std::string& kind) {
    if (label == 0) {
        ++tally.alarms[kind];
        ++tally.alarm_count;
    } else if (auto& found = tally.found[label - 1]; found.told == 0) {
        found = {time, kind};
    }
}

// An alert's text is printed when it is a false alarm and these are wanted.
bool is_shown(const Options& options, city::Label label) {
    return options.alarms && label == 0;
}

void watch(exfiltration::Exfiltration& detector, const event::Activity& activity, city::Label label,
           const Options& options, Tally& tally) {
    std::vector<exfiltration::Alert> alerts;
    const auto start = Clock::now();
    detector.observe(activity, alerts);
    tally.spent += Clock::now() - start;
    for (const auto& alert : alerts) {
        count(tally, label, alert.time,
              fmt::format("{} {}", exfiltration::name_of(alert.kind),
                          exfiltration::name_of(alert.medium)));
        if (is_shown(options, label)) {
            fmt::print(stderr, "{} {} {} on {}: {} to {}, limit {} ({}, {} samples)\n",
                       exfiltration::name_of(alert.kind), exfiltration::name_of(alert.medium),
                       alert.user, alert.host, alert.amount, alert.destination,
                       alert.baseline.limit, exfiltration::name_of(alert.baseline.from),
                       alert.baseline.samples);
        }
    }
}

void watch(beacon::Detector& detector, const event::Activity& activity, city::Label label,
           const Options& options, Tally& tally) {
    const auto start = Clock::now();
    detector.add(activity);
    const auto alerts = detector.take_alerts();
    tally.spent += Clock::now() - start;
    for (const auto& alert : alerts) {
        count(tally, label, alert.time, std::string(beacon::name_of(alert.kind)));
        if (is_shown(options, label)) {
            fmt::print(stderr, "{}: {} to {}, threat {:.2f}, {} contacts\n",
                       beacon::name_of(alert.kind), alert.host, alert.destination, alert.threat,
                       alert.contacts);
        }
    }
}

Figures measure(const Options& options) {
    const auto plan = plan_of(options);
    city::City city(plan);
    exfiltration::Settings settings;
    settings.classified = {R"(\\fs01\mynumber)"};
    exfiltration::Exfiltration taken_out(settings, read_list(options.list));
    beacon::Detector outside{beacon::Settings{}};
    Figures figures;
    figures.began.resize(plan.attacks.size());
    for (auto& tally : figures.tallies) tally.found.resize(plan.attacks.size());
    event::Activity activity;
    city::Label label = 0;
    while (city.next(activity, label)) {
        ++figures.activities;
        if (label != 0 && figures.began[label - 1] == 0) figures.began[label - 1] = activity.time;
        watch(taken_out, activity, label, options, figures.tallies[0]);
        watch(outside, activity, label, options, figures.tallies[1]);
    }
    figures.tallies[0].state_bytes = taken_out.save().size();
    figures.tallies[1].state_bytes = outside.save().size();
    return figures;
}

// Of one kind of attack, by one detector.
struct Row {
    std::uint32_t found = 0;
    std::optional<event::Time> after;  // the median of those found
    std::string by;
};

Row row_of(const Figures& figures, std::size_t detector, std::size_t kind) {
    Row row;
    std::vector<event::Time> after;
    for (std::size_t i = kind * instances; i < (kind + 1) * instances; ++i) {
        const auto& one = figures.tallies.at(detector).found[i];
        if (one.told == 0) continue;
        ++row.found;
        after.push_back(one.told - figures.began[i]);
        if (row.by.find(one.by) == std::string::npos) {
            row.by += (row.by.empty() ? "" : ", ") + one.by;
        }
    }
    std::ranges::sort(after);
    if (!after.empty()) row.after = after[after.size() / 2];
    return row;
}

double a_second(const Figures& figures, const Tally& tally) {
    return static_cast<double>(figures.activities) /
           std::chrono::duration<double>(tally.spent).count();
}

double a_day(std::uint64_t count, const Options& options) {
    return static_cast<double>(count) / options.days;
}

std::string time_text(event::Time time) {
    if (time < 2 * city::minutes) return fmt::format("{} s", time / city::seconds);
    if (time < 2 * city::hours) return fmt::format("{} min", time / city::minutes);
    if (time < 2 * city::days) return fmt::format("{} h", time / city::hours);
    return fmt::format("{:.1f} days", static_cast<double>(time) / city::days);
}

void show(const Options& options, const Figures& figures) {
    for (std::size_t detector = 0; detector < detectors.size(); ++detector) {
        const auto& tally = figures.tallies.at(detector);
        fmt::print("{}\n{:<28}  {:>5}  {:>9}  {}\n", detectors.at(detector), "attack", "found",
                   "after", "by");
        for (std::size_t kind = 0; kind < city::attack_kinds; ++kind) {
            const auto row = row_of(figures, detector, kind);
            fmt::print("{:<28}  {}/{:<3}  {:>9}  {}\n",
                       city::name_of(static_cast<AttackKind>(kind)), row.found, instances,
                       row.after ? time_text(*row.after) : "-", row.by);
        }
        fmt::print("\n{:<28}  {}\n", "false alarms", "a day");
        for (const auto& [name, alarms] : tally.alarms) {
            fmt::print("{:<28}  {:.2f}\n", name, a_day(alarms, options));
        }
        fmt::print("{:<28}  {:.2f}\n\n{:.0f} activities a second; state {:.1f} MB\n\n", "all",
                   a_day(tally.alarm_count, options), a_second(figures, tally),
                   static_cast<double>(tally.state_bytes) / 1e6);
    }
    fmt::print("{} terminals, {} days, seed {}: {} activities\n", options.terminals, options.days,
               options.seed, figures.activities);
}

std::string json_of(const Options& options, const Figures& figures, std::size_t detector) {
    const auto& tally = figures.tallies.at(detector);
    std::string attacks;
    for (std::size_t kind = 0; kind < city::attack_kinds; ++kind) {
        const auto row = row_of(figures, detector, kind);
        attacks += fmt::format(
            R"({}{{"attack":"{}","instances":{},"found":{},"median_seconds":{},"by":"{}"}})",
            attacks.empty() ? "" : ",", city::name_of(static_cast<AttackKind>(kind)), instances,
            row.found, row.after ? std::to_string(*row.after / city::seconds) : "null", row.by);
    }
    std::string alarms;
    for (const auto& [name, number] : tally.alarms) {
        alarms += fmt::format(R"({}{{"kind":"{}","a_day":{:.3f}}})", alarms.empty() ? "" : ",",
                              name, a_day(number, options));
    }
    return fmt::format(R"({{"detector":"{}","activities_per_second":{:.0f},"state_bytes":{},)"
                       R"("attacks":[{}],"false_alarms_a_day":{:.3f},"false_alarms":[{}]}})",
                       detectors.at(detector), a_second(figures, tally), tally.state_bytes, attacks,
                       a_day(tally.alarm_count, options), alarms);
}

void show_json(const Options& options, const Figures& figures) {
    std::string all;
    for (std::size_t detector = 0; detector < detectors.size(); ++detector) {
        all += (all.empty() ? "" : ",") + json_of(options, figures, detector);
    }
    fmt::print(R"({{"terminals":{},"days":{},"seed":{},"activities":{},"detectors":[{}]}})"
               "\n",
               options.terminals, options.days, options.seed, figures.activities, all);
}

template <class Number>
Number number_of(std::string_view text, Number least, Number most) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < least ||
        number > most) {
        throw std::runtime_error(fmt::format("{} is no number from {} to {}", text, least, most));
    }
    return number;
}

Options options_of(const std::vector<std::string>& words) {
    Options options;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto value = [&]() -> std::string_view {
            if (i + 1 >= words.size()) throw std::runtime_error(words[i] + " needs a number");
            return words[++i];
        };
        if (words[i] == "--json") {
            options.json = true;
        } else if (words[i] == "--alarms") {
            options.alarms = true;
        } else if (words[i] == "--terminals") {
            options.terminals = number_of<std::uint32_t>(value(), 150, 20'000);
        } else if (words[i] == "--days") {
            options.days = number_of<std::uint32_t>(value(), 12, 365);
        } else if (words[i] == "--seed") {
            options.seed = number_of<std::uint64_t>(value(), 0, UINT64_MAX);
        } else if (!words[i].starts_with('-') && options.list.empty()) {
            options.list = words[i];
        } else {
            throw std::runtime_error("what is " + words[i] + "?");
        }
    }
    if (options.list.empty()) throw std::runtime_error("the list of destinations is missing");
    return options;
}

}  // namespace
}  // namespace shoji::bench

int main(int count, char** values) {
    try {
        const auto options = shoji::bench::options_of({values + 1, values + count});
        const auto figures = shoji::bench::measure(options);
        if (options.json) {
            shoji::bench::show_json(options, figures);
        } else {
            shoji::bench::show(options, figures);
        }
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
}
