// A state folder as `shoji init` makes it, web pages, and the real shoji-gateway running on them,
// with a host and a journal that the test plays.
#pragma once

#include "core/base/settings.h"
#include "core/policy/policy.h"
#include "screen/gateway/testing/browser.h"
#include "screen/gateway/testing/certificates.h"
#include "screen/gateway/testing/fake_host.h"
#include "screen/gateway/testing/fake_journal.h"

#include <filesystem>
#include <memory>
#include <string>

#include <boost/json/value.hpp>
#include <sys/types.h>

namespace shoji::gateway::testing {

// One zone "counter", one role "staff", one destination "demo" with a route to it, and a
// destination "archive" without.
policy::Configuration example_policy();

class Installation {
  public:
    explicit Installation(std::uint32_t grace_seconds = 600);
    Installation(const Installation&) = delete;
    Installation& operator=(const Installation&) = delete;
    ~Installation();

    // Starts the program and waits until it serves.
    void start();
    // SIGTERM, and its exit status.
    int stop();
    void kill();
    [[nodiscard]] bool running() const { return process_ > 0; }
    [[nodiscard]] pid_t process() const { return process_; }
    [[nodiscard]] std::string log() const;  // what the program wrote
    // Memory that it holds, in KiB.
    [[nodiscard]] std::size_t resident() const;

    // One request at the admin socket; the whole answer.
    [[nodiscard]] boost::json::object admin(const boost::json::object& request) const;
    // Its result; an exception when it failed.
    boost::json::value done(const boost::json::object& request) const;
    [[nodiscard]] std::string admin_line(const std::string& line) const;
    void apply(const policy::Configuration& configuration);

    // A terminal without a certificate, at the listener where one is optional, or required.
    [[nodiscard]] TerminalOptions terminal() const;
    [[nodiscard]] TerminalOptions strict_terminal() const;
    // Registers a certificate of the terminals' authority as a terminal of zone "counter".
    Certificate enrol_terminal(const std::string& name, long from = -60, long until = 3600);

    // For the next start.
    template <class Change>
    void change_settings(Change change) {
        change(settings_);
        write_settings();
    }

    [[nodiscard]] const base::Settings& settings() const { return settings_; }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
    Authority& terminals_authority() { return terminals_authority_; }
    FakeHost& host() { return *host_; }
    FakeJournal& journal() { return *journal_; }

  private:
    void write_settings() const;
    void write_pages() const;
    void write_keys();

    std::filesystem::path folder_;
    base::Settings settings_;
    Authority gateway_authority_;
    Authority terminals_authority_;
    std::unique_ptr<FakeHost> host_;
    std::unique_ptr<FakeJournal> journal_;
    pid_t process_ = -1;
};

// A user who has enrolled, with a browser that is signed in.
struct SignedIn {
    std::string name;
    std::string password;
    std::string secret;  // of the second factor, base32
    Browser browser;
};

inline constexpr std::string_view good_password = "correct horse battery";

std::vector<std::uint8_t> decode_base32(const std::string& text);
// The code of now, or of some steps later or earlier.
std::string code_of(const std::string& secret, int steps = 0);
SignedIn sign_in_as(Installation& installation, const std::string& name, TerminalOptions terminal);
// The body of POST /api/screens.
std::string screen_request(const std::string& destination = "demo");

}  // namespace shoji::gateway::testing
