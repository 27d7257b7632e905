// All words that `shoji` knows, with their help, and which function of commands.h each leads to.
#pragma once

#include "cli/commands.h"
#include "core/program/usage_error.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace shoji::cli {

// Where a sensor has its sockets by itself.
constexpr const char* default_runtime = "/run/shoji-sensor";

class CommandTree {
  public:
    CommandTree(text::Language language, std::filesystem::path state);
    CommandTree(const CommandTree&) = delete;
    CommandTree& operator=(const CommandTree&) = delete;

    // The last word first, as CLI11 takes them. Throws CLI::ParseError.
    void parse(std::vector<std::string> reversed) { app_.parse(std::move(reversed)); }
    // For the "error" that is a wish for help.
    int help(const CLI::Error& wish, std::ostream& output, std::ostream& error) const {
        return app_.exit(wish, output, error);
    }

    // What the words lack, in the tree's language.
    [[nodiscard]] std::string describe(const CLI::ParseError& error) const {
        return program::describe_usage_error(language_, app_, error);
    }

    // What was parsed.
    [[nodiscard]] bool json() const { return json_; }
    [[nodiscard]] const std::filesystem::path& state() const { return state_; }
    [[nodiscard]] Exit run(const Context& context) const { return run_(context); }

  private:
    using Run = std::function<Exit(const Context&)>;
    class Command;

    void add_user();
    void add_terminal();
    template <class Item>
    void add_named_item(const std::string& name, Kind kind);
    void add_destination();
    void add_route();
    void add_session();
    void add_audit();
    void add_watch();
    static void take_analysis(Command& command, AnalysisRequest& request);
    void add_incidents();
    using FinishResponse =
        std::function<void(Command& command, const std::shared_ptr<RespondRequest>& request)>;
    void add_responses(Command& group, const FinishResponse& finish);
    void add_respond();
    void add_order();
    static void add_respond_rest(Command& respond);
    void add_hub();
    void add_local_sensor(Command& sensor);
    void add_rest();

    [[nodiscard]] Command root();
    [[nodiscard]] CLI::Validator one_of(std::vector<std::string> choices) const;
    [[nodiscard]] CLI::Validator between(std::uint64_t least, std::uint64_t most) const;
    // A number in decimal digits, alone.
    [[nodiscard]] CLI::Validator at_least(std::uint64_t least) const;
    // 1 to the greatest that Linux gives.
    [[nodiscard]] CLI::Validator process_number() const;
    void add_list_and_remove(Command& group, Kind kind);

    text::Language language_;
    CLI::App app_;
    std::filesystem::path state_;
    std::string language_word_;
    bool json_ = false;
    Run run_;
};

}  // namespace shoji::cli
