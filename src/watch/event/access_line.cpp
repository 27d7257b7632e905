#include "watch/event/access_line.h"

#include "watch/event/log_names.h"
#include "watch/event/time.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

namespace shoji::event {
namespace {

std::string_view take_word(std::string_view& text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    const auto end = std::min(text.find(' '), text.size());
    const auto word = text.substr(0, end);
    text.remove_prefix(end);
    return word;
}

bool is_number(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view unless_nothing(std::string_view word) {
    return word == "-" ? std::string_view() : word;
}

class Line {
  public:
    Line(const Names& names, Event& event) : names_(names), event_(event) {}

    void add(std::string_view name, std::string_view value, Type type = Type::text) {
        if (!value.empty()) event_.add({names_.field(name), type, name, value});
    }
    void request(std::string_view method, std::string_view uri) {
        add("cs-method", method);
        add("c-uri", uri);
        add_uri_parts(uri, names_, event_);
    }
    void is_of(std::string_view category) {
        event_.source.categories.front() = names_.source(category);
    }
    Event& event() { return event_; }

  private:
    const Names& names_;
    Event& event_;
};

// SECONDS.MILLISECONDS
bool parse_seconds(std::string_view text, Time& time) {
    constexpr std::size_t fraction = 4;  // ".123"
    constexpr Time latest = 0x7fffffffffffffff / 1'000'000'000 - 1;
    if (text.size() <= fraction || text[text.size() - fraction] != '.') return false;
    const auto whole = text.substr(0, text.size() - fraction);
    const auto part = text.substr(text.size() - fraction + 1);
    if (!is_number(whole) || !is_number(part)) return false;
    Time seconds = 0;
    Time milliseconds = 0;
    const auto read = std::from_chars(whole.data(), whole.data() + whole.size(), seconds);
    std::from_chars(part.data(), part.data() + part.size(), milliseconds);
    if (read.ec != std::errc{} || seconds > latest) return false;
    time = seconds * 1'000'000'000 + milliseconds * 1'000'000;
    return true;
}

bool add_squid(std::string_view text, Line& line) {
    Time time = 0;
    if (!parse_seconds(take_word(text), time)) return false;
    const auto taken = take_word(text);
    const auto client = take_word(text);
    const auto result = take_word(text);
    const auto bytes = take_word(text);
    const auto slash = result.find('/');
    const bool fits = is_number(taken) && slash != std::string_view::npos &&
                      is_number(result.substr(slash + 1)) && is_number(bytes);
    if (!fits) return false;
    const auto method = take_word(text);
    const auto uri = take_word(text);
    if (uri.empty()) return false;
    line.event().time = time;
    line.add("c-ip", client);
    line.add("src_ip", client);
    line.request(method, uri);
    line.add("sc-status", result.substr(slash + 1), Type::number);
    line.add("sc-bytes", bytes, Type::number);
    line.add("BytesReceived", bytes, Type::number);
    line.add("time-taken", taken, Type::number);
    const auto code = result.substr(0, slash);
    const bool denied = code.find("DENIED") != std::string_view::npos;
    line.add("action", denied ? "denied" : code);
    const auto user = unless_nothing(take_word(text));
    line.add("cs-username", user);
    line.add("User", user);
    const auto way = take_word(text);
    const auto peer = way.find('/');
    if (peer != std::string_view::npos) line.add("dst_ip", unless_nothing(way.substr(peer + 1)));
    line.add("cs-mime-type", unless_nothing(take_word(text)));
    line.is_of("proxy");
    return true;
}

// [20/Nov/2026:10:02:03 +0900]
bool take_bracketed_time(std::string_view& text, Time& time) {
    constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    constexpr std::string_view form = " [20/Nov/2026:10:02:03 +0900]";
    if (text.size() < form.size() || !text.starts_with(" [") || text[form.size() - 1] != ']') {
        return false;
    }
    const auto month = std::ranges::find(months, text.substr(5, 3));
    if (month == months.end()) return false;
    const auto parsed =
        parse_time(fmt::format("{}-{:02}-{}T{}{}", text.substr(9, 4), month - months.begin() + 1,
                               text.substr(2, 2), text.substr(14, 8), text.substr(23, 5)));
    if (!parsed) return false;
    time = *parsed;
    text.remove_prefix(form.size());
    return true;
}

// "…" with backslashes before marks inside; false when none begins here.
bool take_quoted(std::string_view& text, std::string_view& value) {
    if (!text.starts_with(" \"")) return false;
    std::size_t end = 2;
    while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
    if (end >= text.size()) return false;
    value = text.substr(2, end - 2);
    text.remove_prefix(end + 1);
    return true;
}

bool add_combined(std::string_view text, Line& line) {
    const auto client = take_word(text);
    take_word(text);
    const auto user = unless_nothing(take_word(text));
    Time time = 0;
    std::string_view request;
    if (client.empty() || !take_bracketed_time(text, time) || !take_quoted(text, request)) {
        return false;
    }
    const auto status = take_word(text);
    const auto bytes = unless_nothing(take_word(text));
    if (!is_number(status) || (!bytes.empty() && !is_number(bytes))) return false;
    line.event().time = time;
    line.add("c-ip", client);
    line.add("src_ip", client);
    line.add("cs-username", user);
    line.add("User", user);
    const auto method = take_word(request);
    const auto uri = take_word(request);
    line.request(method, uri);
    line.add("sc-status", status, Type::number);
    line.add("sc-bytes", bytes, Type::number);
    line.add("BytesReceived", bytes, Type::number);
    std::string_view referrer;
    std::string_view agent;
    if (take_quoted(text, referrer)) line.add("cs-referer", unless_nothing(referrer));
    if (take_quoted(text, agent)) line.add("c-useragent", unless_nothing(agent));
    const auto code = take_word(text);  // TCP_DENIED:HIER_NONE, of Squid
    const bool denied = code.starts_with("TCP_DENIED");
    if (denied || code.starts_with("TCP_")) line.add("action", denied ? "denied" : code);
    const bool is_proxy = method == "CONNECT" || uri.find("://") != std::string_view::npos;
    line.is_of(is_proxy ? "proxy" : "webserver");
    if (!is_proxy) {
        // Rules for web servers look for paths in it as well.
        line.add("cs-uri-query", uri);
        line.add("cs-user-agent", unless_nothing(agent));
    }
    return true;
}

}  // namespace

bool add_access_line(std::string_view line, const Names& names, Event& event) {
    Line into(names, event);
    return add_squid(line, into) || add_combined(line, into);
}

}  // namespace shoji::event
