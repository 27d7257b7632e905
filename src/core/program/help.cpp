#include "core/program/help.h"

namespace shoji::program {

void explain_in(text::Language language, CLI::App& app) {
    const auto say = [&](std::string_view key) { return text::say(language, key); };
    app.set_help_flag("-h,--help", say("help.option.help"));
    app.option_defaults()->group(say("help.options"));
    app.get_help_ptr()->group(say("help.options"));
    const auto formatter = app.get_formatter();
    formatter->label("Usage", say("help.usage"));
    formatter->label("Positionals", say("help.positionals"));
    formatter->label("OPTIONS", say("help.options"));
    formatter->label("SUBCOMMAND", say("help.commands"));
}

}  // namespace shoji::program
