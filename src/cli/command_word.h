// How the files of the command tree declare a word: CommandTree::Command.
#pragma once

#include "cli/command_tree.h"

#include <concepts>

namespace shoji::cli {

// One word of the tree. Its help is the catalogue's "cli.help." and the words that lead to it; an
// option's is "cli.help.option." and its name.
class CommandTree::Command {
  public:
    Command(CommandTree& tree, CLI::App& app, std::string path)
        : tree_(tree), app_(app), path_(std::move(path)) {}

    Command word(const std::string& name) {
        std::string path = path_.empty() ? name : path_ + "." + name;
        auto* app = app_.add_subcommand(name, say("cli.help." + path));
        app->group(say("help.commands"));
        app->get_help_ptr()->group(say("help.options"));
        return {tree_, *app, std::move(path)};
    }
    // Words behind this one have the help of those behind `path`.
    Command explained_as(std::string path) const { return {tree_, app_, std::move(path)}; }
    // A word that needs another one after it.
    Command group(const std::string& name) {
        Command made = word(name);
        made.app_.require_subcommand(1);
        return made;
    }

    // "name" is a word by its place, "--name" an option; a bool is a flag.
    template <class T>
    CLI::Option* take(const std::string& name, T& into) {
        const std::string key = "cli.help.option." + name.substr(name.find_first_not_of('-'));
        if constexpr (std::same_as<T, bool>) {
            return app_.add_flag(name, into, say(key));
        } else {
            return app_.add_option(name, into, say(key));
        }
    }
    template <class T>
    void need(const std::string& name, T& into) {
        take(name, into)->required();
    }

    // What is done when this word is the last one.
    void runs(Run run) {
        app_.callback([&tree = tree_, run = std::move(run)] { tree.run_ = run; });
    }

  private:
    [[nodiscard]] std::string say(const std::string& key) const {
        return text::say(tree_.language_, key);
    }

    CommandTree& tree_;
    CLI::App& app_;
    std::string path_;
};

inline CommandTree::Command CommandTree::root() {
    return {*this, app_, ""};
}

}  // namespace shoji::cli
