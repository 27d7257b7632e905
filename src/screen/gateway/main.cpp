// shoji-gateway --state DIR [--web DIR]
#include "core/program/arguments.h"
#include "core/program/locale.h"
#include "screen/gateway/program.h"

#include <csignal>
#include <filesystem>
#include <iostream>

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
    shoji::program::Arguments arguments(shoji::text::language_of(shoji::program::locale()),
                                        "shoji-gateway");
    std::filesystem::path state;
    std::filesystem::path web = default_web();
    arguments.need("--state", state);
    arguments.take("--web", web);
    if (const auto ended = arguments.read(argc, argv, std::cout, std::cerr)) return *ended;
    const auto settings = shoji::base::load_settings(state);
    const auto ended = settings ? shoji::gateway::run(*settings, web)
                                : shoji::base::Result<void>(shoji::base::Failure(settings.error()));
    if (ended) return 0;
    spdlog::critical("{}", ended.error().message);
    return 1;
}
