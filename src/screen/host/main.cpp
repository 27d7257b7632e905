// shoji-host: starts, watches and ends the sessions of one machine at the gateway's request.
#include "core/base/settings.h"
#include "screen/host/host.h"

#include <csignal>
#include <cstdlib>

#include <CLI/CLI.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

int main(int argc, char** argv) {
    using namespace shoji;
    static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
    spdlog::set_default_logger(spdlog::stderr_logger_st("host"));
    try {
        CLI::App app("Starts, watches and ends sessions");
        std::string state;
        host::Programs programs;
        programs.folder = std::filesystem::canonical("/proc/self/exe").parent_path();
        app.add_option("--state", state, "the folder of shoji.toml")->required();
        app.add_option("--programs", programs.folder,
                       "the folder of shoji-session and shoji-egress");
        app.add_option("--browser", programs.browser, "the folder of Chromium");
        CLI11_PARSE(app, argc, argv);
        const auto settings = base::load_settings(state);
        const auto done =
            settings ? host::run(*settings, programs) : base::Failure(settings.error());
        if (done) return EXIT_SUCCESS;
        spdlog::error("{}", done.error().message);
    } catch (const std::exception& error) {
        spdlog::error("{}", error.what());
    }
    return EXIT_FAILURE;
}
