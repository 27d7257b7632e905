// shoji-sensor: what happens on this machine, as events. Started by root; ends on SIGTERM.
//   shoji-sensor [--policy FILE] [--state FILE] (--print | --stream)
// Events go to standard output: as lines of JSON, or as a stream (watch/event/stream_format.h).
#include "watch/sensor/json_sink.h"
#include "watch/sensor/stream_sink.h"
#include "watch/sensor/watcher.h"

#include <csignal>
#include <cstdio>
#include <string_view>

#include <spdlog/cfg/env.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace {

using namespace shoji;

base::Result<void> run(std::span<char*> words) {
    sensor::Policy policy;
    std::filesystem::path state;
    bool print = false;
    bool stream = false;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::string_view word = words[i];
        if (word == "--print") {
            print = true;
        } else if (word == "--stream") {
            stream = true;
        } else if (word == "--state" && i + 1 < words.size()) {
            state = words[++i];
        } else if (word == "--policy" && i + 1 < words.size()) {
            auto loaded = sensor::load_policy(words[++i]);
            if (!loaded) return base::Failure(loaded.error());
            policy = std::move(*loaded);
        } else {
            return base::fail(base::ErrorKind::invalid, "unknown word {}", word);
        }
    }
    if (print == stream) {
        return base::fail(
            base::ErrorKind::invalid,
            "usage: shoji-sensor [--policy FILE] [--state FILE] (--print | --stream)");
    }
    if (::geteuid() != 0) return base::fail(base::ErrorKind::denied, "the sensor needs root");
    return sensor::run_watcher(
        policy, state, [stream](const event::Names& names) -> std::unique_ptr<sensor::Sink> {
            if (stream) return std::make_unique<sensor::StreamSink>(names, STDOUT_FILENO);

            return std::make_unique<sensor::JsonSink>(names, STDOUT_FILENO);
        });
}

}  // namespace

int main(int count, char** words) {
    static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
    spdlog::set_default_logger(spdlog::stderr_logger_st("sensor"));
    spdlog::cfg::load_env_levels();
    try {
        const auto done = run({words, static_cast<std::size_t>(count)});
        if (done) return 0;
        spdlog::error("{}", done.error().message);
    } catch (const std::exception& error) {
        spdlog::error("{}", error.what());
    }
    return 1;
}
