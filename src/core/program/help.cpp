#include "core/program/help.h"

#include "core/base/display_width.h"

#include <memory>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace shoji::program {
namespace {

// As CLI11's own, but columns stay columns where a word is wider than its bytes are many, and the
// kind of a value is a word of the catalogue whatever stands behind it ("UINT:[1 - 9]").
class HelpFormatter : public CLI::Formatter {
  public:
    explicit HelpFormatter(text::Language language) : language_(language) {
        for (const auto& [name, key] :
             {std::pair{"Usage", "help.usage"}, std::pair{"Positionals", "help.positionals"},
              std::pair{"OPTIONS", "help.options"}, std::pair{"SUBCOMMAND", "help.commands"},
              std::pair{"REQUIRED", "help.required"}, std::pair{"Needs", "help.needs"},
              std::pair{"Excludes", "help.excludes"}}) {
            label(name, text::say(language, key));
        }
    }

    std::string make_option(const CLI::Option* option, bool is_positional) const override {
        const std::string left =
            "  " + make_option_name(option, is_positional) + make_option_opts(option);
        const auto width = base::display_width(left);
        const std::string text = make_option_desc(option);
        if (text.empty()) return left + '\n';
        if (width >= column_width_) {
            return left + '\n' + std::string(column_width_, ' ') + text + '\n';
        }
        return left + std::string(column_width_ - width, ' ') + text + '\n';
    }

    std::string make_option_opts(const CLI::Option* option) const override {
        std::string text;
        if (option->get_type_size() != 0) {
            const auto& type = option->get_type_name();
            if (!type.empty()) text += ' ' + kind_of(type);  // a flag has none
            if (option->get_expected_max() == CLI::detail::expected_max_vector_size) text += " ...";
            if (option->get_required()) text += ' ' + get_label("REQUIRED");
        }
        return text + others("Needs", option->get_needs()) +
               others("Excludes", option->get_excludes());
    }

  private:
    [[nodiscard]] std::string kind_of(const std::string& type) const {
        for (const auto& [name, key] : {std::pair{std::string_view("TEXT"), "help.text"},
                                        std::pair{std::string_view("UINT"), "help.number"},
                                        std::pair{std::string_view("INT"), "help.number"}}) {
            if (type.starts_with(name)) return text::say(language_, key) + type.substr(name.size());
        }
        return type;
    }
    // In the order of their names, where CLI11 has one of its own.
    [[nodiscard]] std::string others(const char* name,
                                     const std::set<CLI::Option*>& options) const {
        if (options.empty()) return "";
        std::set<std::string> names;
        for (const CLI::Option* one : options) names.insert(one->get_name());
        return fmt::format(" {}: {}", get_label(name), fmt::join(names, " "));
    }

    text::Language language_;
};

}  // namespace

void explain_in(text::Language language, CLI::App& app) {
    app.formatter(std::make_shared<HelpFormatter>(language));
    app.set_help_flag("-h,--help", text::say(language, "help.option.help"));
    app.option_defaults()->group(text::say(language, "help.options"));
    app.get_help_ptr()->group(text::say(language, "help.options"));
}

}  // namespace shoji::program
