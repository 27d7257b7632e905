#include "core/base/settings.h"

#include "core/base/toml_reader.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>

#include <arpa/inet.h>

namespace shoji::base {
namespace {

constexpr std::size_t maximum_settings = 65536;
constexpr std::string_view file_name = "shoji.toml";

void read_listener(const toml::table& table, Settings& settings, std::optional<Error>& error) {
    TomlReader reader({table, file_name, "listener"}, error);
    Listener listener;
    std::string certificate = "optional";
    reader.take("address", listener.address);
    reader.take("port", listener.port);
    reader.take("zone", listener.zone);
    reader.take("client_certificate", certificate);
    if (certificate == "required") {
        listener.client_certificate = ClientCertificate::required;
    } else if (certificate == "off") {
        listener.client_certificate = ClientCertificate::off;
    } else if (certificate != "optional") {
        reader.refuse(table, "client_certificate", "must be off, optional or required");
    }
    settings.listeners.push_back(std::move(listener));
}

void read_hub(const toml::table& table, HubSettings& hub, std::optional<Error>& error) {
    TomlReader reader({table, file_name, "hub"}, error);
    reader.take("sensor_address", hub.sensor_address);
    reader.take("sensor_port", hub.sensor_port);
    reader.take("event_megabytes", hub.event_megabytes);
    reader.take("event_days", hub.event_days);
    reader.take("alert_days", hub.alert_days);
    reader.take("alert_megabytes", hub.alert_megabytes);
    reader.take("silence_seconds", hub.silence_seconds);
}

void read_all(const toml::table& root, Settings& settings, std::optional<Error>& error) {
    TomlReader reader({root, file_name, ""}, error);
    std::string runtime;
    reader.take("runtime", runtime);
    settings.runtime = runtime;
    reader.take("instance", settings.instance);
    reader.take("host_name", settings.host_name);
    reader.take("separate_users", settings.separate_users);
    reader.take("user_base", settings.user_base);
    reader.take("terminal_networks", settings.terminal_networks);
    reader.take("resolvers", settings.resolvers);
    reader.take("destination_authorities", settings.destination_authorities);
    if (const toml::table* table = reader.table("hub")) read_hub(*table, settings.hub, error);
    reader.take("journal_reserve_megabytes", settings.journal_reserve_megabytes);
    if (const auto* table = reader.table("session")) {
        TomlReader session({*table, file_name, "session"}, error);
        session.take("maximum", settings.session.maximum);
        session.take("memory_megabytes", settings.session.memory_megabytes);
        session.take("processes", settings.session.processes);
        session.take("cpu_percent", settings.session.cpu_percent);
        session.take("grace_seconds", settings.session.grace_seconds);
        session.take("unclaimed_seconds", settings.session.unclaimed_seconds);
    }
    if (const auto* listeners = reader.tables("listener")) {
        for (const auto& element : *listeners) read_listener(*element.as_table(), settings, error);
    }
}

bool is_address(const std::string& text) {
    in6_addr scratch{};
    return inet_pton(AF_INET, text.c_str(), &scratch) == 1 ||
           inet_pton(AF_INET6, text.c_str(), &scratch) == 1;
}

bool is_network(const std::string& text) {
    const auto slash = text.find('/');
    if (slash == std::string::npos || !is_address(text.substr(0, slash))) return false;
    const std::string bits = text.substr(slash + 1);
    const bool digits = !bits.empty() && bits.size() <= 3 &&
                        std::ranges::all_of(bits, [](char c) { return c >= '0' && c <= '9'; });
    return digits && std::stoi(bits) <= (text.find(':') == std::string::npos ? 32 : 128);
}

const char* name_of(ClientCertificate certificate) {
    switch (certificate) {
        case ClientCertificate::off:
            return "off";
        case ClientCertificate::optional:
            return "optional";
        case ClientCertificate::required:
            return "required";
    }
    return "required";
}

Failure out_of_range(std::string_view key, std::string_view range) {
    return fail(ErrorKind::invalid, "shoji.toml: {} must be {}", key, range);
}

Result<void> check_session(const SessionLimits& session) {
    if (session.maximum < 1 || session.maximum > 900) {
        return out_of_range("session.maximum", "from 1 to 900");
    }
    if (session.memory_megabytes < 300) {
        return out_of_range("session.memory_megabytes", "at least 300");
    }
    if (session.processes < 150) return out_of_range("session.processes", "at least 150");
    if (session.cpu_percent < 10) return out_of_range("session.cpu_percent", "at least 10");
    if (session.grace_seconds > 86400)
        return out_of_range("session.grace_seconds", "at most 86400");
    if (session.unclaimed_seconds < 1 || session.unclaimed_seconds > 3600) {
        return out_of_range("session.unclaimed_seconds", "from 1 to 3600");
    }
    return {};
}

Result<void> check_hub(const HubSettings& hub) {
    if (!is_address(hub.sensor_address)) return out_of_range("hub.sensor_address", "an IP address");
    if (hub.sensor_port == 0) return out_of_range("hub.sensor_port", "from 1 to 65535");
    if (hub.event_megabytes < 16) return out_of_range("hub.event_megabytes", "at least 16");
    if (hub.alert_megabytes < 1) return out_of_range("hub.alert_megabytes", "at least 1");
    for (const auto days : {hub.event_days, hub.alert_days}) {
        if (days < 1 || days > 3650) {
            return out_of_range("hub.event_days and hub.alert_days", "from 1 to 3650");
        }
    }
    if (hub.silence_seconds < 2 || hub.silence_seconds > 3600) {
        return out_of_range("hub.silence_seconds", "from 2 to 3600");
    }
    return {};
}

}  // namespace

Result<void> check_settings(const Settings& settings) {
    const bool hexadecimal = std::ranges::all_of(
        settings.instance, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
    if (settings.instance.size() != 8 || !hexadecimal) {
        return out_of_range("instance", "8 lower-case hexadecimal digits");
    }
    if (!settings.runtime.is_absolute()) return out_of_range("runtime", "an absolute folder");
    if (settings.separate_users && settings.user_base < 100000) {
        return out_of_range("user_base", "at least 100000, away from the machine's own users");
    }
    if (settings.host_name.empty()) return out_of_range("host_name", "given");
    if (settings.listeners.empty()) return out_of_range("listener", "given at least once");
    for (const auto& listener : settings.listeners) {
        if (!is_address(listener.address)) return out_of_range("listener.address", "an IP address");
        if (listener.port == 0) return out_of_range("listener.port", "from 1 to 65535");
        if (listener.zone.empty()) return out_of_range("listener.zone", "given");
    }
    constexpr std::size_t most_networks = 256;  // what one start request to the egress may hold
    if (settings.terminal_networks.size() > most_networks ||
        !std::ranges::all_of(settings.terminal_networks, is_network)) {
        return worded(out_of_range("terminal_networks", "at most 256 networks such as 10.1.0.0/16"),
                      "cli.error.terminal_network");
    }
    if (!std::ranges::all_of(settings.resolvers, is_address)) {
        return out_of_range("resolvers", "IP addresses");
    }
    if (!std::ranges::all_of(settings.destination_authorities,
                             [](const std::string& file) { return file.starts_with('/'); })) {
        return out_of_range("destination_authorities", "absolute names of PEM files");
    }
    if (settings.journal_reserve_megabytes < 1) {
        return out_of_range("journal_reserve_megabytes", "at least 1");
    }
    if (auto checked = check_hub(settings.hub); !checked) return checked;
    return check_session(settings.session);
}

Result<Settings> parse_settings(std::string_view text, const std::filesystem::path& state) {
    toml::table parsed;
    try {
        parsed = toml::parse(text);
    } catch (const toml::parse_error& error) {
        return fail(ErrorKind::invalid, "shoji.toml, line {}: {}", error.source().begin.line,
                    error.description());
    }
    Settings settings;
    settings.state = std::filesystem::absolute(state);
    std::optional<Error> error;
    read_all(parsed, settings, error);
    if (error) return Failure(*error);
    if (auto checked = check_settings(settings); !checked) return Failure(checked.error());
    return settings;
}

Result<Settings> load_settings(const std::filesystem::path& state) {
    const auto path = state / "shoji.toml";
    std::ifstream file(path);
    if (!file) {
        return worded(
            fail(ErrorKind::not_found, "{} cannot be read: run 'shoji init --state {}' first",
                 path.native(), state.native()),
            "cli.error.no_state", {{"state", state.native()}});
    }
    std::string text(maximum_settings + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > maximum_settings) {
        return fail(ErrorKind::invalid, "{} has more than {} bytes", path.native(),
                    maximum_settings);
    }
    return parse_settings(text, state);
}

std::string format_settings(const Settings& settings) {
    const auto list = [](const std::vector<std::string>& values) {
        toml::array array;
        for (const auto& value : values) array.push_back(value);
        return array;
    };
    toml::table session{{"maximum", settings.session.maximum},
                        {"memory_megabytes", settings.session.memory_megabytes},
                        {"processes", settings.session.processes},
                        {"cpu_percent", settings.session.cpu_percent},
                        {"grace_seconds", settings.session.grace_seconds},
                        {"unclaimed_seconds", settings.session.unclaimed_seconds}};
    toml::table hub{{"sensor_address", settings.hub.sensor_address},
                    {"sensor_port", settings.hub.sensor_port},
                    {"event_megabytes", settings.hub.event_megabytes},
                    {"event_days", settings.hub.event_days},
                    {"alert_days", settings.hub.alert_days},
                    {"alert_megabytes", settings.hub.alert_megabytes},
                    {"silence_seconds", settings.hub.silence_seconds}};
    toml::array listeners;
    for (const auto& listener : settings.listeners) {
        listeners.push_back(
            toml::table{{"address", listener.address},
                        {"port", listener.port},
                        {"zone", listener.zone},
                        {"client_certificate", name_of(listener.client_certificate)}});
    }
    const toml::table root{{"runtime", settings.runtime.native()},
                           {"instance", settings.instance},
                           {"host_name", settings.host_name},
                           {"separate_users", settings.separate_users},
                           {"user_base", std::int64_t{settings.user_base}},
                           {"terminal_networks", list(settings.terminal_networks)},
                           {"resolvers", list(settings.resolvers)},
                           {"destination_authorities", list(settings.destination_authorities)},
                           {"journal_reserve_megabytes", settings.journal_reserve_megabytes},
                           {"hub", hub},
                           {"session", session},
                           {"listener", listeners}};
    std::ostringstream text;
    text << root << '\n';
    return text.str();
}

}  // namespace shoji::base
