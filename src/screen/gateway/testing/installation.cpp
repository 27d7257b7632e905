#include "screen/gateway/testing/installation.h"

#include "core/base/random.h"
#include "core/policy/json.h"
#include "screen/gateway/clock.h"
#include "screen/gateway/testing/patience.h"
#include "screen/gateway/totp.h"

#include <csignal>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <arpa/inet.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

namespace shoji::gateway::testing {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

using namespace std::chrono_literals;

std::uint16_t free_port() {
    const base::FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket.get(), generic, size) != 0 ||
        ::getsockname(socket.get(), generic, &size) != 0) {
        throw std::runtime_error("no free port");
    }
    return ntohs(address.sin_port);
}

void write_file(const fs::path& path, const std::string& bytes, mode_t mode = 0644) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
    ::chmod(path.c_str(), mode);
}

}  // namespace

policy::Configuration example_policy() {
    using namespace std::chrono;
    policy::Configuration configuration;
    configuration.zones = {{"counter", {"窓口", "Counter"}}, {"internet", {"外部", "Outside"}}};
    configuration.roles = {{"staff", {"職員", "Staff"}}};
    policy::Destination demo;
    demo.id = "demo";
    demo.name = {"実演", "Demonstration"};
    demo.zone = "internet";
    demo.origins = {{policy::Scheme::https, "demo.example", 443, false}};
    demo.reason = "for tests";
    demo.approver = "tester";
    demo.approved = year(2020) / January / 1;
    demo.expires = year(2999) / December / 31;
    policy::Destination archive = demo;
    archive.id = "archive";
    archive.origins.front().host = "archive.example";
    configuration.destinations = {demo, archive};
    configuration.routes = {{"counter-demo", "counter", "staff", "demo"}};
    return configuration;
}

Installation::Installation(std::uint32_t grace_seconds)
    : folder_(fs::temp_directory_path() / ("shoji-gw-" + base::random_hex(6))),
      gateway_authority_("gateway authority"),
      terminals_authority_("terminals authority") {
    fs::create_directories(folder_ / "state/gateway");
    settings_.state = folder_ / "state";
    settings_.runtime = folder_ / "run";
    settings_.instance = base::random_hex(4);
    settings_.host_name = "localhost";
    settings_.session.grace_seconds = grace_seconds;
    const auto listener = [](base::ClientCertificate mode) {
        return base::Listener{"127.0.0.1", free_port(), "counter", mode};
    };
    settings_.listeners = {listener(base::ClientCertificate::optional),
                           listener(base::ClientCertificate::required)};
    write_settings();
    write_keys();
    write_pages();
    host_ = std::make_unique<FakeHost>(settings_.host_socket());
    journal_ = std::make_unique<FakeJournal>(settings_.audit_socket());
}

Installation::~Installation() {
    if (running()) kill();
    host_.reset();
    journal_.reset();
    fs::remove_all(folder_);
}

void Installation::write_settings() const {
    write_file(settings_.state / "shoji.toml", base::format_settings(settings_));
}

void Installation::write_keys() {
    const auto state = settings_.gateway_state();
    const auto own = gateway_authority_.issue("localhost", Purpose::server);
    write_file(state / "tls.crt", own.certificate);
    write_file(state / "tls.key", own.key, 0600);
    write_file(state / "clients.crt", terminals_authority_.certificate());
    write_file(state / "secrets.key", base::random_hex(16), 0600);
}

void Installation::write_pages() const {
    const auto web = folder_ / "web";
    write_file(web / "console/index.html", "<!doctype html><title>console</title>");
    write_file(web / "console/assets/main-Ab3dE6g8.js", "export {};");
    write_file(web / "screen/index.html", "<!doctype html><title>screen</title>");
    write_file(web / "screen/assets/viewer-12345678.js", "export {};");
}

void Installation::start() {
    const std::string state = settings_.state.native();
    const std::string web = (folder_ / "web").native();
    const std::string log = (folder_ / "gateway.log").native();
    std::array arguments{const_cast<char*>("shoji-gateway"), const_cast<char*>("--state"),
                         const_cast<char*>(state.c_str()),   const_cast<char*>("--web"),
                         const_cast<char*>(web.c_str()),     static_cast<char*>(nullptr)};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log.c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND, 0600);
    const int failed = ::posix_spawn(&process_, SHOJI_GATEWAY_PROGRAM, &actions, nullptr,
                                     arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) throw std::runtime_error("the gateway cannot be started");
    const auto end = std::chrono::steady_clock::now() + patience();
    while (std::chrono::steady_clock::now() < end) {
        if (::waitpid(process_, nullptr, WNOHANG) != 0) {
            process_ = -1;
            break;
        }
        try {
            Line line(terminal());
            const auto status = done({{"command", "status"}}).as_object();
            if (status.at("host") == "ok" && status.at("journal") == "ok") return;
        } catch (const std::exception&) {
            // not yet
        }
        std::this_thread::sleep_for(50ms);
    }
    throw std::runtime_error("the gateway does not serve: " + this->log());
}

