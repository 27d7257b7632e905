// How fast Sigma rules are matched against Sysmon-shaped JSON, parsing included, beside simdjson
// merely parsing the same text in the same run.  bench-sigma [--json] FOLDER…
#include "benchmarks/statistics.h"
#include "benchmarks/sysmon_events.h"
#include "watch/detect/sigma/plan.h"
#include "watch/event/json_documents.h"
#include "watch/event/json_reader.h"
#include "watch/hunt/rule_set.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <future>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <simdjson.h>

namespace shoji::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t event_count = 100'000;
constexpr int rounds = 7;

// Rules ready to match, and what that took.
struct Ready {
    std::unique_ptr<hunt::RuleSet> rules;
    std::optional<sigma::Matcher> matcher;
    double load_seconds = 0;
};

std::unique_ptr<Ready> load(const std::vector<fs::path>& folders, const fs::path& cache = {}) {
    auto ready = std::make_unique<Ready>();
    const auto start = Clock::now();
    hunt::RuleRequest request;
    request.rules = folders;
    request.cache = cache;
    auto rules = hunt::read_rule_set(request);
    if (!rules) throw std::runtime_error(rules.error().message);
    ready->rules = std::move(*rules);
    ready->matcher = std::move(*sigma::Matcher::make(*ready->rules->plan));
    ready->load_seconds = seconds_since(start);
    return ready;
}

// `count` rules, from all over the folders, so that some of them hit; repeated, under other names,
// where there are fewer.
std::unique_ptr<Ready> load_some(const std::vector<fs::path>& folders, std::size_t count) {
    auto ready = std::make_unique<Ready>();
    ready->rules = std::make_unique<hunt::RuleSet>();
    auto& set = *ready->rules;
    auto rules = hunt::read_rule_folder(*hunt::rule_files(folders), {set.names, {}}).rules;
    const std::size_t own = rules.size();
    for (std::size_t i = 0; rules.size() < count; ++i) {
        rules.push_back(rules[i % own]);
        rules.back().id += fmt::format("-{}", i / own);
    }
    std::vector<sigma::Rule> chosen;
    for (std::size_t i = 0; i < count; ++i)
        chosen.push_back(std::move(rules[i * rules.size() / count]));
    set.plan = std::move(*sigma::Plan::compile(std::move(chosen), set.names));
    ready->matcher = std::move(*sigma::Matcher::make(*set.plan));
    return ready;
}

// Milliseconds that it takes to load rules that were compiled before; the median.
double cached_load_ms(const std::vector<fs::path>& folders) {
    std::string name = (fs::temp_directory_path() / "shoji-bench-XXXXXX").string();
    const fs::path cache = ::mkdtemp(name.data());
    load(folders, cache);
    std::vector<double> times;
    for (int round = 0; round < rounds; ++round) {
        const auto ready = load(folders, cache);
        if (!ready->rules->from_cache) throw std::runtime_error("nothing was kept in the cache");
        times.push_back(ready->load_seconds * 1000);
    }
    fs::remove_all(cache);
    return median(times);
}

// Each gives the seconds that one pass over the text took.
double parse_only(std::string_view text) {
    const auto start = Clock::now();
    simdjson::dom::parser parser;
    event::JsonDocuments documents(text);
    while (const auto document = documents.next()) {
        if (parser.parse(document->data(), document->size(), false).error() != simdjson::SUCCESS) {
            throw std::runtime_error("the events are no JSON");
        }
    }
    return seconds_since(start);
}

struct Pass {
    double seconds = 0;
    std::size_t hits = 0;
};
Pass match_all(std::string_view text, const hunt::RuleSet& rules, sigma::Matcher& matcher) {
    const auto start = Clock::now();
    Pass pass;
    event::JsonReader reader(rules.names, rules.windows);
    event::Event event;
    event::JsonDocuments documents(text);
    while (const auto document = documents.next()) {
        if (!reader.read(*document, event)) throw std::runtime_error("an event could not be read");
        pass.hits += matcher.match(event).size();
    }
    pass.seconds = seconds_since(start);
    return pass;
}

// The text in two halves, each on a core of its own.
Pass match_on_two(std::string_view text, const hunt::RuleSet& rules,
                  std::array<sigma::Matcher, 2>& matchers) {
    const auto middle = text.find('\n', text.size() / 2) + 1;
    const auto start = Clock::now();
    auto other = std::async(std::launch::async,
                            [&] { return match_all(text.substr(middle), rules, matchers[1]); });
    Pass pass = match_all(text.substr(0, middle), rules, matchers[0]);
    pass.hits += other.get().hits;
    pass.seconds = seconds_since(start);
    return pass;
}

