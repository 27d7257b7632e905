// shoji-sensor: what happens on this machine, as events and alerts, and responses to it. Started by
// root; ends on SIGTERM, reads its policy anew on SIGHUP.
//   shoji-sensor [--policy FILE] [--state FILE] [--print | --stream]
// Events go where policy says (watch/station/policy.h), and, where asked, to standard output: as
// lines of JSON, with the alerts among them, or as a stream (watch/event/stream_format.h).
#include "watch/station/keeper.h"

#include <csignal>
#include <span>
#include <string_view>

#include <spdlog/cfg/env.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace {

using namespace shoji;

base::Result<void> run(std::span<char*> words) {
    station::KeeperSettings settings;
    const auto usage =
        base::fail(base::ErrorKind::invalid,
                   "usage: shoji-sensor [--policy FILE] [--state FILE] [--print | --stream]");
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::string_view word = words[i];
        const bool is_output = word == "--print" || word == "--stream";
        if (is_output && settings.output == station::Output::none) {
            settings.output = word == "--print" ? station::Output::print : station::Output::stream;
        } else if (word == "--state" && i + 1 < words.size()) {
            settings.state_file = words[++i];
        } else if (word == "--policy" && i + 1 < words.size()) {
            settings.policy_file = words[++i];
        } else {
            return usage;
        }
    }
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
        const auto done = run({words, static_cast<std::size_t>(count)});
        if (done) return 0;
        spdlog::error("{}", done.error().message);
    } catch (const std::exception& error) {
        spdlog::error("{}", error.what());
    }
    return 1;
}
