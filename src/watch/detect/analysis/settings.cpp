#include "watch/detect/analysis/settings.h"

#include "core/base/printable.h"
#include "core/base/toml_reader.h"
#include "watch/detect/exfiltration/exfiltration.h"
#include "watch/detect/incident/names.h"

#include <algorithm>

namespace shoji::analysis {
namespace {

using base::TomlReader;
using incident::day;
using incident::hour;
using incident::second;
using Names = std::vector<std::string>;

constexpr std::int64_t million = 1'000'000;
constexpr std::int64_t most_amount = million * million;  // bytes; a terabyte
constexpr std::int64_t year = 366;

// One text, one table and what is wrong with them.
struct File {
    std::string_view name;
    std::optional<base::Error>& error;

    [[nodiscard]] TomlReader reader(const toml::table& table, std::string_view of) const {
        return {{table, name, of}, error};
    }
};

bool are_names(const Names& names) {
    constexpr std::size_t most_names = 10'000;
    return names.size() <= most_names && std::ranges::all_of(names, [](const std::string& name) {
               return !name.empty() && name.size() <= incident::most_path &&
                      base::is_printable(name);
           });
}

bool take_names(TomlReader& reader, const toml::table& table, const std::string& key, Names& into) {
    if (!reader.take(key, into)) return false;
    if (are_names(into)) return true;
    reader.refuse(*table.get(key), key,
                  "must be at most 10,000 printable texts of 1 to 240 bytes each");
    return false;
}

// A time given in a unit, from 0 to `most` of it.
void take_time(TomlReader& reader, const std::string& key, event::Time& into, event::Time unit,
               std::int64_t most) {
    auto count = into / unit;
    reader.take(key, count, 0, most);
    if (count != into / unit) into = count * unit;
}

std::string domain_of(std::string name) {
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    while (name.ends_with('.')) name.pop_back();
    return name.substr(std::min(name.find_first_not_of('.'), name.size()));
}

void read_exfiltration(TomlReader& reader, exfiltration::Settings& into) {
    reader.take("deviations", into.rule.deviations, 1, 100);
    reader.take("least_spread", into.rule.least_spread, 0, 100);
    reader.take("over_largest", into.rule.over_largest, 0, 100);
    reader.take("fixed_floors", into.fixed_floors, 1, 10'000);
    reader.take("own_days", into.own_days, 1, 28);
    reader.take("peer_samples", into.peer_samples, 1, million);
    reader.take("city_samples", into.city_samples, 1, million);
    reader.take("city_quantile", into.city_quantile, 1, 9'999);
    reader.take("city_times", into.city_times, 1, 1'000);
    reader.take("hour_floor", into.hour_floor, 1, most_amount);
    reader.take("common_hosts", into.common_hosts, 1, million);
    reader.take("rare_hosts", into.rare_hosts, 1, million);
    reader.take("learning_days", into.learning_days, 0, year);
    reader.take("leak_hourly", into.leak_hourly, 1, most_amount);
    reader.take("leak_bytes", into.leak_bytes, 1, most_amount);
    reader.take("leak_hours", into.leak_hours, 1, 1'000);
    reader.take("leak_total", into.leak_total, 1, most_amount);
    reader.take("chain_hours", into.chain_hours, 1, 24 * year);
    reader.take("chain_archive", into.chain_archive, 1, most_amount);
    reader.take("chain_plain", into.chain_plain, 1, most_amount);
    reader.take("chain_percent", into.chain_percent, 1, 1'000);
    reader.take("tunnel_hour", into.tunnel_hour, 1, most_amount);
    reader.take("tunnel_day", into.tunnel_day, 1, most_amount);
    reader.take("tunnel_week", into.tunnel_week, 1, most_amount);
    reader.take("tunnel_hosts", into.tunnel_hosts, 1, million);
    reader.take("protocol_bytes", into.protocol_bytes, 1, most_amount);
    reader.take("my_numbers", into.my_numbers, 1, 10'000);
    constexpr std::int64_t most_kept = 10 * million;
    reader.take("most_subjects", into.most_subjects, 8, most_kept);
    reader.take("most_pairs", into.most_pairs, 8, most_kept);
    reader.take("most_programs", into.most_programs, 8, most_kept);
    reader.take("most_places", into.most_places, 8, most_kept);
    reader.take("most_domains", into.most_domains, 8, most_kept);
    reader.take("most_chains", into.most_chains, 8, most_kept);
    reader.take("most_protocols", into.most_protocols, 8, most_kept);
    reader.take("most_inputs", into.most_inputs, 8, most_kept);
}

void read_floors(const File& file, const toml::table& table, exfiltration::Settings& into) {
    auto reader = file.reader(table, "exfiltration.floors");
    for (std::size_t i = 0; i < exfiltration::media; ++i) {
        const auto medium = exfiltration::name_of(static_cast<exfiltration::Medium>(i));
        reader.take(std::string(medium), into.floors.at(i), 1, most_amount);
    }
}

void read_beacon(TomlReader& reader, beacon::Settings& into) {
    constexpr std::int64_t mebi = 20;  // bits
    auto megabytes = into.memory_bytes >> mebi;
    reader.take("memory_megabytes", megabytes, 1, 65'536);
    into.memory_bytes = megabytes << mebi;
    reader.take("threshold", into.threshold, 0.1, 1);
    reader.take("rare_share", into.rare_share, 0, 1);
    reader.take("new_days", into.new_days, 0, year);
    reader.take("common_share", into.common_share, 0, 1);
    reader.take("common_hosts", into.common_hosts, 1, million);
    reader.take("young_days", into.young_days, 1, 10 * year);
    reader.take("generated_names", into.generated_names, 1, 64);
    reader.take("denied_contacts", into.denied_contacts, 1, million);
    reader.take("denied_hours", into.denied_hours, 1, 24);
    reader.take("office_from", into.office_from, 0, 23);
    reader.take("office_to", into.office_to, 1, 24);
}

void read_intrusion(TomlReader& reader, intrusion::Settings& into) {
    take_time(reader, "learning_days", into.learning, day, year);
    reader.take("common_hosts", into.common_hosts, 1, 8);
    take_time(reader, "ageing_days", into.ageing, day, year);
    take_time(reader, "follow_seconds", into.follow, second, 86'400);
    take_time(reader, "span_hours", into.span, hour, 24 * std::int64_t{31});
    reader.take("chain_hosts", into.chain_hosts, 1, 10'000);
    reader.take("grave_hosts", into.grave_hosts, 1, 10'000);
    reader.take("fan_hosts", into.fan_hosts, 1, 10'000);
    reader.take("fan_times", into.fan_times, 1, 1'000);
    take_time(reader, "storm_fast_seconds", into.storm_fast, second, 86'400);
    take_time(reader, "storm_slow_seconds", into.storm_slow, second, 86'400);
    reader.take("noise_bits", into.noise_bits, 0, 8);
    reader.take("noise_rise", into.noise_rise, 0, 8);
    reader.take("parent_starts", into.parent_starts, 1, million * million);
    reader.take("most_hourly", into.most_hourly, 1, million);
    reader.take("most_usual", into.most_usual, 1, million);
    reader.take("most_hosts", into.most_hosts, 1, million);
    reader.take("most_sources", into.most_sources, 1, million);
    reader.take("most_storms", into.most_storms, 1, million);
}

void read_incident(const File& file, const toml::table& table, incident::Settings& into) {
    auto reader = file.reader(table, "incident");
    reader.take("threshold", into.threshold, 1, 1e6);
    take_time(reader, "half_life_hours", into.half_life, hour, 24 * year);
    take_time(reader, "quiet_days", into.quiet, day, year);
    take_time(reader, "link_span_hours", into.link_span, hour, 24 * year);
    reader.take("common_peers", into.common_peers, 1, 16);
    constexpr std::size_t mebi = 20;  // bits
    auto megabytes = into.most_bytes >> mebi;
    reader.take("memory_megabytes", megabytes, 1, 65'536);
    into.most_bytes = megabytes << mebi;
    reader.take("most_cases", into.most_cases, 1, million);
    reader.take("most_hosts", into.most_hosts, 1, million);
    reader.take("most_processes", into.most_processes, 1, 10 * million);
    reader.take("most_subjects", into.most_subjects, 1, million);
    if (const auto* weights = reader.table("weights")) {
        auto each = file.reader(*weights, "incident.weights");
        for (std::size_t i = 0; i < incident::levels; ++i) {
            const auto level = sigma::name_of(static_cast<incident::Level>(i));
            each.take(std::string(level), into.weights.at(i), 0, 1e6);
        }
    }
    if (into.half_life == 0) reader.refuse(table, "half_life_hours", "must be at least 1");
}

// What several of them share.
void read_city(TomlReader& reader, const toml::table& root, Settings& into) {
    constexpr std::int32_t seconds_a_minute = 60;
    constexpr std::int32_t most_zone = 14 * 60;
    reader.take("zone_minutes", into.exfiltration.zone_minutes, -most_zone, most_zone);
    into.beacon.seconds_east = into.exfiltration.zone_minutes * seconds_a_minute;
    auto& inside = into.exfiltration.inside;
    if (take_names(reader, root, "inside", inside)) {
        for (auto& name : inside) name = domain_of(name);
        if (!are_names(inside)) reader.refuse(*root.get("inside"), "inside", "must be domains");
        into.beacon.inside = inside;
    }
    take_names(reader, root, "classified", into.exfiltration.classified);
    take_names(reader, root, "removable", into.exfiltration.removable);
    take_names(reader, root, "shares", into.exfiltration.shares);
    take_names(reader, root, "canaries", into.intrusion.canaries);
    if (take_names(reader, root, "shared_hosts", into.incident.shared_hosts)) {
        for (auto& name : into.incident.shared_hosts) name = incident::host_key(name);
    }
    if (take_names(reader, root, "shared_accounts", into.incident.shared_accounts)) {
        for (auto& name : into.incident.shared_accounts) name = incident::user_key(name);
    }
}

void read_all(const File& file, const toml::table& root, Settings& into) {
    auto reader = file.reader(root, "");
    read_city(reader, root, into);
    if (const auto* table = reader.table("exfiltration")) {
        auto one = file.reader(*table, "exfiltration");
        read_exfiltration(one, into.exfiltration);
        if (const auto* floors = one.table("floors")) read_floors(file, *floors, into.exfiltration);
    }
    if (const auto* table = reader.table("beacon")) {
        auto one = file.reader(*table, "beacon");
        read_beacon(one, into.beacon);
        if (into.beacon.office_from >= into.beacon.office_to) {
            one.refuse(*table, "office_to", "must be later than office_from");
        }
    }
    if (const auto* table = reader.table("intrusion")) {
        auto one = file.reader(*table, "intrusion");
        read_intrusion(one, into.intrusion);
    }
    if (const auto* table = reader.table("incident")) read_incident(file, *table, into.incident);
}

}  // namespace

Settings::Settings() {
    beacon.inside = exfiltration.inside;
}

std::size_t Settings::memory_limit() const {
    // As intrusion/settings.h and incident/settings.h compute them, rounded up.
    constexpr std::size_t kibi = 1024;
    constexpr std::size_t usual_tables = 6;
    constexpr std::size_t usual_bytes = 750;
    const std::size_t intrusions =
        intrusion.most_usual * usual_tables * usual_bytes + intrusion.most_hosts * 3 * kibi +
        intrusion.most_sources * 11 * kibi + intrusion.most_storms * 4 * kibi;
    const std::size_t incidents = incident.most_bytes + incident.most_processes * 13 * kibi / 10 +
                                  incident.most_hosts * 4 * kibi +
                                  incident.most_subjects * 40 * kibi;
    return exfiltration::Exfiltration::memory_limit(exfiltration) +
           beacon::Limits::of(beacon.memory_bytes).bytes() + intrusions + incidents;
}

base::Result<Settings> parse_settings(std::string_view text, std::string_view file,
                                      Settings settings) {
    if (text.size() > most_settings_bytes) {
        auto failure =
            base::because(base::ErrorKind::full, "more than {} bytes", most_settings_bytes);
        return base::inside(base::Words::quoted(std::string(file)), failure.value());
    }
    toml::table parsed;
    try {
        parsed = toml::parse(text);
    } catch (const toml::parse_error& error) {
        auto failure = base::because(base::ErrorKind::invalid, "not TOML: {}", error.description());
        return base::inside(base::Words::of("{}, line {}", file, error.source().begin.line),
                            failure.value());
    }
    std::optional<base::Error> error;
    read_all({file, error}, parsed, settings);
    if (error) return base::Failure(*error);
    return settings;
}

}  // namespace shoji::analysis
