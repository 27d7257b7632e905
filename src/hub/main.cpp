// shoji-hub --state DIR: the collector of a city.
#include "hub/program.h"

#include <csignal>
#include <filesystem>

#include <CLI/CLI.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

int main(int argc, char** argv) {
    spdlog::set_default_logger(spdlog::stderr_logger_st("shoji-hub"));
    static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
    CLI::App app("Shoji's collector of what sensors see");
    std::filesystem::path state;
    app.add_option("--state", state, "the folder that 'shoji init' made")->required();
    CLI11_PARSE(app, argc, argv);
    const auto settings = shoji::base::load_settings(state);
    const auto ended = settings ? shoji::hub::run(*settings)
                                : shoji::base::Result<void>(shoji::base::Failure(settings.error()));
    if (ended) return 0;
    spdlog::critical("{}", ended.error().message);
    return 1;
}
