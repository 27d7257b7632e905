#include "core/program/arguments.h"

#include "core/program/help.h"
#include "core/program/usage_error.h"

namespace shoji::program {

Arguments::Arguments(text::Language language, const std::string& name)
    : language_(language), app_(text::say(language, "program.help." + name), name) {
    explain_in(language, app_);
}

std::optional<int> Arguments::read(int count, const char* const* words, std::ostream& output,
                                   std::ostream& error) {
    try {
        app_.parse(count, words);
    } catch (const CLI::ParseError& problem) {
        if (problem.get_exit_code() == 0) return app_.exit(problem, output, error);
        error << text::say(language_, "usage.error",
                           {{"message", describe_usage_error(language_, app_, problem)}})
              << '\n';
        return usage_status;
    }
    return std::nullopt;
}

}  // namespace shoji::program
