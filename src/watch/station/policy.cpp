#include "watch/station/policy.h"

#include "core/base/printable.h"
#include "core/base/toml_reader.h"

#include <algorithm>
#include <charconv>
#include <fstream>

#include <arpa/inet.h>

namespace shoji::station {
namespace {

using base::TomlReader;

constexpr std::size_t most_bytes = 1 << 20;

// One text and what is wrong with it.
struct File {
    std::string_view name;
    std::optional<base::Error>& error;

    [[nodiscard]] TomlReader reader(const toml::table& table, std::string_view of) const {
        return {{table, name, of}, error};
    }
};

bool is_path(const std::string& path) {
    constexpr std::size_t most_path = 4095;
    return path.starts_with('/') && path.size() <= most_path &&
           path.find('\0') == std::string::npos;
}

// An absolute path, or, where it may be left out, none.
void take_path(TomlReader& reader, const toml::table& table, const std::string& key,
               std::string& into, bool needed) {
    reader.take(key, into);
    if (into.empty() && !needed && !table.contains(key)) return;
    const toml::node& place = table.contains(key) ? *table.get(key) : table;
    if (!is_path(into)) reader.refuse(place, key, "must be an absolute path");
}

// "192.0.2.1:8444", "[2001:db8::1]:8444".
bool take_address(std::string_view text, DeliveryPolicy& into) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return false;
    auto address = text.substr(0, colon);
    const auto port = text.substr(colon + 1);
    const bool bracketed = address.starts_with('[') && address.ends_with(']');
    if (bracketed) address = address.substr(1, address.size() - 2);
    into.address = address;
    in6_addr scratch{};
    const int family = bracketed ? AF_INET6 : AF_INET;
    const auto [end, problem] = std::from_chars(port.data(), port.data() + port.size(), into.port);
    return ::inet_pton(family, into.address.c_str(), &scratch) == 1 && problem == std::errc{} &&
           end == port.data() + port.size() && into.port != 0;
}

void read_local(const File& file, const toml::table& table, LocalPolicy& into) {
    constexpr std::size_t most_name = 32;
    auto reader = file.reader(table, "local");
    reader.take("group", into.group);
    const auto* node = table.get("group");
    if (node != nullptr &&
        (into.group.empty() || into.group.size() > most_name || !base::is_printable(into.group))) {
        reader.refuse(*node, "group", "must be a group's name");
    }
}

void read_keeper(const File& file, const toml::table& table, KeeperPolicy& into) {
    auto reader = file.reader(table, "keeper");
    reader.take("silent_seconds", into.silent_seconds, 2, 3600);
    reader.take("check_seconds", into.check_seconds, 1, 86'400);
    reader.take("canary_seconds", into.canary_seconds, 1, 40);
    take_path(reader, table, "pins", into.pins, false);
    reader.take("shield", into.shield);
}

void read_detection(const File& file, const toml::table& table, DetectionPolicy& into) {
    auto reader = file.reader(table, "detection");
    for (auto [key, list] :
         {std::pair{"rules", &into.rules}, std::pair{"pipelines", &into.pipelines}}) {
        if (reader.take(key, *list) && !std::ranges::all_of(*list, is_path)) {
            reader.refuse(*table.get(key), key, "must be absolute paths");
        }
    }
    take_path(reader, table, "placeholders", into.placeholders, false);
    reader.take("beyond_rules", into.beyond_rules);
    take_path(reader, table, "settings", into.settings, false);
    take_path(reader, table, "suppressions", into.suppressions, false);
    take_path(reader, table, "destinations", into.destinations, false);
    take_path(reader, table, "intrusion_lists", into.intrusion_lists, false);
    reader.take("alerts_hourly", into.alerts_hourly, 1, 1'000'000);
    reader.take("save_seconds", into.save_seconds, 1, 86'400);
}

void read_delivery(const File& file, const toml::table& table, DeliveryPolicy& into) {
    auto reader = file.reader(table, "delivery");
    std::string hub;
    reader.take("hub", hub);
    if (!take_address(hub, into)) {
        reader.refuse(table.contains("hub") ? *table.get("hub") : table, "hub",
                      "must be an IP address with a port, as 192.0.2.1:8444");
    }
    take_path(reader, table, "identity", into.identity, true);
    reader.take("user", into.user, 1, std::int64_t{UINT32_MAX} - 1);
    reader.take("events", into.events);
    reader.take("spool_megabytes", into.spool_megabytes, 8, 1 << 20);
    // Sooner than whoever listens takes silence for an end.
    reader.take("pulse_seconds", into.pulse_seconds, 1, 30);
}

void read_response(const File& file, const toml::table& table, ResponsePlace& into) {
    auto reader = file.reader(table, "response");
    take_path(reader, table, "policy", into.policy, true);
    take_path(reader, table, "units", into.units, false);
}

void read_root(const File& file, const toml::table& root, Policy& policy) {
    for (const auto& [key, into] :
         {std::pair{"state", &policy.state}, std::pair{"runtime", &policy.runtime}}) {
        const auto* node = root.get(key);
        if (node == nullptr) continue;
        const auto value = node->value_exact<std::string>();
        if (value && is_path(*value)) {
            *into = *value;
        } else if (!file.error) {
            file.error = base::Error{base::ErrorKind::invalid,
                                     fmt::format("{}, line {}: {} must be an absolute path",
                                                 file.name, node->source().begin.line, key)};
        }
    }
    const auto part = [&](std::string_view key, const auto& read) {
        const auto* node = root.get(key);
        if (node == nullptr) return;
        if (const auto* table = node->as_table()) return read(*table);
        if (!file.error) {
            file.error = base::Error{base::ErrorKind::invalid,
                                     fmt::format("{}, line {}: {} must be a table", file.name,
                                                 node->source().begin.line, key)};
        }
    };
    part("local", [&](const toml::table& table) { read_local(file, table, policy.local); });
    part("keeper", [&](const toml::table& table) { read_keeper(file, table, policy.keeper); });
    part("detection", [&](const toml::table& table) {
        read_detection(file, table, policy.detection.emplace());
    });
    part("delivery",
         [&](const toml::table& table) { read_delivery(file, table, policy.delivery.emplace()); });
    part("response",
         [&](const toml::table& table) { read_response(file, table, policy.response.emplace()); });
}

base::Result<void> check(const Policy& policy, std::string_view name) {
    if (policy.state.empty() && (policy.detection || policy.delivery || policy.response)) {
        return base::fail(base::ErrorKind::invalid,
                          "{}: detection, delivery and response need a folder 'state'", name);
    }
    if (policy.runtime.empty() && policy.response) {
        return base::fail(base::ErrorKind::invalid, "{}: response needs a folder 'runtime'", name);
    }
    if (policy.delivery && policy.delivery->user == policy.watch.analyst_user) {
        return base::fail(base::ErrorKind::invalid,
                          "{}: delivery.user and analyst_user must be two users", name);
    }
    const auto reader = policy.watch.logons.journal_user;
    if (reader == policy.watch.analyst_user ||
        (policy.delivery && reader == policy.delivery->user)) {
        return base::fail(base::ErrorKind::invalid,
                          "{}: logons.journal_user must be a user of its own", name);
    }
    return {};
}

}  // namespace

base::Result<Policy> parse_policy(std::string_view text, std::string_view name) {
    Policy policy;
    // What it looks at; also that the text is TOML, and of a size to be read.
    auto watch = sensor::parse_policy(text, name);
    if (!watch) return base::Failure(watch.error());
    policy.watch = std::move(*watch);
    std::optional<base::Error> error;
    try {
        read_root({name, error}, toml::parse(text), policy);
    } catch (const toml::parse_error& wrong) {
        return base::fail(base::ErrorKind::invalid, "{}, line {}: {}", name,
                          wrong.source().begin.line, wrong.description());
    }
    if (error) return base::Failure(*error);
    if (auto checked = check(policy, name); !checked) return base::Failure(checked.error());
    return policy;
}

base::Result<Policy> load_policy(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::string text(most_bytes + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!stream.is_open() || stream.bad()) {
        return base::fail(base::ErrorKind::not_found, "{} cannot be read", file.native());
    }
    text.resize(static_cast<std::size_t>(stream.gcount()));
    return parse_policy(text, file.native());
}

}  // namespace shoji::station
