// How fast Sigma rules are matched against Sysmon-shaped JSON, parsing included, beside simdjson
// merely parsing the same text in the same run.  bench-sigma [--json] FOLDER…
#include "benchmarks/sysmon_events.h"
#include "watch/detect/sigma/plan.h"
#include "watch/event/json_documents.h"
#include "watch/event/json_reader.h"
#include "watch/hunt/rule_folder.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <simdjson.h>

namespace shoji::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::size_t event_count = 100'000;
constexpr int rounds = 7;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

double resident_mb() {
    std::ifstream status("/proc/self/status");
    std::string word;
    while (status >> word) {
        if (word != "VmRSS:") continue;
        double kib = 0;
        status >> kib;
        return kib / 1024;
    }
    return 0;
}

// Rules ready to match, and what that took.
struct Ready {
    event::Names names;
    event::WindowsSources windows{names};
    std::optional<sigma::Plan> plan;
    std::optional<sigma::Matcher> matcher;
    double load_seconds = 0;
};

// The first `most` rules; repeated, under other names, where there are fewer.
std::unique_ptr<Ready> load(const std::vector<fs::path>& folders, std::size_t most) {
    auto ready = std::make_unique<Ready>();
    const auto start = Clock::now();
    std::vector<sigma::Rule> rules;
    for (const auto& folder : folders) {
        auto read = hunt::read_rule_folder(folder, {ready->names, {}});
        if (!read) throw std::runtime_error(read.error().message);
        std::ranges::move(read->rules, std::back_inserter(rules));
    }
    const std::size_t own = rules.size();
    for (std::size_t i = 0; most != 0 && rules.size() < most; ++i) {
        rules.push_back(rules[i % own]);
        rules.back().id += fmt::format("-{}", i / own);
    }
    if (most != 0) rules.resize(most);
    std::vector<sigma::Plan::Problem> problems;
    ready->plan = std::move(*sigma::Plan::compile(std::move(rules), ready->names, problems));
    ready->matcher = std::move(*sigma::Matcher::make(*ready->plan));
    ready->load_seconds = seconds_since(start);
    return ready;
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
Pass match_all(std::string_view text, Ready& ready) {
    const auto start = Clock::now();
    Pass pass;
    event::JsonReader reader(ready.names, ready.windows);
    event::Event event;
    event::JsonDocuments documents(text);
    while (const auto document = documents.next()) {
        if (!reader.read(*document, event)) throw std::runtime_error("an event could not be read");
        pass.hits += ready.matcher->match(event).size();
    }
    pass.seconds = seconds_since(start);
    return pass;
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
        const auto pass = match_all(text, ready);
        matching.push_back(pass.seconds);
        figures.hits = pass.hits;
    }
    figures.rules = ready.plan->statistics().rules;
    figures.events_per_second = event_count / median(matching);
    figures.over_parsing = median(matching) / median(parsing);
    return figures;
}

void show(const Figures& all, double resident, double load_ms, const std::vector<Figures>& growing,
          bool json) {
    if (!json) {
        fmt::print("{:>6}  {:>8}  {:>10}  {:>12}\n", "rules", "hits", "events/s", "over parsing");
        for (const auto& one : growing) {
            fmt::print("{:>6}  {:>8}  {:>10.0f}  {:>12.2f}\n", one.rules, one.hits,
                       one.events_per_second, one.over_parsing);
        }
        fmt::print("{} rules: loaded in {:.0f} ms, {:.1f} MB resident\n", all.rules, load_ms,
                   resident);
        return;
    }
    std::string by_rules;
    for (const auto& one : growing) {
        by_rules +=
            fmt::format(R"({}{{"rules":{},"hits":{},"events_per_second_per_core":{:.0f}}})",
                        by_rules.empty() ? "" : ",", one.rules, one.hits, one.events_per_second);
    }
    fmt::print(R"({{"rules":{},"events":{},"hits":{},"events_per_second_per_core":{:.0f},)"
               R"("over_parsing":{:.2f},"resident_mb":{:.1f},"load_ms":{:.0f},"by_rules":[{}]}})"
               "\n",
               all.rules, event_count, all.hits, all.events_per_second, all.over_parsing, resident,
               load_ms, by_rules);
}

void run(const std::vector<fs::path>& folders, bool json) {
    auto ready = load(folders, 0);
    const double load_ms = ready->load_seconds * 1000;
    // Before the events are in memory.
    const double resident = resident_mb();
    auto text = sysmon_events(event_count, 1);
    const auto size = text.size();
    text.resize(size + event::json_padding);
    const std::string_view input(text.data(), size);
    const auto all = measure(input, *ready);
    ready.reset();
    std::vector<Figures> growing;
    for (const std::size_t count : {10U, 100U, 1000U}) {
        growing.push_back(measure(input, *load(folders, count)));
    }
    growing.push_back(all);
    constexpr std::size_t many = 10'000;
    growing.push_back(measure(input, *load(folders, many)));
    show(all, resident, load_ms, growing, json);
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
