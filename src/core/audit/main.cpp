// shoji-audit --state DIR: the sole writer of the audit journal.
#include "core/audit/program.h"
#include "core/program/arguments.h"
#include "core/program/locale.h"

#include <csignal>
#include <filesystem>
#include <iostream>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

int main(int argc, char** argv) {
    spdlog::set_default_logger(spdlog::stderr_logger_st("shoji-audit"));
    static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
    shoji::program::Arguments arguments(shoji::text::language_of(shoji::program::locale()),
                                        "shoji-audit");
    std::filesystem::path state;
    arguments.need("--state", state);
    if (const auto ended = arguments.read(argc, argv, std::cout, std::cerr)) return *ended;
    const auto settings = shoji::base::load_settings(state);
    const auto ended = settings ? shoji::audit::run(*settings)
                                : shoji::base::Result<void>(shoji::base::Failure(settings.error()));
    if (ended) return 0;
    spdlog::critical("{}", ended.error().message);
    return 1;
}
