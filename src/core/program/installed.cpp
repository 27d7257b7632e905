#include "core/program/installed.h"

#include "core/program/locale.h"

#include <csignal>
#include <filesystem>
#include <iostream>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace shoji::program {

int run_installed(const std::string& name, int count, char** words,
                  const std::function<base::Result<void>(const base::Settings&)>& work,
                  const std::function<void(Arguments&)>& more) {
    spdlog::set_default_logger(spdlog::stderr_logger_mt(name));
    // A connection that breaks while it is written to is an error of that write.
    static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
    Arguments arguments(text::language_of(locale()), name);
    std::filesystem::path state;
    arguments.need("--state", state);
    if (more) more(arguments);
    if (const auto ended = arguments.read(count, words, std::cout, std::cerr)) return *ended;
    const auto settings = base::load_settings(state);
    const auto ended =
        settings ? work(*settings) : base::Result<void>(base::Failure(settings.error()));
    if (ended) return 0;
    spdlog::critical("{}", ended.error().message);
    return 1;
}

}  // namespace shoji::program
