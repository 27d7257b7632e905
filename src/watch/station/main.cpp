// shoji-sensor: what happens on this machine, as events and alerts, and responses to it. Started by
// root; ends on SIGTERM, reads its policy anew on SIGHUP.
//   shoji-sensor [--policy FILE] [--state FILE] [--print | --stream]
// Events go where policy says (watch/station/policy.h), and, where asked, to standard output: as
// lines of JSON, with the alerts among them, or as a stream (watch/event/stream_format.h).
#include "core/program/arguments.h"
#include "core/program/locale.h"
#include "watch/station/keeper.h"

#include <csignal>
#include <iostream>
#include <optional>
#include <span>

#include <spdlog/cfg/env.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace {

using namespace shoji;

// For whoever starts the sensor: in the language of the environment, where there are such words.
std::string sentence_of(const base::Error& error) {
    if (!text::knows(error.key)) return error.message;
    return text::say(text::language_of(program::locale()), error.key, std::span(error.values));
}

// The exit status where they end it.
std::optional<int> read_words(int count, char** words, station::KeeperSettings& settings) {
    bool prints = false;
    bool streams = false;
    program::Arguments arguments(text::language_of(program::locale()), "shoji-sensor");
    arguments.take("--policy", settings.policy_file);
    arguments.take("--state", settings.state_file, "state-file");
    arguments.take("--print", prints)->excludes(arguments.take("--stream", streams));
    const auto ended = arguments.read(count, words, std::cout, std::cerr);
    if (prints) settings.output = station::Output::print;
    if (streams) settings.output = station::Output::stream;
    return ended;
}

base::Result<void> run(station::KeeperSettings settings) {
    station::Policy policy;
    if (!settings.policy_file.empty()) {
        auto loaded = station::load_policy(settings.policy_file);
        if (!loaded) return base::Failure(loaded.error());
        policy = std::move(*loaded);
    }
    if (settings.output == station::Output::none && !policy.delivery && policy.runtime.empty()) {
        return base::fail(base::ErrorKind::invalid,
                          "nobody would hear of anything: policy has neither delivery nor runtime, "
                          "and neither --print nor --stream is asked for");
    }
    if (::geteuid() != 0) return base::fail(base::ErrorKind::denied, "the sensor needs root");
    return station::Keeper(std::move(settings), std::move(policy)).run();
}

}  // namespace

int main(int count, char** words) {
    static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
    spdlog::set_default_logger(spdlog::stderr_logger_st("sensor"));
    spdlog::cfg::load_env_levels();
    try {
        station::KeeperSettings settings;
        if (const auto ended = read_words(count, words, settings)) return *ended;
        const auto done = run(std::move(settings));
        if (done) return 0;
        spdlog::error("{}", sentence_of(done.error()));
    } catch (const std::exception& error) {
        spdlog::error("{}", error.what());
    }
    return 1;
}
