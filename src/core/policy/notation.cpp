// Days and origins as text and back.
#include "core/base/printable.h"
#include "core/policy/check.h"
#include "core/policy/json.h"

#include <algorithm>
#include <charconv>

namespace shoji::policy {
namespace {

using base::ErrorKind;
using base::Result;

// Digits alone: from_chars would also take a sign.
std::optional<unsigned> number_from(std::string_view digits) {
    unsigned number = 0;
    if (!std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; })) return {};
    const auto [end, problem] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (problem != std::errc{} || end != digits.data() + digits.size()) return {};
    return number;
}

base::Failure refuse(std::string_view url, std::string_view why) {
    return base::fail(ErrorKind::invalid, "origin \"{}\": {}", base::printable(url, 300), why);
}

}  // namespace

std::string to_text(Day day) {
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                       static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

std::optional<Day> day_from(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto year = number_from(text.substr(0, 4));
    const auto month = number_from(text.substr(5, 2));
    const auto day = number_from(text.substr(8, 2));
    if (!year || !month || !day) return std::nullopt;
    const Day date{std::chrono::year{static_cast<int>(*year)}, std::chrono::month{*month},
                   std::chrono::day{*day}};
    if (!date.ok()) return std::nullopt;
    return date;
}

std::string_view to_text(Scheme scheme) {
    return scheme == Scheme::http ? "http" : "https";
}

std::uint16_t default_port(Scheme scheme) {
    return scheme == Scheme::http ? 80 : 443;
}

std::string to_url(const Origin& origin) {
    const bool bracketed = origin.host.find(':') != std::string::npos;
    std::string url = fmt::format("{}://{}{}{}", to_text(origin.scheme), bracketed ? "[" : "",
                                  origin.host, bracketed ? "]" : "");
    if (origin.port != default_port(origin.scheme)) url += fmt::format(":{}", origin.port);
    return url;
}

Result<Origin> origin_from_url(std::string_view url) {
    Origin origin;
    std::string lower(url);
    std::ranges::transform(lower, lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    std::string_view rest = lower;
    if (rest.starts_with("https://")) {
        rest.remove_prefix(8);
    } else if (rest.starts_with("http://")) {
        origin.scheme = Scheme::http;
        rest.remove_prefix(7);
    } else {
        return refuse(url, "must begin with http:// or https://");
    }
    if (rest.ends_with('/')) rest.remove_suffix(1);
    const auto bracket = rest.starts_with('[') ? rest.find(']') : std::string_view::npos;
    const auto colon = rest.find(':', bracket == std::string_view::npos ? 0 : bracket);
    std::string_view host = rest.substr(0, colon);
    if (bracket != std::string_view::npos) {
        if (!host.ends_with(']')) return refuse(url, "has no valid host");
        host = host.substr(1, host.size() - 2);
        if (host.find(':') == std::string_view::npos) return refuse(url, "has no valid host");
    }
    if (!is_host_name(host) && !is_address(host)) return refuse(url, "has no valid host");
    origin.host = host;
    origin.port = default_port(origin.scheme);
    if (colon != std::string_view::npos) {
        const auto port = number_from(rest.substr(colon + 1));
        if (!port || *port < 1 || *port > 65535) return refuse(url, "has no valid port");
        origin.port = static_cast<std::uint16_t>(*port);
    }
    return origin;
}

}  // namespace shoji::policy
