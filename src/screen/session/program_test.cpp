// The real program with a Wayland client that says nothing: what it owes viewers, and what it
// bears.
#include "screen/session/test_viewer.h"

#include <gtest/gtest.h>

namespace shoji::session::testing {
namespace {

TEST(Program, GreetsAndSendsAWholeFrame) {
    Program program;
    TestViewer viewer(program.address());
    viewer.hello(640, 480);
    ASSERT_TRUE(viewer.until([&] { return viewer.frames == 1; })) << viewer.problem;
    EXPECT_TRUE(viewer.welcomed);
    EXPECT_EQ(viewer.fresh_frames, 1);
    EXPECT_EQ(viewer.picture().width(), 640);
    EXPECT_EQ(viewer.picture().height(), 480);
}

TEST(Program, AnswersPings) {
    Program program;
    TestViewer viewer(program.address());
    viewer.hello();
    viewer.send(wire::Ping{12345});
    const auto is_answer = [](const wire::FromSession& message) {
        const auto* pong = std::get_if<wire::Pong>(&message);
        return pong != nullptr && pong->token == 12345;
    };
    EXPECT_TRUE(viewer.until([&] {
        return std::any_of(viewer.others.begin(), viewer.others.end(), is_answer);
    })) << viewer.problem;
}

TEST(Program, ANewViewerReplacesTheOld) {
    Program program;
    TestViewer first(program.address());
    first.hello();
    ASSERT_TRUE(first.until([&] { return first.frames == 1; }));
    TestViewer second(program.address());
    second.hello();
    EXPECT_TRUE(second.until([&] { return second.fresh_frames == 1; }));
    EXPECT_TRUE(first.until_closed());
}

TEST(Program, ResizesToAFreshFrame) {
    Program program;
    TestViewer viewer(program.address());
    viewer.hello();
    viewer.send(wire::Resize{1000, 700, 150});
    EXPECT_TRUE(viewer.until([&] {
        return viewer.picture().width() == 1000 && viewer.picture().height() == 700;
    })) << viewer.problem;
}

class Malformed : public ::testing::TestWithParam<std::vector<std::uint8_t>> {};

TEST_P(Malformed, ClosesTheConnectionAndNothingElse) {
    Program program;
    TestViewer viewer(program.address());
    viewer.hello();
    ASSERT_TRUE(viewer.until([&] { return viewer.frames == 1; })) << viewer.problem;
    viewer.send_raw(GetParam());
    EXPECT_TRUE(viewer.until_closed());
    EXPECT_EQ(viewer.problem, "");
    TestViewer next(program.address());
    next.hello();
    EXPECT_TRUE(next.until([&] { return next.frames == 1; })) << "the session must live";
}

INSTANTIATE_TEST_SUITE_P(
    Messages, Malformed,
    ::testing::Values(std::vector<std::uint8_t>{0, 0, 0, 0},                    // empty
                      std::vector<std::uint8_t>{255, 255, 255, 255},            // huge
                      std::vector<std::uint8_t>{1, 0, 0, 0, 0x77},              // unknown type
                      std::vector<std::uint8_t>{1, 0, 0, 0, 0x86},              // cut short
                      std::vector<std::uint8_t>{1, 0, 0, 0, 0xc0},              // the gateway's
                      std::vector<std::uint8_t>{3, 0, 0, 0, 0x89, 1, 0},        // one byte more
                      std::vector<std::uint8_t>{5, 0, 0, 0, 0x82, 9, 0, 0, 0},  // never sent
                      std::vector<std::uint8_t>{10, 0, 0, 0, 0x80, 1, 0, 0x20, 3, 0x58, 2, 120, 0,
                                                0}));  // a second hello

TEST(Program, NothingIsSentBeforeHello) {
    Program program;
    TestViewer viewer(program.address());
    EXPECT_FALSE(viewer.until([&] { return viewer.bytes > 0; }, std::chrono::milliseconds(300)));
    viewer.send_bytes(wire::encode(wire::FromViewer(wire::Key{30, true})));
    EXPECT_TRUE(viewer.until_closed());
    EXPECT_EQ(viewer.bytes, 0U);
}

TEST(Program, APeerThatAsksAndNeverReadsFillsItsOwnQueue) {
    Program program;
    TestViewer viewer(program.address());
    viewer.hello();
    ASSERT_TRUE(viewer.until([&] { return viewer.frames == 1; })) << viewer.problem;
    const long before = program.child().status("VmRSS");
    auto flood = base::connect_unix(program.address(), base::SocketKind::stream);
    ASSERT_TRUE(flood);
    std::vector<std::uint8_t> pings{10, 0, 0, 0, 0x80, 1, 0, 0x20, 3, 0x58, 2, 120, 0, 0};
    ASSERT_EQ(::send(flood->get(), pings.data(), pings.size(), 0), 14);
    ::fcntl(flood->get(), F_SETFL, O_NONBLOCK);
    constexpr std::size_t ping = 9;
    pings.clear();
    for (int i = 0; i < 7000; ++i) pings.insert(pings.end(), {5, 0, 0, 0, 0x8b, 1, 2, 3, 4});
    std::size_t taken = 0;
    for (int attempt = 0; attempt < 1000; ++attempt) {
        const auto rest = std::span(pings).subspan(taken % ping);
        const auto count = ::send(flood->get(), rest.data(), rest.size(), MSG_NOSIGNAL);
        if (count > 0) taken += static_cast<std::size_t>(count);
        if (count < 0 && attempt % 10 == 9) ::usleep(5000);
    }
    EXPECT_LT(taken, 8U << 20U) << "more than sockets and a bounded queue hold";
    EXPECT_LT(program.child().status("VmRSS") - before, 16 * 1024);
    flood->reset();
    TestViewer next(program.address());
    next.hello();
    EXPECT_TRUE(next.until([&] { return next.frames == 1; }));
}

TEST(Program, EndsWhenAsked) {
    Program program;
    TestViewer viewer(program.address());
    viewer.hello();
    ASSERT_TRUE(viewer.until([&] { return viewer.frames == 1; }));
    program.child().signal(SIGTERM);
    EXPECT_EQ(program.child().wait(), 0);
}

TEST(Program, EndsWithItsClient) {
    Program program;
    program.client().reset();
    EXPECT_EQ(program.child().wait(), 0);
}

TEST(Program, RefusesMalformedParameters) {
    using Parameters = Program::Parameters;
    for (const Parameters& parameters : {Parameters{}, Parameters{0x20, 0x03, 0x58, 0x02, 120, 0},
                                         Parameters{0x20, 0x03, 0x58, 0x02, 120, 0, 2},
                                         Parameters{0x20, 0x03, 0x58, 0x02, 120, 0, 0, 0},
                                         Parameters{10, 0, 0x58, 0x02, 120, 0, 0}}) {
        EXPECT_EQ(Program(parameters).child().wait(), 1);
    }
}

TEST(Program, IsConfinedBeforeItReadsAnything) {
    Program program;
    TestViewer viewer(program.address());
    viewer.hello();
    ASSERT_TRUE(viewer.until([&] { return viewer.frames == 1; }));
    EXPECT_EQ(program.child().status("Seccomp"), 2);
    EXPECT_EQ(program.child().status("NoNewPrivs"), 1);
    EXPECT_EQ(program.child().status("CapEff"), 0);
}

}  // namespace
}  // namespace shoji::session::testing
