#include "cli/terminal_output.h"

#include "core/base/printable.h"

#include <algorithm>
#include <array>

#include <boost/json/serialize.hpp>

namespace shoji::cli {
namespace {

constexpr std::size_t longest_cell = 400;  // bytes

struct Range {
    char32_t first;
    char32_t last;
};

// The wide blocks that Japanese text uses (Unicode Standard Annex 11, EastAsianWidth W and F).
constexpr std::array<Range, 9> wide{{{0x1100, 0x115f},
                                     {0x2e80, 0x303e},
                                     {0x3041, 0x33ff},
                                     {0x3400, 0x4dbf},
                                     {0x4e00, 0x9fff},
                                     {0xac00, 0xd7a3},
                                     {0xf900, 0xfaff},
                                     {0xff00, 0xff60},
                                     {0x20000, 0x3fffd}}};

constexpr std::string_view key_of(base::ErrorKind kind) {
    switch (kind) {
        case base::ErrorKind::invalid:
            return "cli.error.invalid";
        case base::ErrorKind::denied:
            return "cli.error.denied";
        case base::ErrorKind::not_found:
            return "cli.error.not_found";
        case base::ErrorKind::exists:
            return "cli.error.exists";
        case base::ErrorKind::unavailable:
            return "cli.error.unavailable";
        case base::ErrorKind::full:
            return "cli.error.full";
        case base::ErrorKind::system:
            return "cli.error.system";
        case base::ErrorKind::corrupt:
            return "cli.error.corrupt";
    }
    return "cli.error.system";
}

constexpr std::string_view name_of(base::ErrorKind kind) {
    return key_of(kind).substr(std::string_view("cli.error.").size());
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

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        const char32_t point = base::take_code_point(text).value_or(U'?');
        const bool two = std::ranges::any_of(
            wide, [&](const Range& range) { return point >= range.first && point <= range.last; });
        width += two ? 2 : 1;
    }
    return width;
}

void TerminalOutput::say(std::string_view key, Values values) {
    if (!json_) out_ << text::say(language_, key, values) << '\n';
}

void TerminalOutput::result(const boost::json::value& value) {
    if (json_) out_ << boost::json::serialize(value) << '\n';
}

void TerminalOutput::table(const std::vector<std::string_view>& header,
                           const std::vector<std::vector<std::string>>& rows) {
    if (json_) return;
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
            widths[column] = std::max(widths[column], display_width(line.at(column)));
        }
    }
    for (const auto& line : lines) {
        for (std::size_t column = 0; column < widths.size(); ++column) {
            out_ << line[column];
            if (column + 1 == widths.size()) break;
            out_ << std::string(widths[column] - display_width(line[column]) + 2, ' ');
        }
        out_ << '\n';
    }
}

Exit TerminalOutput::fail(const base::Error& error) {
    const std::string message = base::printable(error.message, 4000);
    if (json_) {
        const std::string_view kind = name_of(error.kind);
        out_ << boost::json::serialize(boost::json::object{
                    {"error",
                     {{"kind", boost::json::string_view(kind.data(), kind.size())},
                      {"message", message}}}})
             << '\n';
    } else {
        error_ << text::say(language_, key_of(error.kind), {{"message", message}}) << '\n';
    }
    return exit_for(error.kind);
}

Exit TerminalOutput::fail(Exit code, std::string_view key, Values values) {
    const std::string message = text::say(language_, key, values);
    if (json_) {
        out_ << boost::json::serialize(boost::json::object{
                    {"error",
                     {{"kind", boost::json::string_view(key.data(), key.size())},
                      {"message", message}}}})
             << '\n';
    } else {
        error_ << message << '\n';
    }
    return code;
}

}  // namespace shoji::cli
