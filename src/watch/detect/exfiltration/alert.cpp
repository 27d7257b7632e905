#include "watch/detect/exfiltration/alert.h"

#include "watch/event/time.h"

#include <fmt/format.h>

namespace shoji::exfiltration {
namespace {

std::string bytes_text(std::uint64_t bytes) {
    constexpr std::uint64_t kilo = 1000;
    if (bytes < 10 * kilo) return fmt::format("{} B", bytes);
    if (bytes < 10 * kilo * kilo) return fmt::format("{} kB", bytes / kilo);
    if (bytes < 10 * kilo * kilo * kilo) return fmt::format("{} MB", bytes / kilo / kilo);
    return fmt::format("{} GB", bytes / kilo / kilo / kilo);
}

// With the unit that the kind and the medium are counted in.
std::string amount_text(const Alert& alert, std::uint64_t amount, text::Language language) {
    const auto with = [&](std::string_view key) {
        return text::say(language, key, {{"count", std::to_string(amount)}});
    };
    if (alert.kind == Kind::my_number) return with("exfiltration.unit.numbers");
    if (alert.kind == Kind::tunnel) return with("exfiltration.unit.characters");
    if (alert.medium == Medium::print) return with("exfiltration.unit.pages");
    if (alert.medium == Medium::capture) return with("exfiltration.unit.pictures");
    return bytes_text(amount);
}

}  // namespace

std::string_view name_of(Kind kind) {
    switch (kind) {
        case Kind::volume_day:
            return "volume_day";
        case Kind::volume_hour:
            return "volume_hour";
        case Kind::pair_day:
            return "pair_day";
        case Kind::pair_week:
            return "pair_week";
        case Kind::program_day:
            return "program_day";
        case Kind::leak:
            return "leak";
        case Kind::chain:
            return "chain";
        case Kind::tunnel:
            return "tunnel";
        case Kind::protocol:
            return "protocol";
        case Kind::my_number:
            return "my_number";
    }
    return {};
}

std::string_view name_of(Medium medium) {
    switch (medium) {
        case Medium::web:
            return "web";
        case Medium::storage:
            return "storage";
        case Medium::paste:
            return "paste";
        case Medium::mail:
            return "mail";
        case Medium::stick:
            return "stick";
        case Medium::share:
            return "share";
        case Medium::print:
            return "print";
        case Medium::capture:
            return "capture";
        case Medium::icmp:
            return "icmp";
        case Medium::input:
            return "input";
    }
    return {};
}

std::string_view name_of(Baseline::From from) {
    switch (from) {
        case Baseline::From::own:
            return "own";
        case Baseline::From::peers:
            return "peers";
        case Baseline::From::city:
            return "city";
        case Baseline::From::fixed:
            return "fixed";
    }
    return {};
}

std::string describe(const Alert& alert, text::Language language) {
    const auto kind = fmt::format("exfiltration.{}", name_of(alert.kind));
    const auto medium =
        text::say(language, fmt::format("exfiltration.by.{}", name_of(alert.medium)));
    const auto from =
        text::say(language, fmt::format("exfiltration.from.{}", name_of(alert.baseline.from)),
                  {{"samples", std::to_string(alert.baseline.samples)}});
    const auto or_unknown = [&](const std::string& name) {
        return name.empty() ? text::say(language, "exfiltration.unknown") : name;
    };
    return text::say(language, kind,
                     {{"host", or_unknown(alert.host)},
                      {"user", or_unknown(alert.user)},
                      {"process", or_unknown(alert.process)},
                      {"source", alert.source},
                      {"destination", or_unknown(alert.destination)},
                      {"medium", medium},
                      {"amount", amount_text(alert, alert.amount, language)},
                      {"count", std::to_string(alert.count)},
                      {"usual", amount_text(alert, alert.baseline.median, language)},
                      {"limit", amount_text(alert, alert.baseline.limit, language)},
                      {"since", event::format_time(alert.since).substr(0, 16) + "Z"},
                      {"baseline", from}});
}

}  // namespace shoji::exfiltration
