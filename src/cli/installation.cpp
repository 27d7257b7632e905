#include "cli/installation.h"

#include "access/certificate.h"
#include "cli/files.h"
#include "core/base/random.h"
#include "core/journal/folder.h"
#include "core/journal/signing.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>

#include <unistd.h>

namespace shoji::cli {
namespace {

namespace fs = std::filesystem;
using base::ErrorKind;
using base::fail;
using base::Failure;
using base::Result;
using base::Settings;
using std::chrono::days;

constexpr days authority_lifetime{3650};
constexpr days server_lifetime{397};  // what browsers accept at most (CA/Browser Forum, 6.3.2)
constexpr days renewal{30};
constexpr std::size_t maximum_pem = 65536;

// False also where it cannot be told: writing it then says why.
bool is_there(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}

Result<base::Listener> listener_from(const std::string& text) {
    const auto colon = text.rfind(':');
    base::Listener listener;
    if (colon == std::string::npos) {
        return fail(ErrorKind::invalid, "'{}' is no address and port such as 192.0.2.1:8443", text);
    }
    listener.address = text.substr(0, colon);
    if (listener.address.starts_with('[') && listener.address.ends_with(']')) {
        listener.address = listener.address.substr(1, listener.address.size() - 2);
    }
    const char* end = text.data() + text.size();
    const auto [stop, problem] = std::from_chars(text.data() + colon + 1, end, listener.port);
    if (problem != std::errc{} || stop != end) {
        return fail(ErrorKind::invalid, "'{}' does not end in a port from 1 to 65535", text);
    }
    return listener;
}

Result<base::ClientCertificate> certificate_mode_from(const std::string& text) {
    if (text == "off") return base::ClientCertificate::off;
    if (text == "optional") return base::ClientCertificate::optional;
    if (text == "required") return base::ClientCertificate::required;
    return fail(ErrorKind::invalid, "'{}' must be off, optional or required", text);
}

Settings fresh_settings(const InitRequest& request) {
    Settings settings;
    std::uint32_t random = 0;
    base::fill_random({reinterpret_cast<std::uint8_t*>(&random), sizeof random});
    settings.instance = fmt::format("{:08x}", random);
    settings.runtime = fs::absolute(request.state) / "run";
    settings.host_name = "localhost";
    settings.separate_users = ::geteuid() == 0 && !request.ordinary_user;
    // 4,000 ids a piece, between those of people and those of nobody; picked at random, so that
    // several installations on one machine hardly meet.
    if (settings.separate_users) settings.user_base = 1'000'000'000 + random % 200'000 * 4'000;
    settings.listeners.push_back(
        {"127.0.0.1", 8443, "my-number", base::ClientCertificate::optional});
    return settings;
}

Result<void> change(Settings& settings, const InitRequest& request) {
    if (request.runtime) settings.runtime = fs::absolute(*request.runtime);
    if (request.host_name) settings.host_name = *request.host_name;
    if (!request.listen.empty()) {
        const base::Listener old = settings.listeners.front();
        settings.listeners.clear();
        for (const auto& text : request.listen) {
            auto listener = listener_from(text);
            if (!listener) return Failure(listener.error());
            listener->zone = old.zone;
            listener->client_certificate = old.client_certificate;
            settings.listeners.push_back(*listener);
        }
    }
    if (request.hub_listen) {
        const auto listener = listener_from(*request.hub_listen);
        if (!listener) return Failure(listener.error());
        settings.hub.sensor_address = listener->address;
        settings.hub.sensor_port = listener->port;
    }
    for (auto& listener : settings.listeners) {
        if (request.zone) listener.zone = *request.zone;
        if (!request.client_certificate) continue;
        const auto mode = certificate_mode_from(*request.client_certificate);
        if (!mode) return Failure(mode.error());
        listener.client_certificate = *mode;
    }
    if (!request.terminal_networks.empty()) settings.terminal_networks = request.terminal_networks;
    return base::check_settings(settings);
}

// The longest path of a socket below the runtime folder must fit what the kernel takes (unix(7)).
Result<void> check_runtime(const Settings& settings) {
    constexpr std::size_t longest = 107;
    const auto path = settings.host_sessions() / std::string(32, 'x') / "display.sock";
    if (path.native().size() <= longest) return {};
    return fail(
        ErrorKind::invalid,
        "the folder {} is too long for sockets below it by {} characters: give a shorter one "
        "with --runtime",
        settings.runtime.native(), path.native().size() - longest);
}

// One run of initialise(): each step makes what is missing and notes it.
class Maker {
  public:
    Maker(const Settings& settings, InitOutcome& outcome)
        : settings_(settings), outcome_(outcome) {}

