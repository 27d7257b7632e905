// shoji-gateway --state DIR [--web DIR]
#include "screen/gateway/program.h"

#include <csignal>
#include <filesystem>

#include <CLI/CLI.hpp>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace {

std::filesystem::path default_web() {
    std::error_code ignored;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
    return program.parent_path().parent_path() / "share/web";
}

}  // namespace

int main(int argc, char** argv) {
    spdlog::set_default_logger(spdlog::stderr_color_mt("shoji-gateway"));
    // A connection that breaks while it is written to is an error of that write.
    static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
    CLI::App app("Shoji's gateway: sign-in, policy and the relay of screens");
    std::filesystem::path state;
    std::filesystem::path web = default_web();
    app.add_option("--state", state, "the folder that 'shoji init' made")->required();
    app.add_option("--web", web, "the folder of the web pages");
    CLI11_PARSE(app, argc, argv);
    const auto settings = shoji::base::load_settings(state);
    const auto ended = settings ? shoji::gateway::run(*settings, web)
                                : shoji::base::Result<void>(shoji::base::Failure(settings.error()));
    if (ended) return 0;
    spdlog::critical("{}", ended.error().message);
    return 1;
}
