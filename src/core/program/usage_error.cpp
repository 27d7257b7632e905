#include "core/program/usage_error.h"

#include <set>
#include <string_view>

namespace shoji::program {
namespace {

// The command that the words have led to.
const CLI::App& last_command(const CLI::App& app) {
    const CLI::App* last = &app;
    while (!last->get_subcommands().empty()) last = last->get_subcommands().back();
    return *last;
}

std::string words_after(const CLI::App& command) {
    std::string all;
    for (const CLI::App* word : command.get_subcommands([](const CLI::App*) { return true; })) {
        if (!all.empty()) all += ", ";
        all += word->get_name();
    }
    return all;
}

// CLI11's errors hold no values but their English sentences, which begin with an option's name.
std::string up_to(std::string_view sentence, std::string_view mark) {
    return std::string(sentence.substr(0, sentence.find(mark)));
}

std::string after(std::string_view sentence, std::string_view mark) {
    const auto at = sentence.find(mark);
    return std::string(at == std::string_view::npos ? sentence : sentence.substr(at + mark.size()));
}

std::string describe_extra(text::Language language, const CLI::App& app) {
    const auto words = app.remaining(true);
    if (words.empty()) return text::say(language, "usage.other");
    const std::string& word = words.front();
    const bool option = word.starts_with('-');
    return text::say(language, option ? "usage.unknown_option" : "usage.unexpected",
                     {{"word", word}});
}

// What the option needs and was not given: of several, CLI11 names whichever it comes upon first.
std::string needed_by(const CLI::App& command, const std::string& name) {
    const CLI::Option* option = command.get_option_no_throw(name);
    std::set<std::string> names;
    if (option != nullptr) {
        for (const CLI::Option* needed : option->get_needs()) {
            if (needed->empty()) names.insert(needed->get_name());
        }
    }
    return CLI::detail::join(names, ", ");
}

// A command is missing; what stands in its place is what was meant as one.
std::string describe_command(text::Language language, const CLI::App& app) {
    const std::string known = words_after(last_command(app));
    const auto words = app.remaining(true);
    if (!words.empty() && words.front().starts_with('-')) return describe_extra(language, app);
    if (!words.empty()) {
        return text::say(language, "usage.unknown_command",
                         {{"word", words.front()}, {"commands", known}});
    }
    return text::say(language, "usage.command_missing", {{"commands", known}});
}

}  // namespace

std::string describe_usage_error(text::Language language, const CLI::App& app,
                                 const CLI::ParseError& error) {
    const std::string sentence = error.what();
    const auto about = [&](std::string_view key, const std::string& option) {
        return text::say(language, key, {{"option", option}});
    };
    if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
        if (sentence.starts_with("A subcommand")) return describe_command(language, app);
        return about("usage.missing", up_to(sentence, " is required"));
    }
    if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
        return describe_extra(language, app);
    }
    if (dynamic_cast<const CLI::ValidationError*>(&error) != nullptr) {
        // What the validators of the command tree said, which is of the catalogue.
        return text::say(language, "usage.value",
                         {{"option", up_to(sentence, ": ")}, {"why", after(sentence, ": ")}});
    }
    if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
        if (sentence.find("disallowed flag") != std::string::npos) {
            return about("usage.flag", up_to(sentence, " was given"));
        }
        const bool twice = sentence.find("At Most") != std::string::npos;
        return about(twice ? "usage.twice" : "usage.value_missing", up_to(sentence, ": "));
    }
    if (dynamic_cast<const CLI::ExcludesError*>(&error) != nullptr) {
        constexpr std::string_view mark = " excludes ";
        return text::say(language, "usage.not_together",
                         {{"option", up_to(sentence, mark)}, {"other", after(sentence, mark)}});
    }
    if (dynamic_cast<const CLI::RequiresError*>(&error) != nullptr) {
        const std::string option = up_to(sentence, " requires ");
        return text::say(language, "usage.needs",
                         {{"option", option}, {"others", needed_by(last_command(app), option)}});
    }
    if (dynamic_cast<const CLI::ConversionError*>(&error) != nullptr) {
        // Of flags: the values of all other options are text, or have a validator.
        // Either "Could not convert: --json = maybe" or "--json: …".
        constexpr std::string_view beginning = "Could not convert: ";
        if (!sentence.starts_with(beginning)) return about("usage.flag", up_to(sentence, ": "));
        return about("usage.flag", up_to(after(sentence, beginning), " = "));
    }
    return text::say(language, "usage.other");
}

}  // namespace shoji::program