    // The settings first: whatever follows belongs to the users that they name.
    Result<void> make() {
        return settings()
            .and_then([this] { return folders(); })
            .and_then([this] { return authority(); })
            .and_then([this] { return server(); })
            .and_then([this] { return hub(); })
            .and_then([this] { return vault(); })
            .and_then([this] { return journal(); });
    }

  private:
    [[nodiscard]] Owner owner(uid_t user) const { return {user, settings_.separate_users}; }

    // What is in place already stays.
    Result<void> keep(const fs::path& path, std::string_view text, mode_t mode, Owner owner) {
        const auto old = read_file(path, maximum_pem);
        if (old && *old == text) return {};
        return file(path, text, mode, owner);
    }

    Result<void> settings() {
        // A file that says the same in the administrator's own words stays.
        const std::string text = base::format_settings(settings_);
        const auto old = base::load_settings(settings_.state);
        if (old && base::format_settings(*old) == text) return {};
        return file(settings_.state / "shoji.toml", text, 0644, {});
    }

    Result<void> folders() {
        struct Folder {
            fs::path path;
            mode_t mode;
            Owner owner;
        };
        for (const auto& [path, mode, user] :
             {Folder{settings_.authority_state(), 0700, {}},
              Folder{settings_.gateway_state(), 0700, owner(settings_.gateway_user())},
              Folder{settings_.audit_state(), 0700, owner(settings_.audit_user())},
              Folder{settings_.hub_state(), 0700, owner(settings_.hub_user())},
              Folder{settings_.runtime, 0755, {}}}) {
            if (auto made = make_folder(path, mode, user); !made) return made;
        }
        return {};
    }

    Result<void> file(const fs::path& path, std::string_view text, mode_t mode, Owner owner) {
        outcome_.written.push_back(path.lexically_relative(settings_.state).native());
        return write_file(path, text, mode, owner);
    }

    Result<void> authority() {
        const auto key = settings_.authority_state() / "authority.key";
        const auto certificate = settings_.authority_state() / "authority.crt";
        if (is_there(key)) {
            auto key_text = read_file(key, maximum_pem);
            auto certificate_text = read_file(certificate, maximum_pem);
            if (!key_text) return Failure(key_text.error());
            if (!certificate_text) return Failure(certificate_text.error());
            authority_ = {std::move(*key_text), std::move(*certificate_text)};
        } else {
            auto made = access::make_authority("Shoji " + settings_.instance, authority_lifetime);
            if (!made) return Failure(made.error());
            authority_ = std::move(*made);
            if (auto done = file(certificate, authority_.certificate, 0644, {}); !done) return done;
            if (auto done = file(key, authority_.key, 0600, {}); !done) return done;
        }
        // A copy for whoever sets terminals up, and one for the gateway to check terminals against.
        if (auto done = keep(settings_.state / "authority.crt", authority_.certificate, 0644, {});
            !done) {
            return done;
        }
        return keep(settings_.gateway_state() / "clients.crt", authority_.certificate, 0644,
                    owner(settings_.gateway_user()));
    }

    [[nodiscard]] bool server_is_current() const {
        const auto pem = read_file(settings_.gateway_state() / "tls.crt", maximum_pem);
        const auto names = read_file(settings_.gateway_state() / "tls.names", maximum_pem);
        if (!pem || !names || *names != server_names()) return false;
        const auto expires = access::expiry_of(*pem);
        return expires && *expires - std::chrono::system_clock::now() > renewal;
    }

    [[nodiscard]] std::string server_names() const {
        std::string names = settings_.host_name;
        for (const auto& listener : settings_.listeners) names += "\n" + listener.address;
        return names + "\n";
    }