double events_per_second_on_two(std::string_view text, const hunt::RuleSet& rules,
                                std::size_t hits) {
    std::array<sigma::Matcher, 2> matchers{*sigma::Matcher::make(*rules.plan),
                                           *sigma::Matcher::make(*rules.plan)};
    std::vector<double> times;
    for (int round = 0; round < rounds; ++round) {
        const auto pass = match_on_two(text, rules, matchers);
        if (pass.hits != hits) throw std::runtime_error("two cores find something else than one");
        times.push_back(pass.seconds);
    }
    return event_count / median(times);
}

struct Figures {
    std::size_t rules = 0;
    std::size_t hits = 0;
    double events_per_second = 0;
    double over_parsing = 0;
};

Figures measure(std::string_view text, Ready& ready) {
    std::vector<double> parsing;
    std::vector<double> matching;
    Figures figures;
    for (int round = 0; round < rounds; ++round) {
        parsing.push_back(parse_only(text));
        const auto pass = match_all(text, *ready.rules, *ready.matcher);
        matching.push_back(pass.seconds);
        figures.hits = pass.hits;
    }
    figures.rules = ready.rules->plan->statistics().rules;
    figures.events_per_second = event_count / median(matching);
    figures.over_parsing = median(matching) / median(parsing);
    return figures;
}

struct Costs {
    double resident_mb = 0;
    double load_ms = 0;
    double cached_load_ms = 0;
    double events_per_second_on_two = 0;
};

void show(const Figures& all, const Costs& costs, const std::vector<Figures>& growing, bool json) {
    if (!json) {
        fmt::print("{:>6}  {:>8}  {:>10}  {:>12}\n", "rules", "hits", "events/s", "over parsing");
        for (const auto& one : growing) {
            fmt::print("{:>6}  {:>8}  {:>10.0f}  {:>12.2f}\n", one.rules, one.hits,
                       one.events_per_second, one.over_parsing);
        }
        fmt::print(
            "{} rules: {:.0f} events/s on two cores; loaded in {:.0f} ms, from the cache in "
            "{:.0f} ms, {:.1f} MB resident\n",
            all.rules, costs.events_per_second_on_two, costs.load_ms, costs.cached_load_ms,
            costs.resident_mb);
        return;
    }
    std::string by_rules;
    for (const auto& one : growing) {
        by_rules +=
            fmt::format(R"({}{{"rules":{},"hits":{},"events_per_second_per_core":{:.0f}}})",
                        by_rules.empty() ? "" : ",", one.rules, one.hits, one.events_per_second);
    }
    fmt::print(R"({{"rules":{},"events":{},"hits":{},"events_per_second_per_core":{:.0f},)"
               R"("events_per_second_two_cores":{:.0f},"over_parsing":{:.2f},)"
               R"("resident_mb":{:.1f},"load_ms":{:.0f},)"
               R"("cached_load_ms":{:.1f},"by_rules":[{}]}})"
               "\n",
               all.rules, event_count, all.hits, all.events_per_second,
               costs.events_per_second_on_two, all.over_parsing, costs.resident_mb, costs.load_ms,
               costs.cached_load_ms, by_rules);
}

void run(const std::vector<fs::path>& folders, bool json) {
    auto ready = load(folders);
    Costs costs;
    costs.load_ms = ready->load_seconds * 1000;
    costs.resident_mb = resident_mb();
    auto text = sysmon_events(event_count, 1);
    const auto size = text.size();
    text.resize(size + event::json_padding);
    const std::string_view input(text.data(), size);
    // What matching needs comes on top; the events themselves do not count.
    const double with_events = resident_mb();
    match_all(input, *ready->rules, *ready->matcher);
    costs.resident_mb += resident_mb() - with_events;
    const auto all = measure(input, *ready);
    costs.events_per_second_on_two = events_per_second_on_two(input, *ready->rules, all.hits);
    ready.reset();
    std::vector<Figures> growing;
    for (const std::size_t count : {10U, 100U, 1000U}) {
        growing.push_back(measure(input, *load_some(folders, count)));
    }
    growing.push_back(all);
    constexpr std::size_t many = 10'000;
    growing.push_back(measure(input, *load_some(folders, many)));
    costs.cached_load_ms = cached_load_ms(folders);
    show(all, costs, growing, json);
}

}  // namespace
}  // namespace shoji::bench

int main(int count, char** values) {
    std::vector<std::filesystem::path> folders;
    bool json = false;
    for (int i = 1; i < count; ++i) {
        if (std::string_view(values[i]) == "--json") {
            json = true;
        } else {
            folders.emplace_back(values[i]);
        }
    }
    try {
        shoji::bench::run(folders, json);
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
}