int Installation::stop() {
    ::kill(process_, SIGTERM);
    int status = -1;
    ::waitpid(process_, &status, 0);
    process_ = -1;
    return status;
}

void Installation::kill() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
}

std::string Installation::log() const {
    std::ostringstream text;
    text << std::ifstream(folder_ / "gateway.log").rdbuf();
    return text.str();
}

std::size_t Installation::resident() const {
    std::ifstream file("/proc/" + std::to_string(process_) + "/statm");
    std::size_t pages = 0;
    file >> pages >> pages;
    return pages * 4;
}

std::string Installation::admin_line(const std::string& line) const {
    auto socket = base::connect_unix(settings_.admin_socket(), base::SocketKind::stream);
    if (!socket) throw std::runtime_error(socket.error().message);
    std::size_t at = 0;
    while (at < line.size()) {
        const ssize_t sent =
            ::send(socket->get(), line.data() + at, line.size() - at, MSG_NOSIGNAL);
        if (sent <= 0) break;  // it answers early and closes
        at += static_cast<std::size_t>(sent);
    }
    std::string answer;
    std::array<char, 65536> buffer{};
    while (answer.empty() || answer.back() != '\n') {
        const ssize_t got = ::recv(socket->get(), buffer.data(), buffer.size(), 0);
        if (got <= 0) break;
        answer.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return answer;
}

json::object Installation::admin(const json::object& request) const {
    return json::parse(admin_line(std::string(json::serialize(request)) + "\n")).as_object();
}

json::value Installation::done(const json::object& request) const {
    const auto answer = admin(request);
    if (!answer.at("ok").as_bool()) throw std::runtime_error(std::string(json::serialize(answer)));
    return answer.at("result");
}

void Installation::apply(const policy::Configuration& configuration) {
    const auto revision = done({{"command", "configuration.get"}}).as_object().at("revision");
    const auto applied = done({{"command", "configuration.apply"},
                               {"revision", revision},
                               {"configuration", policy::to_json(configuration)}});
}

TerminalOptions Installation::terminal() const {
    TerminalOptions options;
    options.port = settings_.listeners.at(0).port;
    options.authority = gateway_authority_.certificate();
    return options;
}

TerminalOptions Installation::strict_terminal() const {
    TerminalOptions options = terminal();
    options.port = settings_.listeners.at(1).port;
    return options;
}

Certificate Installation::enrol_terminal(const std::string& name, long from, long until) {
    auto certificate = terminals_authority_.issue(name, Purpose::client, from, until);
    const auto added = done({{"command", "terminal.add"},
                             {"name", name},
                             {"zone", "counter"},
                             {"fingerprint", base::to_hex(certificate.fingerprint)},
                             {"expires", now_seconds() + until}});
    return certificate;
}

std::vector<std::uint8_t> decode_base32(const std::string& text) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::vector<std::uint8_t> bytes;
    std::uint32_t held = 0;
    unsigned int bits = 0;
    for (const char letter : text) {
        held = held << 5U | static_cast<std::uint32_t>(alphabet.find(letter));
        bits += 5;
        if (bits < 8) continue;
        bits -= 8;
        bytes.push_back(static_cast<std::uint8_t>(held >> bits));
    }
    return bytes;
}

std::string code_of(const std::string& secret, int steps) {
    return totp_code(decode_base32(secret), totp_counter(now_seconds()) + steps);
}

SignedIn sign_in_as(Installation& installation, const std::string& name, TerminalOptions terminal) {
    SignedIn user{name, std::string(good_password), {}, Browser(std::move(terminal))};
    const auto added =
        installation.done({{"command", "user.add"}, {"name", name}, {"role", "staff"}});
    const auto once = std::string(added.as_object().at("oneTimePassword").as_string());
    auto& browser = user.browser;
    const auto must = [](const Answer& answer) {
        if (answer.status != 200) throw std::runtime_error(answer.body);
        return answer.json();
    };
    must(browser.post("/api/sign-in", std::string(json::serialize(
                                          json::object{{"user", name}, {"password", once}}))));
    browser.csrf = must(browser.get("/api/state")).at("csrf").as_string();
    user.secret = must(browser.post("/api/enrol/begin", "{}")).at("secret").as_string();
    const auto finish = [&] {
        // The step before, so that the present one can still be used.
        return browser.post("/api/enrol/finish",
                            std::string(json::serialize(json::object{
                                {"password", user.password}, {"code", code_of(user.secret, -1)}})));
    };
    auto finished = finish();
    // The present step may have become the one before on the way.
    if (finished.status != 200 && finished.error() == "enrol.code_wrong") finished = finish();
    must(finished);
    browser.csrf = must(browser.get("/api/state")).at("csrf").as_string();
    return user;
}

std::string screen_request(const std::string& destination) {
    return std::string(json::serialize(json::object{{"destination", destination},
                                                    {"width", 1280},
                                                    {"height", 800},
                                                    {"scale", 120},
                                                    {"locale", "ja"},
                                                    {"layout", "jp"}}));
}

}  // namespace shoji::gateway::testing
