#include "watch/response/response_policy.h"

#include "core/base/toml.h"

#include <algorithm>
#include <charconv>

namespace shoji::response {
namespace {

constexpr std::size_t most_policy = 1U << 20U;

constexpr std::array always_protected{"/lib64/ld-linux-x86-64.so.2",
                                      "/lib/x86_64-linux-gnu/libc.so.6",
                                      "/lib/systemd/systemd",
                                      "/lib/systemd/systemd-journald",
                                      "/usr/bin/shoji",
                                      "/usr/bin/shoji-sensor",
                                      "/usr/bin/shoji-gateway",
                                      "/usr/bin/shoji-host",
                                      "/usr/bin/shoji-audit"};

// What Shoji runs under users of its own.
constexpr std::array own_units{"shoji-gateway.service", "shoji-audit.service", "shoji-hub.service"};

bool is_service(std::string_view unit) {
    return unit.size() > std::string_view(".service").size() && unit.ends_with(".service") &&
           unit.find('/') == std::string_view::npos;
}

base::Failure wrong(std::string_view key, std::string_view why) {
    return base::fail(base::ErrorKind::invalid, "response.toml: '{}' {}", key, why);
}

base::Result<void> know(const toml::table& table, std::initializer_list<std::string_view> keys) {
    for (const auto& [key, value] : table) {
        if (std::ranges::find(keys, key.str()) == keys.end())
            return wrong(key.str(), "is not a setting");
    }
    return {};
}

base::Result<std::vector<std::string>> texts(const toml::table& table, std::string_view key) {
    std::vector<std::string> all;
    const toml::node* node = table.get(key);
    if (node == nullptr) return all;
    const toml::array* array = node->as_array();
    if (array == nullptr) return wrong(key, "must be a list of strings");
    for (const auto& element : *array) {
        const auto value = element.value_exact<std::string>();
        if (!value) return wrong(key, "must be a list of strings");
        all.push_back(*value);
    }
    return all;
}

base::Result<std::vector<std::string>> paths(const toml::table& table, std::string_view key) {
    auto all = texts(table, key);
    if (all && !std::ranges::all_of(*all, [](const auto& one) { return one.starts_with('/'); })) {
        return wrong(key, "must be a list of absolute paths");
    }
    return all;
}

base::Result<std::vector<Network>> networks(const toml::table& table, std::string_view key) {
    const auto all = texts(table, key);
    if (!all) return base::Failure(all.error());
    std::vector<Network> read;
    for (const auto& one : *all) {
        const auto network = parse_network(one);
        if (!network) return base::Failure(network.error());
        read.push_back(*network);
    }
    return read;
}

// "10.0.0.2:8443", "[fd00::2]:8443".
base::Result<Collector> parse_collector(std::string_view text) {
    const auto colon = text.rfind(':');
    auto address = text.substr(0, colon);
    if (address.starts_with('[') && address.ends_with(']'))
        address = address.substr(1, address.size() - 2);
    const auto network = parse_network(address);
    Collector collector;
    const auto port = colon == std::string_view::npos ? "" : text.substr(colon + 1);
    const auto [end, problem] =
        std::from_chars(port.data(), port.data() + port.size(), collector.port);
    const bool bracketed = text.starts_with('[');
    if (!network || network->prefix != (network->version_6 ? 128 : 32) ||
        network->version_6 != bracketed || problem != std::errc{} ||
        end != port.data() + port.size() || collector.port == 0) {
        return wrong("collectors",
                     "must be addresses with ports, as 10.0.0.2:8443 or [fd00::2]:8443");
    }
    collector.address = *network;
    return collector;
}

base::Result<void> read_isolation(const toml::table& table, ResponsePolicy& policy) {
    if (auto known = know(table, {"collectors", "listed", "resolvers", "packet_programs"}); !known)
        return known;
    const auto collectors = texts(table, "collectors");
    auto listed = networks(table, "listed");
    auto resolvers = networks(table, "resolvers");
    auto programs = paths(table, "packet_programs");
    if (!collectors) return base::Failure(collectors.error());
    if (!listed) return base::Failure(listed.error());
    if (!resolvers) return base::Failure(resolvers.error());
    if (!programs) return base::Failure(programs.error());
    for (const auto& one : *collectors) {
        const auto collector = parse_collector(one);
        if (!collector) return base::Failure(collector.error());
        policy.isolation.collectors.push_back(*collector);
    }
    policy.isolation.listed = std::move(*listed);
    policy.isolation.resolvers = std::move(*resolvers);
    policy.packet_programs = std::move(*programs);
    return {};
}

// Megabytes, as the sensor's own settings have them.
base::Result<void> read_quarantine(const toml::table& table, VaultLimits& limits) {
    if (auto known = know(table, {"file_megabytes", "free_megabytes"}); !known) return known;
    for (const auto& [key, into] : {std::pair("file_megabytes", &limits.file_bytes),
                                    std::pair("free_megabytes", &limits.free_bytes)}) {
        if (!table.contains(key)) continue;
        constexpr std::int64_t most = 1 << 20;
        const auto megabytes = table[key].value_exact<std::int64_t>();
        if (!megabytes || *megabytes < 1 || *megabytes > most)
            return wrong(key, "must be a number of megabytes, 1 to 1048576");
        *into = static_cast<std::uint64_t>(*megabytes) << 20U;
    }
    return {};
}

base::Result<void> read_orders(const toml::table& table, OrderPolicy& policy) {
    if (auto known = know(table, {"two_persons", "signers"}); !known) return known;
    const auto kinds = texts(table, "two_persons");
    if (!kinds) return base::Failure(kinds.error());
    for (const auto& name : *kinds) {
        const auto kind = kind_of(name);
        if (!kind) return wrong("two_persons", "must be a list of responses");
        policy.two_persons.insert(*kind);
    }
    const toml::node* node = table.get("signers");
    if (node == nullptr) return {};
    if (!node->is_array_of_tables()) return wrong("signers", "must be tables");
    for (const auto& element : *node->as_array()) {
        const toml::table& one = *element.as_table();
        if (auto known = know(one, {"name", "key"}); !known) return known;
        const auto name = one["name"].value_exact<std::string>();
        const auto key =
            journal::public_key_from(one["key"].value_exact<std::string>().value_or(""));
        if (!name || name->empty() || !key)
            return wrong("signers", "need a name and a key 'ed25519 …'");
        policy.signers.push_back({*key, *name});
    }
    return {};
}

base::Result<void> read_rules(const toml::node& node, ResponsePolicy& policy) {
    if (!node.is_array_of_tables()) return wrong("rules", "must be tables");
    for (const auto& element : *node.as_array()) {
        const toml::table& one = *element.as_table();
        if (auto known = know(one, {"id", "response", "ask"}); !known) return known;
        const auto id = one["id"].value_exact<std::string>();
        const auto kind = kind_of(one["response"].value_exact<std::string>().value_or(""));
        const auto ask = one.contains("ask") ? one["ask"].value_exact<bool>() : std::optional(true);
        if (!id || id->empty() || !kind || !ask) return wrong("rules", "need an id and a response");
        // What an alert cannot name, or what would undo what a person did.
        if (*kind == ActionKind::restore || *kind == ActionKind::release ||
            *kind == ActionKind::unblock) {
            return wrong("rules", "cannot undo a response");
        }
        if (!policy.rules.emplace(*id, RuleResponse{*kind, *ask}).second)
            return wrong(*id, "stands there twice");
    }
    return {};
}

}  // namespace

base::Result<ResponsePolicy> parse_response_policy(std::string_view text) {
    if (text.size() > most_policy) return wrong("response.toml", "is too long");
    toml::table table;
    try {
        table = toml::parse(text);
    } catch (const toml::parse_error& error) {
        return base::fail(base::ErrorKind::invalid, "response.toml, line {}: {}",
                          error.source().begin.line, error.description());
    }
    if (auto known = know(table, {"host", "protected_programs", "protected_units", "collect_memory",
                                  "isolation", "orders", "quarantine", "rules"});
        !known) {
        return base::Failure(known.error());
    }
    ResponsePolicy policy;
    policy.host = table["host"].value_exact<std::string>().value_or("");
    if (policy.host.empty()) return wrong("host", "is missing");
    policy.orders.host = policy.host;
    auto programs = paths(table, "protected_programs");
    if (!programs) return base::Failure(programs.error());
    policy.protected_programs = std::move(*programs);
    policy.protected_programs.insert(policy.protected_programs.end(), always_protected.begin(),
                                     always_protected.end());
    auto units = texts(table, "protected_units");
    if (!units) return base::Failure(units.error());
    if (!std::ranges::all_of(*units, is_service)) {
        return wrong("protected_units", "must be a list of services, as postgresql.service");
    }
    policy.protected_units = std::move(*units);
    policy.protected_units.insert(policy.protected_units.end(), own_units.begin(), own_units.end());
    if (table.contains("collect_memory")) {
        const auto allowed = table["collect_memory"].value_exact<bool>();
        if (!allowed) return wrong("collect_memory", "must be true or false");
        policy.memory_may_be_collected = *allowed;
    }
    for (const std::string_view key : {"isolation", "orders", "quarantine"}) {
        if (!table.contains(key)) continue;
        const toml::table* part = table.get_as<toml::table>(key);
        if (part == nullptr) return wrong(key, "must be a table");
        auto read = key == "orders"       ? read_orders(*part, policy.orders)
                    : key == "quarantine" ? read_quarantine(*part, policy.vault)
                                          : read_isolation(*part, policy);
        if (!read) return base::Failure(read.error());
    }
    if (const auto* rules = table.get("rules")) {
        if (auto read = read_rules(*rules, policy); !read) return base::Failure(read.error());
    }
    return policy;
}

}  // namespace shoji::response
