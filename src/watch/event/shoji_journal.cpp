#include "watch/event/shoji_journal.h"

#include "watch/event/time.h"

#include <algorithm>
#include <array>

namespace shoji::event {
namespace {

std::string_view value_of(const Event& event, std::string_view name) {
    const auto found = std::ranges::find(event.fields(), name, &Field::name);
    return found == event.fields().end() ? std::string_view() : found->value;
}

class Line {
  public:
    Line(const Names& names, Event& event) : names_(names), event_(event) {}

    void add(std::string_view name, std::string_view value) const {
        if (!value.empty()) event_.add({names_.field(name), Type::text, name, value});
    }
    void is_of(std::string_view category) const {
        event_.source.categories.front() = names_.source(category);
    }
    // "desk-1 (10.0.0.1), zone counter": name and address; or the address alone before the zone.
    void terminal(std::string_view text, std::string_view address_name) const {
        const auto open = text.find(" (");
        const auto close = open == std::string_view::npos ? open : text.find(')', open);
        if (close == std::string_view::npos) {
            return add(address_name, text.substr(0, text.find(", zone ")));
        }
        add("Computer", text.substr(0, open));
        add(address_name, text.substr(open + 2, close - open - 2));
    }

  private:
    const Names& names_;
    Event& event_;
};

// Of docs/egress.md.
constexpr std::array<std::string_view, 11> reasons{
    "not_listed",     "address_literal", "private_address",     "terminal_network",
    "name_not_found", "unreachable",     "server_name_differs", "malformed",
    "expired",        "too_many",        "tls_failed"};

// "https://ads.example:443 for demo"
void add_refusal(std::string_view what, const Line& line) {
    const auto uri = what.substr(0, what.find(' '));
    const auto scheme = uri.find("://");
    if (scheme == std::string_view::npos) return;
    const auto peer = uri.substr(scheme + 3);
    const auto colon = peer.rfind(':');
    if (colon == std::string_view::npos) return;
    line.add("c-uri", uri);
    line.add("cs-host", peer.substr(0, colon));
    line.add("r-dns", peer.substr(0, colon));
    line.add("dst_port", peer.substr(colon + 1));
    line.add("action", "denied");
    line.is_of("proxy");
}

// "demo 0123abcd" and "42 characters, 1 My Numbers"
void add_input(std::string_view what, std::string_view reason, const Line& line) {
    const auto blank = what.rfind(' ');
    line.add("Destination", what.substr(0, blank));
    if (blank != std::string_view::npos) line.add("SessionId", what.substr(blank + 1));
    constexpr std::string_view between = " characters, ";
    const auto at = reason.find(between);
    if (at == std::string_view::npos) return;
    const auto rest = reason.substr(at + between.size());
    line.add("Characters", reason.substr(0, at));
    line.add("MyNumbers", rest.substr(0, rest.find(' ')));
    line.is_of("screen_input");
}

}  // namespace

bool describe_shoji_journal(const Names& names, Event& event) {
    const auto action = value_of(event, "action");
    if (value_of(event, "kind") != "record" || action.empty() ||
        value_of(event, "previous").empty() || value_of(event, "hash").empty()) {
        return false;
    }
    event.source.product = names.source("shoji");
    event.source.service = names.source("journal");
    event.time = parse_time(value_of(event, "time")).value_or(0);
    const Line line(names, event);
    const auto who = value_of(event, "who");
    const auto reason = value_of(event, "reason");
    const auto terminal = value_of(event, "terminal");
    line.add("User", who);
    if (action == "refusal" && std::ranges::find(reasons, reason) != reasons.end()) {
        line.terminal(terminal, "c-ip");
        add_refusal(value_of(event, "what"), line);
    } else {
        line.terminal(terminal, "SourceIp");
    }
    if (action == "screen_input") add_input(value_of(event, "what"), reason, line);
    if (action == "sign_in") {
        line.add("Outcome", value_of(event, "outcome") == "allowed" ? "success" : "failure");
        line.add("LogonType", "10");
        line.is_of("authentication");
    }
    return true;
}

}  // namespace shoji::event
