// What the gateway does when a program beside it goes away, against the real program.
#include "screen/gateway/testing/installation.h"
#include "screen/wire/wire.h"

#include <gtest/gtest.h>

namespace shoji::gateway::testing {
namespace {

class FaultFlow : public ::testing::Test {
  protected:
    FaultFlow() {
        installation_.start();
        installation_.apply(example_policy());
    }
    std::size_t recorded(journal::Action action, const std::string& who) {
        const auto records = installation_.journal().records();
        return static_cast<std::size_t>(std::ranges::count_if(records, [&](const auto& record) {
            return record.action == action && record.who == who;
        }));
    }
    void wait_for(journal::Action action, const std::string& who) {
        installation_.journal().wait_for(
            [&](const auto& record) { return record.action == action && record.who == who; });
    }

    Installation installation_;
};

TEST_F(FaultFlow, RecordsThatTheHostWentAwayAndCameBack) {
    EXPECT_EQ(recorded(journal::Action::program_started, "shoji-host"), 0U);
    installation_.host().stop();
    wait_for(journal::Action::fault, "shoji-host");
    EXPECT_EQ(recorded(journal::Action::program_started, "shoji-host"), 0U);
    installation_.host().start();
    wait_for(journal::Action::program_started, "shoji-host");
    EXPECT_EQ(recorded(journal::Action::fault, "shoji-host"), 1U);
}

TEST_F(FaultFlow, TellsTheFirstViewerWhatWasRefusedBeforeItCame) {
    auto user = sign_in_as(installation_, "hanako", installation_.terminal());
    const auto ticket = user.browser.post("/api/screens", screen_request()).json().at("ticket");
    const auto session = installation_.host().next();
    const control::Refused refused{control::RefusalReason::unreachable, control::Scheme::https,
                                   "demo.example", 443, 1};
    ASSERT_TRUE(base::send_packet(session.reports.get(), control::encode(refused)));
    installation_.journal().wait_for(
        [](const auto& record) { return record.action == journal::Action::refusal; });
    ViewerLine viewer(installation_.terminal(), std::string(ticket.as_string()));
    bool told = false;
    for (int i = 0; i < 2; ++i) {
        const auto message = viewer.receive();
        ASSERT_TRUE(message);
        const auto decoded = wire::decode_from_gateway(*message);
        ASSERT_TRUE(decoded);
        if (const auto* refusal = std::get_if<wire::Refused>(&*decoded)) {
            told = refusal->host == "demo.example";
        }
    }
    EXPECT_TRUE(told);
}

TEST_F(FaultFlow, EndsInOrderWhileTerminalsAreConnected) {
    auto user = sign_in_as(installation_, "hanako", installation_.terminal());
    const auto ticket = user.browser.post("/api/screens", screen_request()).json().at("ticket");
    Line idle(installation_.terminal());
    ViewerLine viewer(installation_.terminal(), std::string(ticket.as_string()));
    ASSERT_TRUE(viewer.receive());
    EXPECT_EQ(installation_.stop(), 0) << installation_.log();
}

}  // namespace
}  // namespace shoji::gateway::testing
