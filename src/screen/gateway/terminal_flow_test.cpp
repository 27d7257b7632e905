// Terminals' certificates, against the real program.
#include "core/base/random.h"
#include "screen/gateway/testing/installation.h"

#include <thread>

#include <gtest/gtest.h>

namespace shoji::gateway::testing {
namespace {

using namespace std::chrono_literals;

class TerminalFlow : public ::testing::Test {
  protected:
    TerminalFlow() {
        installation_.start();
        auto policy = example_policy();
        policy.zones.push_back({"annex", {"別館", "Annex"}});
        installation_.apply(policy);
    }
    // What a page says to a terminal: the status and the body.
    static Answer visit(TerminalOptions options, const std::optional<Certificate>& certificate) {
        options.certificate = certificate;
        return Browser(options).get("/api/state");
    }
    void expect_refused(const std::optional<Certificate>& certificate, const std::string& words) {
        auto options = installation_.strict_terminal();
        const Answer answer = visit(options, certificate);
        EXPECT_EQ(answer.status, 403U);
        EXPECT_NE(answer.body.find(words), std::string::npos) << answer.body;
        EXPECT_TRUE(answer.headers.contains("content-security-policy"));
    }

    Installation installation_;
};

TEST_F(TerminalFlow, NeedsACertificateWhereOneIsRequired) {
    expect_refused(std::nullopt, "certificate is needed");
    const auto desk = installation_.enrol_terminal("desk-1");
    EXPECT_EQ(visit(installation_.strict_terminal(), desk).status, 200U);
    EXPECT_EQ(visit(installation_.terminal(), std::nullopt).status, 200U);
}

TEST_F(TerminalFlow, RefusesCertificatesThatAreNotRegistered) {
    auto& authority = installation_.terminals_authority();
    expect_refused(authority.issue("stranger", Purpose::client), "not registered");
    Authority elsewhere("another authority");
    expect_refused(elsewhere.issue("desk-1", Purpose::client), "not registered");
    expect_refused(authority.issue("server", Purpose::server), "not registered");
    const auto answer =
        visit(installation_.terminal(), authority.issue("stranger", Purpose::client));
    EXPECT_EQ(answer.status, 403U) << "also where a certificate is optional";
}

TEST_F(TerminalFlow, RefusesCertificatesOutOfDate) {
    expect_refused(installation_.enrol_terminal("old", -7200, -3600), "has expired");
    expect_refused(installation_.enrol_terminal("early", 3600, 7200), "not yet valid");
}

TEST_F(TerminalFlow, TakesTheZoneFromTheCertificate) {
    const auto annex = installation_.terminals_authority().issue("annex-1", Purpose::client);
    installation_.done({{"command", "terminal.add"},
                        {"name", "annex-1"},
                        {"zone", "annex"},
                        {"fingerprint", base::to_hex(annex.fingerprint)},
                        {"expires", 4'000'000'000}});
    auto options = installation_.terminal();
    options.certificate = annex;
    auto user = sign_in_as(installation_, "hanako", options);
    EXPECT_EQ(user.browser.get("/api/state").json().at("zone"), "annex");
    const auto list = user.browser.get("/api/destinations").json().at("destinations").as_array();
    ASSERT_EQ(list.size(), 1U);
    EXPECT_FALSE(list.at(0).at("allowed").as_bool());
    EXPECT_EQ(list.at(0).at("reason"), "policy.no_route");
    const auto refused = user.browser.post("/api/screens", screen_request());
    EXPECT_EQ(refused.status, 403U);
    EXPECT_EQ(refused.error(), "policy.no_route");
}

TEST_F(TerminalFlow, RefusesARevokedTerminalAtOnce) {
    const auto desk = installation_.enrol_terminal("desk-1");
    auto options = installation_.strict_terminal();
    options.certificate = desk;
    Line idle(options);
    const std::string request =
        "GET /api/state HTTP/1.1\r\nHost: localhost:" + std::to_string(options.port) + "\r\n\r\n";
    idle.send(request);
    EXPECT_EQ(idle.receive().status, 200U);
    installation_.done({{"command", "terminal.revoke"}, {"name", "desk-1"}});
    EXPECT_TRUE(idle.closed_within(2s)) << "a live connection is closed";
    expect_refused(desk, "has been revoked");
    const auto record = installation_.journal().wait_for([](const journal::Record& one) {
        return one.action == journal::Action::terminal && one.outcome == journal::Outcome::refused;
    });
    EXPECT_EQ(record.reason, "terminal.revoked");
}

TEST_F(TerminalFlow, ParsesNothingOfATerminalThatIsRefused) {
    Line line(installation_.strict_terminal());
    line.send("anything at all");
    EXPECT_EQ(line.receive().status, 403U);
    EXPECT_TRUE(line.closed_within(5s));
}

}  // namespace
}  // namespace shoji::gateway::testing