    Result<void> server() {
        if (server_is_current()) return {};
        std::vector<std::string> addresses;
        for (const auto& listener : settings_.listeners) {
            if (std::ranges::find(addresses, listener.address) == addresses.end()) {
                addresses.push_back(listener.address);
            }
        }
        auto made =
            access::issue_server(authority_, settings_.host_name, addresses, server_lifetime);
        if (!made) return Failure(made.error());
        const auto gateway = settings_.gateway_state();
        const Owner user = owner(settings_.gateway_user());
        if (auto done = file(gateway / "tls.key", made->key, 0600, user); !done) return done;
        if (auto done = file(gateway / "tls.crt", made->certificate, 0644, user); !done)
            return done;
        return file(gateway / "tls.names", server_names(), 0644, user);
    }

    // What the hub shows sensors, and what it checks them against. Sensors ask for its purpose and
    // not for a name, so that its address may change.
    Result<void> hub() {
        const auto folder = settings_.hub_state();
        const Owner user = owner(settings_.hub_user());
        if (auto done = keep(folder / "sensors.crt", authority_.certificate, 0644, user); !done) {
            return done;
        }
        const auto pem = read_file(folder / "tls.crt", maximum_pem);
        const auto expires = pem ? access::expiry_of(*pem)
                                 : Result<std::chrono::sys_seconds>(base::Failure(pem.error()));
        if (expires && *expires - std::chrono::system_clock::now() > renewal) return {};
        auto made = access::issue_part(authority_, access::Part::hub, "hub." + settings_.instance,
                                       server_lifetime);
        if (!made) return Failure(made.error());
        if (auto done = file(folder / "tls.key", made->key, 0600, user); !done) return done;
        return file(folder / "tls.crt", made->certificate, 0644, user);
    }

    Result<void> vault() {
        const auto path = settings_.gateway_state() / "secrets.key";
        if (is_there(path)) return {};
        std::string key(32, '\0');
        base::fill_random({reinterpret_cast<std::uint8_t*>(key.data()), key.size()});
        return file(path, key, 0600, owner(settings_.gateway_user()));
    }

    Result<void> journal() {
        const auto path = settings_.audit_state() / journal::signing_key_file;
        if (!is_there(path)) {
            const auto key = journal::SigningKey::generate();
            if (auto saved = key.save(path); !saved) return saved;
            outcome_.written.push_back(path.lexically_relative(settings_.state).native());
        }
        const auto key = journal::SigningKey::load(path);
        if (!key) return Failure(key.error());
        if (settings_.separate_users &&
            ::lchown(path.c_str(), settings_.audit_user(), settings_.audit_user()) != 0) {
            return base::fail_errno(errno, "giving " + path.native() + " to its owner");
        }
        return keep(settings_.state / journal::public_key_file, journal::to_text(key->public_key()),
                    0644, {});
    }

    const Settings& settings_;
    InitOutcome& outcome_;
    access::Identity authority_;
};

}  // namespace

Result<InitOutcome> initialise(const InitRequest& request) {
    std::error_code problem;
    fs::create_directories(request.state, problem);
    if (problem) {
        return fail(ErrorKind::system, "making the folder {}: {}", request.state.native(),
                    problem.message());
    }
    InitOutcome outcome;
    if (is_there(request.state / "shoji.toml")) {
        auto loaded = base::load_settings(request.state);
        if (!loaded) return Failure(loaded.error());
        outcome.settings = *loaded;
        if (outcome.settings.separate_users && ::geteuid() != 0) {
            return fail(
                ErrorKind::denied,
                "{} belongs to an installation run by root: use sudo, or another folder with "
                "--state",
                request.state.native());
        }
    } else {
        outcome.settings = fresh_settings(request);
    }
    outcome.settings.state = fs::absolute(request.state);
    if (auto changed = change(outcome.settings, request); !changed) return Failure(changed.error());
    if (auto checked = check_runtime(outcome.settings); !checked) return Failure(checked.error());
    if (auto made = Maker(outcome.settings, outcome).make(); !made) return Failure(made.error());
    return outcome;
}

}  // namespace shoji::cli
