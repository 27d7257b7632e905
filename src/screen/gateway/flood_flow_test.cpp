// What somebody who asks and asks can do to others' records, and what is recorded of it, against
// the real program.
#include "screen/gateway/connections.h"
#include "screen/gateway/testing/installation.h"

#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace shoji::gateway::testing {
namespace {

namespace asio = boost::asio;

class FloodFlow : public ::testing::Test {
  protected:
    FloodFlow() {
        installation_.start();
        installation_.apply(example_policy());
    }
    journal::Record refusal(journal::Action action, const std::string& reason) {
        return installation_.journal().wait_for([&](const journal::Record& record) {
            return record.action == action && record.outcome == journal::Outcome::refused &&
                   record.reason.starts_with(reason);
        });
    }

    Installation installation_;
};

TEST_F(FloodFlow, LimitsHowFastOneUserOpensScreens) {
    auto user = sign_in_as(installation_, "hanako", installation_.terminal());
    Answer answer;
    for (int i = 0; i < 300 && answer.status != 429; ++i) {
        answer = user.browser.post("/api/screens", screen_request("invented-" + std::to_string(i)));
    }
    EXPECT_EQ(answer.status, 429U);
    EXPECT_EQ(answer.error(), "screen.too_many");
    EXPECT_GT(answer.json().at("retryAfter").as_int64(), 0);
    EXPECT_TRUE(answer.headers.contains("retry-after"));
    auto other = sign_in_as(installation_, "taro", installation_.terminal());
    EXPECT_EQ(other.browser.post("/api/screens", screen_request()).status, 200U);
}

TEST_F(FloodFlow, CountsTheRefusalsOfOneTerminal) {
    constexpr std::size_t connections = 100;
    for (std::size_t i = 0; i < connections; ++i) {
        EXPECT_EQ(Browser(installation_.strict_terminal()).get("/api/state").status, 403U);
    }
    EXPECT_EQ(installation_.stop(), 0);
    std::size_t single = 0;
    std::size_t counted = 0;
    for (const auto& record : installation_.journal().records()) {
        if (record.action != journal::Action::terminal) continue;
        if (record.what == "connection") {
            ++single;
        } else {
            counted += std::stoul(record.what);
        }
    }
    EXPECT_GT(counted, 0U);
    EXPECT_EQ(single + counted, connections) << "none is forgotten";
}

// Whoever comes may have a handshake, which costs. These wait with theirs, so that none of them
// gives its place away. How many may come in a second is asked of Connections, which is told the
// time: on a slow machine handshakes one after another come more slowly than that.
TEST_F(FloodFlow, BoundsTheHandshakesOfOneAddress) {
    const asio::ip::tcp::endpoint gateway(asio::ip::address_v4::loopback(),
                                          installation_.strict_terminal().port);
    asio::io_context loop;
    std::vector<asio::ip::tcp::socket> waiting;
    for (std::size_t i = 0; i <= Connections::maximum_of_address; ++i) {
        waiting.emplace_back(loop).connect(gateway);
    }
    EXPECT_EQ(refusal(journal::Action::connection, "too many connections").terminal,
              "127.0.0.1, zone counter");
}

TEST_F(FloodFlow, RecordsATicketThatIsNotGood) {
    ViewerLine guess(installation_.terminal(), std::string(64, 'a'));
    EXPECT_TRUE(guess.receive());
    EXPECT_EQ(refusal(journal::Action::connection, "a ticket that").terminal,
              "127.0.0.1, zone counter");
}

TEST_F(FloodFlow, RecordsTooManyAttemptsToSignInWithoutTheirName) {
    Browser browser(installation_.terminal());
    const auto body =
        boost::json::serialize(boost::json::object{{"user", "a-secret"}, {"password", "wrong"}});
    std::string error;  // the name is locked before it is limited
    for (int i = 0; i < 300 && error != "sign_in.too_many"; ++i) {
        error = browser.post("/api/sign-in", body).error();
    }
    EXPECT_EQ(error, "sign_in.too_many");
    EXPECT_EQ(refusal(journal::Action::sign_in, "too many attempts").who, "");
}

TEST_F(FloodFlow, RecordsAWrongCodeAtEnrolment) {
    const auto added =
        installation_.done({{"command", "user.add"}, {"name", "hanako"}, {"role", "staff"}});
    const auto& once = added.as_object().at("oneTimePassword");
    Browser browser(installation_.terminal());
    browser.post("/api/sign-in", boost::json::serialize(
                                     boost::json::object{{"user", "hanako"}, {"password", once}}));
    browser.csrf = browser.get("/api/state").json().at("csrf").as_string();
    browser.post("/api/enrol/begin", "{}");
    const auto answer =
        browser.post("/api/enrol/finish", boost::json::serialize(boost::json::object{
                                              {"password", good_password}, {"code", "000000"}}));
    EXPECT_EQ(answer.error(), "enrol.code_wrong");
    EXPECT_EQ(refusal(journal::Action::sign_in, "wrong code at enrolment").who, "hanako");
}

}  // namespace
}  // namespace shoji::gateway::testing
