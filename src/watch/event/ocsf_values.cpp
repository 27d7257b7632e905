#include "watch/event/ocsf_values.h"

#include "watch/event/json_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

namespace shoji::event::ocsf {
namespace {

std::optional<std::uint64_t> number_of(std::string_view text) {
    const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
    if (hexadecimal) text.remove_prefix(2);
    std::uint64_t number = 0;
    const auto* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, number, hexadecimal ? 16 : 10);
    // What every reader of JSON takes whole.
    constexpr std::uint64_t most = (std::uint64_t{1} << 53U) - 1;
    if (text.empty() || error != std::errc{} || at != end || number > most) return std::nullopt;
    return number;
}

// What stands behind the last separator; the whole where that would be nothing.
std::string_view last_part(std::string_view path) {
    const auto at = path.find_last_of("\\/");
    if (at == std::string_view::npos || at + 1 == path.size()) return path;
    return path.substr(at + 1);
}

void add_file(const std::string& path, std::string_view value, Parts& parts,
              std::uint32_t type = 1) {
    parts.emplace_back(path + ".name", as_json(last_part(value)));
    parts.emplace_back(path + ".path", as_json(value));
    parts.emplace_back(path + ".type_id", std::to_string(type));
}

void add_user(const std::string& path, std::string_view value, Parts& parts) {
    if (value.starts_with("S-1-")) {
        parts.emplace_back(path + ".uid", as_json(value));
        return;
    }
    const auto at = value.find('\\');
    if (at == std::string_view::npos || at + 1 == value.size()) {
        parts.emplace_back(path + ".name", as_json(value));
        return;
    }
    parts.emplace_back(path + ".name", as_json(value.substr(at + 1)));
    parts.emplace_back(path + ".domain", as_json(value.substr(0, at)));
}

// Calls each(part) for what stands between separators; at most 64 times.
template <class Each>
void each_part(std::string_view text, char separator, Each&& each) {
    constexpr int most = 64;
    for (int i = 0; i < most && !text.empty(); ++i) {
        const auto end = std::min(text.find(separator), text.size());
        each(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

void add_hashes(const std::string& path, std::string_view value, Parts& parts) {
    struct Algorithm {
        std::string_view name;
        std::uint32_t id;
    };
    constexpr std::array<Algorithm, 5> known{
        {{"MD5", 1}, {"SHA1", 2}, {"SHA256", 3}, {"SHA512", 4}, {"IMPHASH", other_activity}}};
    std::string list;
    each_part(value, ',', [&](std::string_view part) {
        const auto at = part.find('=');
        if (at == std::string_view::npos || at + 1 == part.size()) return;
        const auto* found = std::ranges::find(known, part.substr(0, at), &Algorithm::name);
        if (found == known.end()) return;
        list += fmt::format(R"({}{{"algorithm":{},"algorithm_id":{},"value":{}}})",
                            list.empty() ? "" : ",", as_json(found->name), found->id,
                            as_json(part.substr(at + 1)));
    });
    if (!list.empty()) parts.emplace_back(path, "[" + list + "]");
}

// Sysmon: "type:  5 name.example;::ffff:192.0.2.1;"
void add_answers(const std::string& path, std::string_view value, Parts& parts) {
    std::string list;
    each_part(value, ';', [&](std::string_view part) {
        const auto blank = part.find_last_of(' ');
        if (part.starts_with("type:") && blank != std::string_view::npos) {
            part.remove_prefix(blank + 1);
        }
        if (part.empty()) return;
        list += fmt::format(R"({}{{"rdata":{}}})", list.empty() ? "" : ",", as_json(part));
    });
    if (!list.empty()) parts.emplace_back(path, "[" + list + "]");
}

std::string_view direction_of(std::string_view value) {
    // Sysmon says whether the host began it; %%14592 and %%14593 are Windows' words.
    if (value == "false" || value == "%%14592") return "1";
    if (value == "true" || value == "%%14593") return "2";
    return {};
}

void add_number(const std::string& path, std::string_view value, Parts& parts) {
    if (const auto number = number_of(value)) parts.emplace_back(path, std::to_string(*number));
}

}  // namespace

Parts parts_of(const Attribute& attribute, std::string_view value) {
    Parts parts;
    const std::string path(attribute.path);
    switch (attribute.kind) {
        case Kind::text:
            parts.emplace_back(path, as_json(value));
            break;
        case Kind::number:
            add_number(path, value, parts);
            break;
        case Kind::program:
            parts.emplace_back(path + ".name", as_json(last_part(value)));
            add_file(path + ".file", value, parts);
            break;
        case Kind::file:
            add_file(path, value, parts);
            break;
        case Kind::pipe:
            add_file(path, value, parts, 6);
            break;
        case Kind::user:
            add_user(path, value, parts);
            break;
        case Kind::hashes:
            add_hashes(path, value, parts);
            break;
        case Kind::direction:
            if (const auto id = direction_of(value); !id.empty()) parts.emplace_back(path, id);
            break;
        case Kind::outcome:
            if (value == "success") parts.emplace_back(path, "1");
            if (value == "failure") parts.emplace_back(path, "2");
            break;
        case Kind::answers:
            add_answers(path, value, parts);
            break;
        case Kind::registry_value:
            parts.emplace_back(path + ".name", as_json(last_part(value)));
            parts.emplace_back(path + ".path", as_json(value));
            break;
        case Kind::long_text:
            parts.emplace_back(path, "{\"value\":" + as_json(value) + "}");
            break;
        case Kind::task:
            parts.emplace_back(path + ".name", as_json(value));
            add_file(path + ".file", value, parts);
            break;
    }
    return parts;
}

std::uint32_t activity_of_method(std::string_view method) {
    constexpr std::array<std::string_view, 8> methods{"CONNECT", "DELETE", "GET", "HEAD",
                                                      "OPTIONS", "POST",   "PUT", "TRACE"};
    const auto* found = std::ranges::find(methods, method);
    return found == methods.end() ? other_activity
                                  : static_cast<std::uint32_t>(found - methods.begin()) + 1;
}

}  // namespace shoji::event::ocsf
