// What a session's egress reports, as the gateway tells and keeps it, against the real program.
#include "screen/gateway/testing/screen_flow.h"

#include <algorithm>
#include <array>
#include <thread>

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

namespace shoji::gateway::testing {
namespace {

using namespace std::chrono_literals;

TEST_F(ScreenFlow, TellsAndKeepsWhatTheEgressRefused) {
    auto pair = begin();
    const control::Refused refused{control::RefusalReason::not_listed, control::Scheme::https,
                                   "ads.example", 443, 3};
    const auto send = [&](const control::FromEgress& report) {
        ASSERT_TRUE(base::send_packet(pair.session.reports.get(), control::encode(report)));
    };
    send(control::Traffic{1, 2, 3, 4, 5});
    send(refused);
    const auto told = from_gateway<wire::Refused>(pair.viewer);
    EXPECT_EQ(told.host, "ads.example");
    EXPECT_EQ(told.port, 443);
    EXPECT_EQ(told.times, 3U);
    const auto record = installation_.journal().wait_for(
        [](const auto& one) { return one.action == journal::Action::refusal; });
    EXPECT_EQ(record.what, "https://ads.example:443 for demo");
    EXPECT_EQ(record.reason, "not_listed");
    send(refused);
    boost::json::value kept;
    for (int i = 0; i < 60; ++i) {
        kept = installation_.done({{"command", "destination.refused"}, {"destination", "demo"}});
        if (!kept.as_array().empty() && kept.at(0).at("times").to_number<int>() == 6) break;
        std::this_thread::sleep_for(100ms);
    }
    ASSERT_EQ(kept.as_array().size(), 1U);
    EXPECT_EQ(kept.at(0).at("times").to_number<int>(), 6);
    EXPECT_EQ(kept.at(0).at("reason"), "not_listed");
    const auto list = installation_.done({{"command", "session.list"}}).as_array();
    EXPECT_EQ(list.at(0).at("bytesIn").to_number<int>(), 2);
    EXPECT_EQ(list.at(0).at("memoryBytes").to_number<int>(), 1234);
    EXPECT_TRUE(list.at(0).at("watched").as_bool());
    const auto records = installation_.journal().records();
    EXPECT_EQ(std::ranges::count_if(
                  records, [](const auto& one) { return one.action == journal::Action::refusal; }),
              1)
        << "equal refusals of a session are one record";
}

TEST_F(ScreenFlow, ReadsNoFloodOfReports) {
    using Clock = std::chrono::steady_clock;
    auto pair = begin();
    const int reports = pair.session.reports.get();
    // What may wait in the socket, and the first burst; then fifty a second, however long this
    // takes.
    constexpr double at_once = 1000;
    constexpr double a_second = 50;
    const auto began = Clock::now();
    double sent = 0;
    double allowed = at_once;
    while (sent <= allowed && Clock::now() - began < 2s) {
        const control::Refused refused{control::RefusalReason::not_listed, control::Scheme::https,
                                       fmt::format("ads-{}.example", sent), 443, 1};
        const auto packet = control::encode(control::FromEgress{refused});
        pollfd room{reports, POLLOUT, 0};
        ::poll(&room, 1, 100);
        if (::send(reports, packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) ++sent;
        allowed = at_once + a_second * std::chrono::duration<double>(Clock::now() - began).count();
    }
    EXPECT_GT(sent, 256) << "a whole book of an honest egress is taken";
    EXPECT_LE(sent, allowed);
    EXPECT_NE(installation_.log().find("its egress reports faster than is read"),
              std::string::npos);
    EXPECT_EQ(sessions(), 1U);
}

TEST_F(ScreenFlow, SaysHowManyRefusalsNobodyCouldReport) {
    auto pair = begin();
    const control::Traffic traffic{1, 2, 3, 400, 144};
    ASSERT_TRUE(base::send_packet(pair.session.reports.get(),
                                  control::encode(control::FromEgress{traffic})));
    const auto counted = [&] {
        const auto list = installation_.done({{"command", "session.list"}}).as_array();
        return list.at(0).at("bytesIn").to_number<int>() == 2;
    };
    for (int i = 0; i < 100 && !counted(); ++i) std::this_thread::sleep_for(50ms);
    installation_.host().exit(pair.session.id, control::Reason::ended);
    const auto record = installation_.journal().wait_for(
        [](const auto& one) { return one.action == journal::Action::session_end; });
    EXPECT_TRUE(record.reason.ends_with("400 refusals, 144 of them in no report")) << record.reason;
}

TEST_F(ScreenFlow, IgnoresMalformedReportsAndHostMessages) {
    auto pair = begin();
    const std::array<std::uint8_t, 3> nonsense{0xee, 1, 2};
    ASSERT_TRUE(base::send_packet(pair.session.reports.get(), nonsense));
    installation_.host().send_raw({0xee, 1, 2, 3});
    auto claimed = installation_.host().next();
    EXPECT_EQ(claimed.id, pair.session.id) << "the line to the host is made anew";
}

}  // namespace
}  // namespace shoji::gateway::testing
