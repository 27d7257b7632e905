#include "cli/terminal_output.h"

#include "cli/told.h"
#include "core/base/display_width.h"
#include "core/base/printable.h"

#include <algorithm>
#include <span>

#include <boost/json/serialize.hpp>

namespace shoji::cli {
namespace {

constexpr std::size_t longest_cell = 400;   // bytes
constexpr std::size_t longest_line = 4000;  // bytes

// Line by line: a message may have several.
std::string shown(std::string_view text) {
    std::string lines;
    for (;;) {
        const auto end = text.find('\n');
        lines += base::printable(text.substr(0, end), longest_line);
        if (end == std::string_view::npos) return lines;
        lines += '\n';
        text.remove_prefix(end + 1);
    }
}

std::string_view name_of(base::ErrorKind kind) {
    switch (kind) {
        case base::ErrorKind::invalid:
            return "invalid";
        case base::ErrorKind::denied:
            return "denied";
        case base::ErrorKind::not_found:
            return "not_found";
        case base::ErrorKind::exists:
            return "exists";
        case base::ErrorKind::unavailable:
            return "unavailable";
        case base::ErrorKind::full:
            return "full";
        case base::ErrorKind::system:
            return "system";
        case base::ErrorKind::corrupt:
            return "corrupt";
    }
    return "system";
}

std::string_view name_of(Exit code) {
    switch (code) {
        case Exit::done:
            return "done";
        case Exit::negative:
            return "negative";
        case Exit::usage:
            return "usage";
        case Exit::unreachable:
            return "unavailable";
        case Exit::not_found:
            return "not_found";
        case Exit::refused:
            return "invalid";
        case Exit::failed:
            return "system";
    }
    return "system";
}

}  // namespace

Exit exit_for(base::ErrorKind kind) {
    switch (kind) {
        case base::ErrorKind::unavailable:
            return Exit::unreachable;
        case base::ErrorKind::not_found:
            return Exit::not_found;
        case base::ErrorKind::invalid:
        case base::ErrorKind::denied:
        case base::ErrorKind::exists:
        case base::ErrorKind::full:
            return Exit::refused;
        case base::ErrorKind::system:
        case base::ErrorKind::corrupt:
            return Exit::failed;
    }
    return Exit::failed;
}

void TerminalOutput::say_values(std::string_view key,
                                const std::vector<std::pair<std::string, std::string>>& values) {
    if (!json_) out_ << shown(text::say(language_, key, std::span(values))) << '\n';
}

void TerminalOutput::say(std::string_view key, Values values) {
    if (!json_) out_ << shown(text::say(language_, key, values)) << '\n';
}

void TerminalOutput::warn(std::string_view key, Values values) {
    error_ << shown(text::say(language_, key, values)) << '\n';
}

// ECMA-48: EL, erase to the end of the line.
void TerminalOutput::progress(std::string_view key, Values values) {
    error_ << '\r' << text::say(language_, key, values) << "\x1b[K" << std::flush;
}

void TerminalOutput::end_progress() {
    error_ << "\r\x1b[K" << std::flush;
}

void TerminalOutput::ask(std::string_view key) {
    out_ << text::say(language_, key) << ' ' << std::flush;
}

void TerminalOutput::result(const boost::json::value& value) {
    if (json_) out_ << boost::json::serialize(value) << '\n';
}

void TerminalOutput::table(const std::vector<std::string_view>& header,
                           const std::vector<std::vector<std::string>>& rows) {
    if (json_) return;
    if (rows.empty()) return say("cli.list_empty");
    std::vector<std::vector<std::string>> lines;
    auto& first = lines.emplace_back();
    for (const auto key : header) first.push_back(text::say(language_, key));
    for (const auto& row : rows) {
        auto& line = lines.emplace_back();
        for (const auto& cell : row) line.push_back(base::printable(cell, longest_cell));
    }
    std::vector<std::size_t> widths(header.size(), 0);
    for (const auto& line : lines) {
        for (std::size_t column = 0; column < widths.size(); ++column) {
            widths[column] = std::max(widths[column], base::display_width(line.at(column)));
        }
    }
    for (const auto& line : lines) {
        for (std::size_t column = 0; column < widths.size(); ++column) {
            out_ << line[column];
            if (column + 1 == widths.size()) break;
            out_ << std::string(widths[column] - base::display_width(line[column]) + 2, ' ');
        }
        out_ << '\n';
    }
}

void TerminalOutput::fail(std::string_view kind, const std::string& message,
                          std::string_view reason) {
    if (!json_) {
        error_ << message << '\n';
        return;
    }
    boost::json::object error{{"kind", boost::json::string_view(kind.data(), kind.size())},
                              {"message", message}};
    if (!reason.empty()) error["reason"] = shown(reason);
    out_ << boost::json::serialize(boost::json::object{{"error", error}}) << '\n';
}

Exit TerminalOutput::fail(const base::Error& error) {
    const std::string_view kind = name_of(error.kind);
    if (text::knows(error.key) || !error.words.empty()) {
        fail(kind, shown(told(error, language_)), error.words.empty() ? "" : error.message);
        return exit_for(error.kind);
    }
    const std::string key = "cli.error." + std::string(kind);
    const auto message = told(std::string_view(error.message), language_);
    fail(kind,
         json_ ? shown(error.message) : text::say(language_, key, {{"message", shown(message)}}));
    return exit_for(error.kind);
}

Exit TerminalOutput::fail(Exit code, std::string_view key, Values values) {
    fail(name_of(code), shown(text::say(language_, key, values)));
    return code;
}

}  // namespace shoji::cli
