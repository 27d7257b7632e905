// shoji-host: starts, watches and ends the sessions of one machine at the gateway's request.
#include "core/base/settings.h"
#include "core/program/arguments.h"
#include "core/program/locale.h"
#include "screen/host/host.h"

#include <csignal>
#include <cstdlib>
#include <iostream>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

int main(int argc, char** argv) {
    using namespace shoji;
    static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
    spdlog::set_default_logger(spdlog::stderr_logger_st("host"));
    try {
        program::Arguments arguments(text::language_of(program::locale()), "shoji-host");
        std::string state;
        host::Programs programs;
        programs.folder = std::filesystem::canonical("/proc/self/exe").parent_path();
        arguments.need("--state", state);
        arguments.take("--programs", programs.folder);
        arguments.take("--browser", programs.browser);
        if (const auto ended = arguments.read(argc, argv, std::cout, std::cerr)) return *ended;
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
