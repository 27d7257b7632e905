// A screen's life as its viewer and the host see it, against the real program.
#include "screen/gateway/testing/screen_flow.h"

#include <map>
#include <mutex>
#include <thread>

#include <sys/socket.h>

namespace shoji::gateway::testing {
namespace {

using namespace std::chrono_literals;

TEST_F(ScreenFlow, AsksTheHostForWhatThePolicySays) {
    ticket();
    const auto session = installation_.host().next();
    ASSERT_EQ(session.start.origins.size(), 1U);
    EXPECT_EQ(session.start.origins.front().host, "demo.example");
    EXPECT_EQ(session.start.geometry, (control::Geometry{1280, 800, 120}));
    EXPECT_GT(session.start.expires, 4'000'000'000U);
    auto& journal = installation_.journal();
    const auto decision = journal.wait_for(
        [](const auto& record) { return record.action == journal::Action::route_decision; });
    EXPECT_EQ(decision.who, "hanako");
    EXPECT_EQ(decision.what, "demo");
    EXPECT_NE(decision.reason.find("counter-demo"), std::string::npos);
    journal.wait_for(
        [](const auto& record) { return record.action == journal::Action::session_start; });
}

TEST_F(ScreenFlow, RelaysBothWays) {
    auto pair = begin();
    const std::vector<std::uint8_t> body(100'000, 7);
    for (std::uint32_t serial = 1; serial <= 20; ++serial) {
        const auto sent = frame(serial, body);
        write_message(pair.session.display.get(), sent);
        EXPECT_EQ(pair.viewer.receive(), sent);
        const auto ack = wire::encode(wire::FromViewer{wire::Ack{serial}});
        pair.viewer.send(ack);
        EXPECT_EQ(read_message(pair.session.display.get()), ack);
    }
    const auto commit = wire::encode(wire::FromViewer{wire::Commit{"日本語"}});
    pair.viewer.send(commit);
    EXPECT_EQ(read_message(pair.session.display.get()), commit);
}

TEST_F(ScreenFlow, RecordsHowMuchTextWentInAndNeverTheText) {
    auto pair = begin();
    const auto say = [&](const wire::FromViewer& message) {
        const auto bytes = wire::encode(message);
        pair.viewer.send(bytes);
        EXPECT_EQ(read_message(pair.session.display.get()), bytes);
    };
    say(wire::Commit{"番号は123456789018です"});
    say(wire::Commit{"次"});
    pair.viewer.send(wire::encode(wire::FromViewer{wire::End{}}));
    const auto record = installation_.journal().wait_for(
        [](const auto& one) { return one.action == journal::Action::screen_input; });
    EXPECT_EQ(record.who, "hanako");
    EXPECT_TRUE(record.what.starts_with("demo "));
    EXPECT_EQ(record.reason, "18 characters, 1 My Numbers");
}

TEST_F(ScreenFlow, RefusesADestinationWithoutARoute) {
    const auto refused = user_->browser.post("/api/screens", screen_request("archive"));
    EXPECT_EQ(refused.status, 403U);
    EXPECT_EQ(refused.error(), "policy.no_route");
    EXPECT_EQ(refused.json().at("rule"), "default-deny");
    EXPECT_EQ(user_->browser.post("/api/screens", screen_request("nowhere")).error(),
              "policy.destination_unknown");
    EXPECT_TRUE(installation_.host().nothing_asked(100ms));
    installation_.journal().wait_for([](const auto& record) {
        return record.action == journal::Action::route_decision &&
               record.outcome == journal::Outcome::refused;
    });
}

TEST_F(ScreenFlow, SaysWhyTheHostStartsNothing) {
    const std::vector<std::pair<control::Reason, std::string>> reasons{
        {control::Reason::limit_reached, "screen.limit_reached"},
        {control::Reason::start_failed, "screen.start_failed"},
        {control::Reason::mechanism_missing, "screen.mechanism_missing"},
        {control::Reason::no_space, "store.full"}};
    for (const auto& [reason, key] : reasons) {
        installation_.host().refuse_with(reason);
        const auto answer = user_->browser.post("/api/screens", screen_request());
        EXPECT_EQ(answer.status, 503U);
        EXPECT_EQ(answer.error(), key);
    }
    installation_.host().stop();
    EXPECT_EQ(user_->browser.post("/api/screens", screen_request()).error(), "host.unavailable");
}

TEST_F(ScreenFlow, CountsSessionsThatAreBeingStarted) {
    constexpr std::size_t beyond = 3;
    const auto maximum = installation_.settings().session.maximum;
    const auto share = std::max<std::size_t>(10, maximum / 2);
    installation_.host().stay_silent(true);
    std::mutex mutex;
    std::map<std::string, std::size_t> answers;
    std::vector<std::thread> requests;
    for (std::size_t i = 0; i < share + beyond; ++i) {
        requests.emplace_back([&, browser = user_->browser]() mutable {
            const auto error = browser.post("/api/screens", screen_request()).error();
            const std::lock_guard lock(mutex);
            ++answers[error];
        });
    }
    const auto refused = [&] {
        const std::lock_guard lock(mutex);
        return answers["screen.limit_reached"];
    };
    for (int i = 0; i < 100 && refused() < beyond; ++i) std::this_thread::sleep_for(50ms);
    installation_.host().stop();
    for (auto& request : requests) request.join();
    EXPECT_EQ(answers["screen.limit_reached"], beyond);
    EXPECT_EQ(answers["host.unavailable"], share);
    installation_.host().stay_silent(false);
    installation_.host().start();
    for (int i = 0; i < 100; ++i) {
        if (installation_.done({{"command", "status"}}).at("host") == "ok") break;
        std::this_thread::sleep_for(50ms);
    }
    EXPECT_NO_THROW(ticket()) << "what did not start holds no place";
}

TEST_F(ScreenFlow, StartsNothingWithoutAJournal) {
    installation_.journal().answer_with(journal::Acknowledgement::full);
    EXPECT_EQ(user_->browser.post("/api/screens", screen_request()).error(), "journal.full");
    EXPECT_TRUE(installation_.host().nothing_asked(200ms));
    installation_.journal().answer_with(journal::Acknowledgement::written);
    EXPECT_NO_THROW(ticket());
}

TEST_F(ScreenFlow, LetsATicketInOnce) {
    const std::string first = ticket();
    auto session = installation_.host().next();
    auto pair = greet(std::move(session), connect(first));
    acknowledge_a_frame(pair);
    auto thief = connect(first);
    EXPECT_EQ(reason_of_end(thief), static_cast<std::uint8_t>(control::Reason::unknown_session));
    auto guess = connect(std::string(64, 'a'));
    EXPECT_EQ(reason_of_end(guess), static_cast<std::uint8_t>(control::Reason::unknown_session));
}

TEST_F(ScreenFlow, AcceptsNoOtherWebSocket) {
    const auto options = installation_.terminal();
    EXPECT_EQ(ViewerLine(options, "short").refused_with(), 400U);
    EXPECT_EQ(ViewerLine(options, ticket(), "https://evil.example").refused_with(), 403U);
    const auto record = installation_.journal().wait_for([](const auto& one) {
        return one.action == journal::Action::refusal && one.what == "/api/screen/socket";
    });
    EXPECT_EQ(record.outcome, journal::Outcome::refused);
    EXPECT_EQ(record.terminal, "127.0.0.1, zone counter");
    EXPECT_EQ(ViewerLine(options, ticket(), "null", "").refused_with(), 400U);
    EXPECT_EQ(ViewerLine(options, ticket(), "null", "other").refused_with(), 400U);
    ViewerLine good(options, ticket(), user_->browser.origin());
    EXPECT_EQ(good.refused_with(), 0U);
    EXPECT_EQ(good.response_header("Sec-WebSocket-Protocol"), "shoji.v1");
    EXPECT_EQ(good.response_header("Sec-WebSocket-Extensions"), "") << "no compression";
    EXPECT_EQ(good.response_header("X-Content-Type-Options"), "nosniff");
}

TEST_F(ScreenFlow, KeepsTheSessionThroughABreakOfTheLine) {
    auto pair = begin();
    pair.viewer.cut();
    auto again = connect(pair.resume);
    auto session = installation_.host().next();
    EXPECT_TRUE(session.attached);
    EXPECT_EQ(session.id, pair.session.id);
    auto back = greet(std::move(session), std::move(again));
    const auto sent = frame(1, {1, 2, 3});
    write_message(back.session.display.get(), sent);
    EXPECT_EQ(back.viewer.receive(), sent);
    EXPECT_EQ(sessions(), 1U);
}

TEST_F(ScreenFlow, KeepsTheSessionWhenTheLineBreaksBeforeTheNextTicketArrives) {
    auto pair = begin();
    acknowledge_a_frame(pair);
    pair.viewer.cut();
    auto unlucky = connect(pair.resume);
    // The viewer greets before it has read anything, and reads nothing at all.
    unlucky.send(hello());
    auto session = installation_.host().next();
    EXPECT_EQ(read_message(session.display.get()), hello());
    unlucky.cut();
    auto again = connect(pair.resume);
    auto back = greet(installation_.host().next(), std::move(again));
    acknowledge_a_frame(back);
    auto late = connect(pair.resume);
    EXPECT_EQ(reason_of_end(late), static_cast<std::uint8_t>(control::Reason::unknown_session));
    EXPECT_EQ(sessions(), 1U);
}

TEST_F(ScreenFlow, GivesTheScreenToTheNewestViewer) {
    auto pair = begin();
    auto second = connect(pair.resume);
    EXPECT_EQ(reason_of_end(pair.viewer), wire::ended_taken_over);
    auto session = installation_.host().next();
    greet(std::move(session), std::move(second));
}

TEST_F(ScreenFlow, SurvivesARestartOfTheGateway) {
    auto pair = begin();
    EXPECT_EQ(installation_.stop(), 0);
    EXPECT_EQ(pair.viewer.receive(), std::nullopt);
    EXPECT_EQ(pair.viewer.close_code(), 1012) << "come back";
    installation_.start();
    auto claimed = installation_.host().next();
    EXPECT_TRUE(claimed.attached) << "the session is claimed before its viewer comes";
    EXPECT_EQ(claimed.id, pair.session.id);
    greet(std::move(claimed), connect(pair.resume));
}

TEST_F(ScreenFlow, SurvivesAKilledGateway) {
    auto pair = begin();
    installation_.kill();
    installation_.start();
    auto claimed = installation_.host().next();
    greet(std::move(claimed), connect(pair.resume));
}

TEST_F(ScreenFlow, ForgetsSessionsThatTheHostNoLongerHas) {
    auto pair = begin();
    installation_.kill();
    installation_.host().forget(pair.session.id);
    installation_.start();
    wait_until_no_session();
    auto late = connect(pair.resume);
    EXPECT_EQ(reason_of_end(late), static_cast<std::uint8_t>(control::Reason::unknown_session));
}

TEST_F(ScreenFlow, ClaimsItsSessionsAfterARestartOfTheHost) {
    auto pair = begin();
    installation_.host().stop();
    const auto sent = frame(1, {1, 2, 3});
    write_message(pair.session.display.get(), sent);
    EXPECT_EQ(pair.viewer.receive(), sent) << "a session goes on without the host";
    installation_.host().start();
    auto claimed = installation_.host().next();
    EXPECT_EQ(claimed.id, pair.session.id);
    EXPECT_EQ(pair.viewer.receive(), std::nullopt);
    EXPECT_EQ(pair.viewer.close_code(), 1012);
    greet(std::move(claimed), connect(pair.resume));
}

TEST_F(ScreenFlow, TellsTheViewerToWaitForTheHost) {
    auto pair = begin();
    pair.viewer.cut();
    installation_.host().stop();
    auto again = connect(pair.resume);
    from_gateway<wire::Ticket>(again);
    from_gateway<wire::Waiting>(again);
    installation_.host().start();
    auto session = installation_.host().next();
    again.send(hello());
    EXPECT_EQ(read_message(session.display.get()), hello());
}

TEST_F(ScreenFlow, EndsWhenTheUserEndsIt) {
    auto pair = begin();
    pair.viewer.send(wire::encode(wire::FromViewer{wire::End{}}));
    EXPECT_EQ(reason_of_end(pair.viewer), static_cast<std::uint8_t>(control::Reason::ended));
    installation_.host().wait_for_end(pair.session.id);
    wait_until_no_session();
    const auto record = installation_.journal().wait_for(
        [](const auto& one) { return one.action == journal::Action::session_end; });
    EXPECT_EQ(record.who, "hanako");
    EXPECT_EQ(record.outcome, journal::Outcome::allowed);
}

TEST_F(ScreenFlow, RecordsWhetherASessionEndedOrFailed) {
    using control::Reason;
    const std::vector<std::pair<Reason, journal::Outcome>> ends{
        {Reason::ended, journal::Outcome::allowed},
        {Reason::expired, journal::Outcome::allowed},
        {Reason::browser_exited, journal::Outcome::failed},
        {Reason::session_failed, journal::Outcome::failed},
        {Reason::egress_failed, journal::Outcome::failed},
        {Reason::out_of_memory, journal::Outcome::failed},
        {Reason::unclaimed, journal::Outcome::failed}};
    for (const auto& [reason, outcome] : ends) {
        auto pair = begin();
        installation_.host().exit(pair.session.id, reason);
        EXPECT_EQ(reason_of_end(pair.viewer), static_cast<std::uint8_t>(reason));
        const auto record = installation_.journal().wait_for([&](const auto& one) {
            return one.action == journal::Action::session_end &&
                   one.what == "demo " + control::to_text(pair.session.id);
        });
        EXPECT_EQ(record.outcome, outcome) << record.reason;
    }
}

TEST_F(ScreenFlow, RecordsThatASessionWasGoneWhenItWasAskedFor) {
    auto pair = begin();
    installation_.host().forget(pair.session.id);
    installation_.host().stop();
    installation_.host().start();
    const auto record = installation_.journal().wait_for(
        [](const auto& one) { return one.action == journal::Action::session_end; });
    EXPECT_EQ(record.outcome, journal::Outcome::failed);
    EXPECT_TRUE(record.reason.starts_with("unknown_session;")) << record.reason;
}

TEST_F(ScreenFlow, EndsWhenTheHostSaysSo) {
    auto pair = begin();
    installation_.host().exit(pair.session.id, control::Reason::out_of_memory);
    EXPECT_EQ(reason_of_end(pair.viewer),
              static_cast<std::uint8_t>(control::Reason::out_of_memory));
    wait_until_no_session();
}

TEST_F(ScreenFlow, EndsWithTheReasonWhenTheDisplayStreamBreaksFirst) {
    auto pair = begin();
    pair.session.display.reset();
    std::this_thread::sleep_for(200ms);
    installation_.host().exit(pair.session.id, control::Reason::browser_exited);
    EXPECT_EQ(reason_of_end(pair.viewer),
              static_cast<std::uint8_t>(control::Reason::browser_exited));
}

TEST_F(ScreenFlow, EndsAtSignOut) {
    auto pair = begin();
    user_->browser.post("/api/sign-out", "{}");
    EXPECT_EQ(reason_of_end(pair.viewer), wire::ended_signed_out);
    installation_.host().wait_for_end(pair.session.id);
}

TEST_F(ScreenFlow, EndsWhenItsRouteIsWithdrawn) {
    auto pair = begin();
    auto policy = example_policy();
    policy.routes.clear();
    installation_.apply(policy);
    EXPECT_EQ(reason_of_end(pair.viewer), wire::ended_route_withdrawn);
    installation_.host().wait_for_end(pair.session.id);
}

TEST_F(ScreenFlow, EndsWhenTheApprovalHasExpired) {
    auto pair = begin();
    auto policy = example_policy();
    policy.destinations.front().expires = {std::chrono::year(2021), std::chrono::month(1),
                                           std::chrono::day(1)};
    installation_.apply(policy);
    EXPECT_EQ(reason_of_end(pair.viewer), static_cast<std::uint8_t>(control::Reason::expired));
}

TEST_F(ScreenFlow, EndsWhenItsUserIsRemoved) {
    auto pair = begin();
    installation_.done({{"command", "user.remove"}, {"name", "hanako"}});
    EXPECT_EQ(reason_of_end(pair.viewer), wire::ended_user_removed);
    installation_.host().wait_for_end(pair.session.id);
}

TEST_F(ScreenFlow, EndsWhenItsUserIsReset) {
    auto pair = begin();
    installation_.done({{"command", "user.reset"}, {"name", "hanako"}});
    EXPECT_EQ(reason_of_end(pair.viewer), wire::ended_user_reset);
    installation_.host().wait_for_end(pair.session.id);
}

TEST_F(ScreenFlow, EndsWhenAnAdministratorKillsIt) {
    auto pair = begin();
    const auto id = control::to_text(pair.session.id);
    installation_.done({{"command", "session.kill"}, {"id", id}});
    EXPECT_EQ(reason_of_end(pair.viewer), static_cast<std::uint8_t>(control::Reason::ended));
    installation_.host().wait_for_end(pair.session.id);
    const auto again = installation_.admin({{"command", "session.kill"}, {"id", id}});
    EXPECT_EQ(again.at("error").at("kind"), "not_found");
}

TEST_F(ScreenFlow, EndsWhenItsTerminalIsRevoked) {
    auto options = installation_.strict_terminal();
    options.certificate = installation_.enrol_terminal("desk-1");
    auto taro = sign_in_as(installation_, "taro", options);
    const auto answer = taro.browser.post("/api/screens", screen_request());
    auto session = installation_.host().next();
    const std::string first(answer.json().at("ticket").as_string());
    auto pair = greet(std::move(session), ViewerLine(options, first));
    installation_.done({{"command", "terminal.revoke"}, {"name", "desk-1"}});
    EXPECT_EQ(reason_of_end(pair.viewer), wire::ended_terminal_revoked);
    installation_.host().wait_for_end(pair.session.id);
}

TEST_F(ScreenFlow, RefusesATicketFromAnotherTerminal) {
    const auto certificate = installation_.enrol_terminal("desk-1");
    auto options = installation_.terminal();
    options.certificate = certificate;
    ViewerLine stranger(options, ticket());
    EXPECT_EQ(reason_of_end(stranger), static_cast<std::uint8_t>(control::Reason::unknown_session));
    installation_.journal().wait_for([](const auto& record) {
        return record.action == journal::Action::connection &&
               record.outcome == journal::Outcome::refused;
    });
}

TEST_F(ScreenFlow, ClosesOnAMalformedMessageOfTheViewer) {
    const std::vector<Message> malformed{{},
                                         {0x00},
                                         {0xff, 1, 2},
                                         {0x80, 1},
                                         {0x01, 1, 0},
                                         hello(),
                                         Message(8 * 1024 + 1, 0x88),
                                         wire::encode(wire::FromViewer{wire::Ack{1}})};
    for (const auto& message : malformed) {
        auto pair = begin();
        pair.viewer.send(message);
        EXPECT_EQ(pair.viewer.receive(), std::nullopt);
        EXPECT_NE(pair.viewer.close_code(), 1000);
        EXPECT_EQ(read_message(pair.session.display.get()), std::nullopt)
            << "nothing was passed on";
        installation_.done(
            {{"command", "session.kill"}, {"id", control::to_text(pair.session.id)}});
    }
    auto pair = begin();
    pair.viewer.send_text("text");
    EXPECT_EQ(pair.viewer.receive(), std::nullopt);
}

TEST_F(ScreenFlow, EndsASessionThatSendsMalformedMessages) {
    Message second_welcome = wire::encode(wire::FromSession{wire::Welcome{1}});
    const std::vector<Message> malformed{{0x00},       {0x41, 0},      {0x42, 0},
                                         {0x02, 1, 0}, second_welcome, frame(7, {1, 2, 3}),
                                         {0x03, 200}};
    for (const auto& message : malformed) {
        auto pair = begin();
        write_message(pair.session.display.get(), message);
        EXPECT_EQ(reason_of_end(pair.viewer),
                  static_cast<std::uint8_t>(control::Reason::session_failed))
            << static_cast<int>(message.front());
        installation_.host().wait_for_end(pair.session.id);
    }
    auto pair = begin();
    const std::array<std::uint8_t, 4> huge{0xff, 0xff, 0xff, 0x7f};
    ::send(pair.session.display.get(), huge.data(), huge.size(), MSG_NOSIGNAL);
    EXPECT_EQ(reason_of_end(pair.viewer),
              static_cast<std::uint8_t>(control::Reason::session_failed));
}

TEST_F(ScreenFlow, ReadsNothingFromTheSessionWhileTheViewerIsSlow) {
    auto pair = begin();
    const auto before = installation_.resident();
    const std::vector<std::uint8_t> body(1'000'000, 7);
    timeval patience{1, 0};
    ::setsockopt(pair.session.display.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    std::uint32_t serial = 0;
    try {
        while (serial < 200) write_message(pair.session.display.get(), frame(++serial, body));
    } catch (const std::exception&) {
        // The gateway has stopped to read, as it should.
    }
    EXPECT_LT(serial, 100U);
    EXPECT_LT(installation_.resident(), before + 40'000) << "KiB";
    EXPECT_EQ(Browser(installation_.terminal()).get("/").status, 200U) << "others are served";
}

class ShortGrace : public ScreenFlow {
  protected:
    ShortGrace() : ScreenFlow(1) {}
};

TEST_F(ShortGrace, EndsAScreenWhoseTerminalDoesNotComeBack) {
    auto pair = begin();
    pair.viewer.cut();
    installation_.host().wait_for_end(pair.session.id);
    wait_until_no_session();
    auto late = connect(pair.resume);
    EXPECT_EQ(reason_of_end(late), static_cast<std::uint8_t>(control::Reason::unknown_session));
}

}  // namespace
}  // namespace shoji::gateway::testing
