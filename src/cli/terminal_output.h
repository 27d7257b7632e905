// What the administrator sees: words of the catalogue or JSON, tables that line up with Japanese
// text. Names and answers may bring control characters along: they are replaced before they reach a
// terminal.
#pragma once

#include "core/base/result.h"
#include "core/text/text.h"

#include <initializer_list>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/value.hpp>

namespace shoji::cli {

// The exit codes of `shoji` (docs/cli.md).
enum class Exit : int {
    done = 0,
    negative = 1,     // asked and answered: no (an altered journal, a plan not confirmed …)
    usage = 2,        // the command line is wrong
    unreachable = 3,  // a program of the installation is not there
    not_found = 4,    // the named thing does not exist
    refused = 5,      // not permitted, or it exists already, or out of bounds
    failed = 6,       // the system failed, or what is stored is damaged
};
Exit exit_for(base::ErrorKind kind);

class TerminalOutput {
  public:
    using Values = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    TerminalOutput(std::ostream& out, std::ostream& error, text::Language language, bool json)
        : out_(out), error_(error), language_(language), json_(json) {}

    [[nodiscard]] bool json() const { return json_; }
    [[nodiscard]] text::Language language() const { return language_; }

    // A message of the catalogue on a line of its own; nothing with --json.
    void say(std::string_view key, Values values = {});
    void say_values(std::string_view key,
                    const std::vector<std::pair<std::string, std::string>>& values);
    // A question; the answer is typed behind it.
    void ask(std::string_view key);
    // A warning beside a result, on the error stream with --json too.
    void warn(std::string_view key, Values values = {});
    // Where long work is, on one line of the error stream that the next call replaces.
    void progress(std::string_view key, Values values);
    void end_progress();
    // The result with --json.
    void result(const boost::json::value& value);
    // A result that is lines of JSON already, with --json or without.
    void line(std::string_view text) { out_ << text << '\n'; }
    // False when what was said so far could not all be written.
    [[nodiscard]] bool flush() { return out_.flush().good(); }
    // Header keys of the catalogue and rows; "None." without rows.
    void table(const std::vector<std::string_view>& header,
               const std::vector<std::vector<std::string>>& rows);
    // What happened, to what, what to do; {"error": {"kind", "message"}} with --json, and "reason",
    // in English whatever the language, where the error has words (core/base/words.h). Gives the
    // exit code.
    Exit fail(const base::Error& error);
    Exit fail(Exit code, std::string_view key, Values values = {});

  private:
    void fail(std::string_view kind, const std::string& message, std::string_view reason = {});

    std::ostream& out_;
    std::ostream& error_;
    text::Language language_;
    bool json_;
};

}  // namespace shoji::cli
