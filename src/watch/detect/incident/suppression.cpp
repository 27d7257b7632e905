#include "watch/detect/incident/suppression.h"

#include "core/base/printable.h"
#include "core/base/toml.h"
#include "watch/detect/incident/clock.h"
#include "watch/detect/incident/names.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace shoji::incident {
namespace {

constexpr std::size_t most_value = 400;
constexpr event::Time japan = 9 * hour;

std::optional<Detector> detector_of(std::string_view name) {
    for (std::size_t i = 0; i < detectors; ++i) {
        const auto detector = static_cast<Detector>(i);
        if (name_of(detector) == name) return detector;
    }
    return std::nullopt;
}

event::Time midnight_of(const toml::date& date) {
    const std::chrono::year_month_day day_of{
        std::chrono::year(date.year), std::chrono::month(date.month), std::chrono::day(date.day)};
    return event::Time{std::chrono::sys_days(day_of).time_since_epoch().count()} * day;
}

// Nothing: it is no time, or says no offset, or lies outside 1970 to 2261.
std::optional<event::Time> expiry_of(const toml::node& node) {
    constexpr std::uint16_t first_year = 1971;
    constexpr std::uint16_t last_year = 2260;
    const auto is_good = [](const toml::date& date) {
        return date.year >= first_year && date.year <= last_year;
    };
    if (const auto* value = node.as_date()) {
        if (!is_good(value->get())) return std::nullopt;
        return midnight_of(value->get()) + day - japan;
    }
    if (const auto* value = node.as_date_time()) {
        const auto& at = value->get();
        if (!at.offset || !is_good(at.date)) return std::nullopt;
        return midnight_of(at.date) + at.time.hour * hour + at.time.minute * minute +
               at.time.second * second - at.offset->minutes * minute;
    }
    return std::nullopt;
}

// Takes one table apart; `problem` is the first thing wrong with it.
struct Reader {
    const toml::table& table;
    std::optional<base::Words> problem{};

    std::string take(std::string_view key) {
        const auto* node = table.get(key);
        if (node == nullptr) return {};
        const auto text = node->value_exact<std::string>();
        if (!text) {
            complain("'{}' must be a string", key);
        } else if (text->empty() || text->size() > most_value || !base::is_printable(*text)) {
            complain("'{}' must be a printable text of 1 to 400 bytes", key);
        } else {
            return *text;
        }
        return {};
    }
    // The sentence is one of the catalogue (core/base/words.h).
    template <class... Arguments>
    void complain(fmt::format_string<Arguments...> sentence, Arguments&&... arguments) {
        if (!problem) problem = base::Words::of(sentence, std::forward<Arguments>(arguments)...);
    }
};

void check_keys(Reader& reader) {
    constexpr std::array<std::string_view, 8> known{"rule",    "detector", "host",   "user",
                                                    "process", "owner",    "reason", "expires"};
    for (const auto& [key, value] : reader.table) {
        if (std::ranges::find(known, key.str()) == known.end()) {
            reader.complain("'{}' is not known", base::printable(key.str(), 64));
        }
    }
}

Suppression read_one(Reader& reader) {
    check_keys(reader);
    Suppression one;
    one.line = reader.table.source().begin.line;
    one.rule = reader.take("rule");
    one.host = host_key(reader.take("host"));
    one.user = user_key(reader.take("user"));
    one.process = reader.take("process");
    one.process_glob = PathGlob(one.process);
    one.owner = reader.take("owner");
    one.reason = reader.take("reason");
    if (const auto name = reader.take("detector"); !name.empty()) {
        one.detector = detector_of(name);
        if (!one.detector) {
            reader.complain(
                "'{}' must be sigma, intrusion, exfiltration, beacon, analysis or sensor",
                "detector");
        }
    }
    if (one.rule.empty() && !one.detector)
        reader.complain("'{}' or '{}' is required", "rule", "detector");
    if (one.owner.empty()) reader.complain("'{}' is required", "owner");
    if (one.reason.empty()) reader.complain("'{}' is required", "reason");
    const auto* expires = reader.table.get("expires");
    const auto time = expires == nullptr ? std::nullopt : expiry_of(*expires);
    if (!time) {
        reader.complain("'{}' is required: a date, or a time with its offset from UTC", "expires");
    }
    one.expires = time.value_or(0);
    return one;
}

}  // namespace

bool Suppression::covers(const Alert& alert) const {
    if (rule.empty() ? alert.level == Level::critical : rule != alert.rule) return false;
    if (detector && *detector != alert.detector) return false;
    if (!host.empty() && host != host_key(alert.host)) return false;
    if (!user.empty() && user != user_key(alert.user)) return false;
    return process.empty() || process_glob.matches(path_key(alert.process));
}

std::string Suppression::identity() const {
    return fmt::format("{}|{}|{}|{}|{}", detector ? name_of(*detector) : "", rule, host, user,
                       process);
}

base::Result<Suppressions> Suppressions::parse(std::string_view text) {
    if (text.size() > most_bytes) {
        return base::because(base::ErrorKind::full, "more than {} bytes", most_bytes);
    }
    toml::table parsed;
    try {
        parsed = toml::parse(text);
    } catch (const toml::parse_error& error) {
        auto failure = base::because(base::ErrorKind::invalid, "not TOML: {}", error.description());
        return base::inside(base::at_line(error.source().begin.line), failure.value());
    }
    Suppressions read;
    for (const auto& [key, value] : parsed) {
        const auto* list = value.as_array();
        if (key.str() != "suppression" || list == nullptr) {
            read.problems_.push_back(
                {value.source().begin.line, base::Words::of("only [[suppression]] is known here")});
            continue;
        }
        for (const auto& element : *list) {
            const auto line = element.source().begin.line;
            if (!element.is_table()) {
                read.problems_.push_back({line, base::Words::of("a suppression must be a table")});
            } else if (read.all_.size() >= most) {
                read.problems_.push_back(
                    {line, base::Words::of("more than {} suppressions", most)});
            } else {
                Reader reader{*element.as_table()};
                auto one = read_one(reader);
                if (!reader.problem) {
                    read.all_.push_back(std::move(one));
                } else {
                    read.problems_.push_back({line, std::move(*reader.problem)});
                }
            }
        }
    }
    return read;
}

const Suppression* Suppressions::covering(const Alert& alert, event::Time now) const {
    const auto found = std::ranges::find_if(
        all_, [&](const Suppression& one) { return now < one.expires && one.covers(alert); });
    return found == all_.end() ? nullptr : &*found;
}

const Suppression* Suppressions::expired_covering(const Alert& alert, event::Time now) const {
    const auto found = std::ranges::find_if(
        all_, [&](const Suppression& one) { return now >= one.expires && one.covers(alert); });
    return found == all_.end() ? nullptr : &*found;
}

std::vector<const Suppression*> Suppressions::expired(event::Time now) const {
    std::vector<const Suppression*> list;
    for (const auto& one : all_) {
        if (now >= one.expires) list.push_back(&one);
    }
    return list;
}

}  // namespace shoji::incident
