// How fast EVTX files are hunted through: megabytes and events a second, on one core and on two,
// beside Debian's libevtx (evtxexport) merely reading the same files.  bench-hunt [--json] LOGS
// RULES…
#include "watch/hunt/hunt.h"

#include "benchmarks/evtx_events.h"
#include "benchmarks/statistics.h"
#include "benchmarks/sysmon_events.h"
#include "watch/hunt/rule_set.h"

#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::bench {
namespace {

namespace fs = std::filesystem;

constexpr int rounds = 5;
constexpr std::uint32_t file_count = 4;
constexpr std::size_t events_a_file = 25'000;

class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string name = (fs::temp_directory_path() / "shoji-bench-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
        path_ = name;
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() { fs::remove_all(path_); }

    [[nodiscard]] const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

// One file after the other, as evtxexport takes them; its output goes nowhere.
double libevtx_seconds(const std::vector<fs::path>& files) {
    const auto start = Clock::now();
    for (const auto& file : files) {
        std::string program = "evtxexport";
        std::string format = "-fxml";
        std::string name = file.native();
        char* words[] = {program.data(), format.data(), name.data(), nullptr};
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        for (const int output : {STDOUT_FILENO, STDERR_FILENO}) {
            posix_spawn_file_actions_addopen(&actions, output, "/dev/null", O_WRONLY, 0);
        }
        pid_t child = 0;
        const int error = ::posix_spawnp(&child, words[0], &actions, nullptr, words, environ);
        posix_spawn_file_actions_destroy(&actions);
        if (error != 0) throw std::runtime_error("evtxexport (libevtx-utils) is not there");
        int status = 0;
        ::waitpid(child, &status, 0);
        if (status != 0) throw std::runtime_error("evtxexport cannot read " + name);
    }
    return seconds_since(start);
}

struct Pass {
    double seconds = 0;
    hunt::Timeline timeline;
};

Pass hunt_once(const hunt::RuleSet& rules, const std::vector<fs::path>& files,
               unsigned int threads) {
    hunt::Wish wish;
    wish.threads = threads;
    hunt::Progress progress;
    const auto start = Clock::now();
    auto timeline = hunt::hunt(*rules.plan, rules.names, rules.windows, files, wish, progress);
    if (!timeline) throw std::runtime_error(timeline.error().message);
    return {seconds_since(start), std::move(*timeline)};
}

void run(const std::vector<fs::path>& folders, bool json) {
    const TemporaryFolder folder;
    std::vector<fs::path> files;
    for (std::uint32_t i = 0; i < file_count; ++i) {
        files.push_back(folder.path() / fmt::format("{}.evtx", i));
        write_evtx(files.back(), sysmon_events(events_a_file, i + 1));
    }
    hunt::RuleRequest request;
    request.rules = folders;
    const auto rules = hunt::read_rule_set(request);
    if (!rules) throw std::runtime_error(rules.error().message);
    std::vector<double> one;
    std::vector<double> two;
    std::vector<double> libevtx;
    Pass pass;
    for (int round = 0; round < rounds; ++round) {
        libevtx.push_back(libevtx_seconds(files));
        pass = hunt_once(**rules, files, 1);
        one.push_back(pass.seconds);
        two.push_back(hunt_once(**rules, files, 2).seconds);
    }
    const double megabytes = static_cast<double>(pass.timeline.bytes) / 1e6;
    const auto events = static_cast<double>(pass.timeline.events);
    const double single = median(one);
    const double both = median(two);
    if (json) {
        fmt::print(
            R"({{"files":{},"megabytes":{:.1f},"events":{},"rules":{},"hits":{},)"
            R"("megabytes_per_second_per_core":{:.1f},"events_per_second_per_core":{:.0f},)"
            R"("megabytes_per_second_on_two":{:.1f},"over_libevtx":{:.2f},"resident_mb":{:.1f}}})"
            "\n",
            files.size(), megabytes, pass.timeline.events, (*rules)->plan->statistics().rules,
            pass.timeline.hits.size(), megabytes / single, events / single, megabytes / both,
            median(libevtx) / single, resident_mb());
        return;
    }
    fmt::print("{} files, {:.0f} MB, {} events, {} rules, {} hits\n", files.size(), megabytes,
               pass.timeline.events, (*rules)->plan->statistics().rules, pass.timeline.hits.size());
    fmt::print("one core   {:>8.1f} MB/s  {:>8.0f} events/s\n", megabytes / single,
               events / single);
    fmt::print("two cores  {:>8.1f} MB/s  {:>8.0f} events/s\n", megabytes / both, events / both);
    fmt::print("evtxexport {:>8.1f} MB/s, which reads and prints, one process a file\n",
               megabytes / median(libevtx));
    fmt::print("{:.2f} times as fast as evtxexport, {:.1f} MB resident\n", median(libevtx) / single,
               resident_mb());
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
    if (folders.empty()) return 2;
    try {
        shoji::bench::run(folders, json);
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
}
