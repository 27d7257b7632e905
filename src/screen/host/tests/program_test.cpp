// The whole program, with the real Chromium, compositor and egress.
#include "core/base/test_small_disk.h"
#include "core/base/unix_socket.h"
#include "screen/host/tests/gateway.h"
#include "screen/host/tests/installation.h"
#include "screen/host/tests/patience.h"
#include "screen/host/tests/signal.h"
#include "screen/host/tests/web_server.h"

#include <csignal>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace shoji::host::tests {
namespace {

namespace fs = std::filesystem;

using control::Reason;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A page that fills a picture with more than a bare background would take.
std::string page() {
    std::string rows;
    for (int row = 0; row < 40; ++row) {
        rows += "<tr>";
        for (int column = 0; column < 40; ++column) {
            rows += fmt::format("<td style='background:hsl({} 80% 50%)'>{}</td>",
                                (row * 37 + column * 91) % 360, row * column);
        }
        rows += "</tr>";
    }
    return "<!doctype html><title>test</title><table>" + rows + "</table>";
}
constexpr std::size_t picture_of_page = 10000;  // bytes of a frame

class ProgramTest : public ::testing::TestWithParam<User> {
  protected:
    void SetUp() override {
        if (GetParam() == User::root && ::geteuid() != 0) GTEST_SKIP() << "needs root";
        site.set_page(page());
    }
    void TearDown() override {
        if (IsSkipped() || !host_runs_) return;
        EXPECT_EQ(installation.end_host(SIGTERM), 0);
        EXPECT_EQ(installation.left(), "");
    }
    void start_host() {
        installation.start_host();
        host_runs_ = true;
    }
    Gateway gateway() const {
        return {installation.settings.host_socket(), installation.gateway_user()};
    }
    // A session whose page is on the screen.
    Started start_session(Gateway& from) {
        auto started = from.start(installation.request(site.port()));
        EXPECT_TRUE(started) << "reason " << static_cast<int>(started.error());
        if (!started) return {};
        EXPECT_TRUE(shows_picture(started->display.get(), picture_of_page)) << "no picture";
        return std::move(*started);
    }
    std::string left_in_the_end() {
        eventually([&] { return installation.left_of_sessions().empty(); });
        return installation.left_of_sessions();
    }

    Installation installation{GetParam()};
    WebServer site;
    bool host_runs_ = false;
};

std::string user_name(const ::testing::TestParamInfo<User>& info) {
    return info.param == User::root ? "root" : "ordinary";
}

INSTANTIATE_TEST_SUITE_P(Host, ProgramTest, ::testing::Values(User::root, User::ordinary),
                         user_name);

TEST_P(ProgramTest, ShowsThePageAndLeavesNothing) {
    start_host();
    auto gate = gateway();
    const auto session = start_session(gate);
    EXPECT_THAT(site.await_request(), HasSubstr("Accept-Language: ja"));
    const auto sessions = gate.list();
    ASSERT_EQ(sessions.size(), 1U);
    EXPECT_EQ(sessions[0].session, session.session);
    EXPECT_NE(installation.left_of_sessions(), "") << "the check sees nothing";
    gate.end(session.session);
    EXPECT_EQ(gate.await_exit(session.session), Reason::ended);
    EXPECT_EQ(installation.left_of_sessions(), "");
    EXPECT_TRUE(gate.list().empty());
}

// Whatever Chromium wants for itself it asks within its first seconds; the page's own request for a
// host that is not listed comes after that, and shows that the test would have seen it.
TEST_P(ProgramTest, ItsBrowserAsksForNothingOfItsOwn) {
    site.set_page(
        "<!doctype html><title>test</title><form><input name=user><input type=password></form>"
        "<script>setTimeout(() => fetch('http://not-listed.example/'), 15000)</script>");
    start_host();
    auto gate = gateway();
    const auto session = gate.start(installation.request(site.port()));
    ASSERT_TRUE(session);
    EXPECT_THAT(refused_hosts(session->reports.get(), "not-listed.example"),
                ElementsAre("not-listed.example"));
    gate.end(session->session);
    EXPECT_EQ(gate.await_exit(session->session), Reason::ended);
}

// Chromium leaves the bounds of WebAssembly's memory to the processor and catches the fault in a
// signal handler, which it sets up beside that of its crash reporter.
TEST_P(ProgramTest, AFaultOfWebAssemblyIsTheScriptsToCatch) {
    site.set_page(
        "<!doctype html><title>test</title><script>"
        // (module (memory 1) (func (export "f") (param i32) (result i32) local.get 0 i32.load))
        "const bytes = '0061736d0100000001060160017f017f030201000503010001' +"
        "  '070501016600000a0901070020002802000b';"
        "const module = Uint8Array.from(bytes.match(/../g), (digits) => parseInt(digits, 16));"
        "WebAssembly.instantiate(module).then(({instance}) => {"
        "  let host = 'read.example';"
        "  try { instance.exports.f(0x7ffffff0); } catch (error) {"
        "    host = error instanceof WebAssembly.RuntimeError ? 'caught.example' : 'other.example';"
        "  }"
        "  fetch(`http://${host}/`);"
        "});</script>");
    start_host();
    auto gate = gateway();
    const auto session = gate.start(installation.request(site.port()));
    ASSERT_TRUE(session);
    EXPECT_THAT(refused_hosts(session->reports.get(), "caught.example"),
                ElementsAre("caught.example"));
}

class KilledPartTest : public ProgramTest {
  protected:
    void kill_and_expect(const std::function<pid_t(const Record&)>& whom, Reason reason) {
        start_host();
        auto gate = gateway();
        const auto session = start_session(gate);
        ASSERT_FALSE(HasFailure());
        const auto record = installation.record(session.session);
        ASSERT_TRUE(record);
        ASSERT_TRUE(send_signal(whom(*record), SIGKILL));
        EXPECT_EQ(gate.await_exit(session.session), reason);
        EXPECT_EQ(installation.left_of_sessions(), "");
    }
    static pid_t first_process(const Record& record, Part part) {
        return record.processes[static_cast<std::size_t>(part)].process;
    }
};

INSTANTIATE_TEST_SUITE_P(Host, KilledPartTest, ::testing::Values(User::root, User::ordinary),
                         user_name);

TEST_P(KilledPartTest, TheBrowser) {
    kill_and_expect([&](const Record& record) { return installation.browser_of(record); },
                    Reason::browser_exited);
}

TEST_P(KilledPartTest, TheBrowsersFirstProcess) {
    kill_and_expect([](const Record& record) { return first_process(record, Part::browser); },
                    Reason::browser_exited);
}

TEST_P(KilledPartTest, TheCompositor) {
    kill_and_expect([](const Record& record) { return first_process(record, Part::compositor); },
                    Reason::session_failed);
}

TEST_P(KilledPartTest, TheEgress) {
    kill_and_expect([](const Record& record) { return first_process(record, Part::egress); },
                    Reason::egress_failed);
}

TEST_P(ProgramTest, AKilledHostFindsItsSessionsAgain) {
    start_host();
    auto gate = gateway();
    const auto living = start_session(gate);
    const auto dying = start_session(gate);
    ASSERT_FALSE(HasFailure());
    EXPECT_EQ(installation.end_host(SIGKILL), -SIGKILL);
    EXPECT_EQ(gate.receive(), std::nullopt);
    const auto record = installation.record(dying.session);
    ASSERT_TRUE(record);
    ASSERT_TRUE(
        send_signal(record->processes[static_cast<std::size_t>(Part::egress)].process, SIGKILL));
    // A folder without a record, as a host leaves it that is killed in the middle of a start.
    const auto torn = installation.settings.host_sessions() / std::string(32, 'a');
    fs::create_directory(torn);

    start_host();
    auto second = gateway();
    EXPECT_TRUE(eventually([&] {
        const auto sessions = second.list();
        return sessions.size() == 1 && sessions[0].session == living.session;
    }));
    EXPECT_TRUE(
        eventually([&] { return !installation.record(dying.session) && !fs::exists(torn); }));
    auto again = second.attach(living.session);
    ASSERT_TRUE(again);
    EXPECT_TRUE(shows_picture(again->display.get(), picture_of_page));
    EXPECT_FALSE(second.attach(dying.session));
    second.end(living.session);
    EXPECT_EQ(second.await_exit(living.session), Reason::ended);
    EXPECT_EQ(installation.left_of_sessions(), "");
}

TEST_P(ProgramTest, OneThatNobodyClaimsEnds) {
    installation.settings.session.unclaimed_seconds = 2;
    start_host();
    auto gate = gateway();
    start_session(gate);
    auto second = gateway();
    gate.close();
    EXPECT_EQ(left_in_the_end(), "");
    EXPECT_TRUE(second.list().empty());
}

TEST_P(ProgramTest, OneThatIsClaimedAnewGoesOn) {
    installation.settings.session.unclaimed_seconds = 3600;
    start_host();
    auto gate = gateway();
    const auto session = start_session(gate);
    gate.close();
    auto second = gateway();
    auto again = second.attach(session.session);
    ASSERT_TRUE(again);
    EXPECT_TRUE(shows_picture(again->display.get(), picture_of_page));
    second.end(session.session);
    EXPECT_EQ(second.await_exit(session.session), Reason::ended);
}

TEST_P(ProgramTest, OneWhoseApprovalEndsIsEnded) {
    start_host();
    auto gate = gateway();
    auto request = installation.request(site.port());
    request.expires = static_cast<std::uint64_t>(::time(nullptr)) + 4;
    const auto session = gate.start(request);
    ASSERT_TRUE(session);
    EXPECT_EQ(gate.await_exit(session->session), Reason::expired);
    EXPECT_EQ(installation.left_of_sessions(), "");
    const auto late = gate.start(request);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error(), Reason::expired);
}

TEST_P(ProgramTest, TheLimitOfSessionsHolds) {
    installation.settings.session.maximum = 1;
    start_host();
    auto gate = gateway();
    const auto first = gate.start(installation.request(site.port()));
    ASSERT_TRUE(first);
    const auto second = gate.start(installation.request(site.port()));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error(), Reason::limit_reached);
    gate.end(first->session);
    EXPECT_EQ(gate.await_exit(first->session), Reason::ended);
    EXPECT_TRUE(gate.start(installation.request(site.port()))) << "there is room again";
}

TEST_P(ProgramTest, OnAFullDiskNothingStartsAndNothingIsLost) {
    if (::geteuid() != 0 || GetParam() != User::root) {
        GTEST_SKIP() << "mounting a small disk needs root";
    }
    const base::SmallDisk disk(installation.settings.runtime, std::uint64_t{1} << 20U);
    ASSERT_TRUE(disk.mounted());
    start_host();
    auto gate = gateway();
    const auto living = gate.start(installation.request(site.port()));
    ASSERT_TRUE(living);
    disk.fill();
    const auto none = gate.start(installation.request(site.port()));
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error(), Reason::no_space);
    EXPECT_TRUE(eventually([&] { return gate.list().size() == 1; }));
    EXPECT_TRUE(shows_picture(living->display.get(), picture_of_page)) << "what runs goes on";
    disk.free();
    const auto another = gate.start(installation.request(site.port()));
    EXPECT_TRUE(another);
    gate.end(living->session);
    EXPECT_EQ(gate.await_exit(living->session), Reason::ended);
    // While the disk is there to be looked at.
    host_runs_ = false;
    EXPECT_EQ(installation.end_host(SIGTERM), 0);
    EXPECT_EQ(installation.left_of_sessions(), "");
}

TEST_P(ProgramTest, RequestsForUnknownSessionsAreAnswered) {
    start_host();
    auto gate = gateway();
    const control::SessionId nobody{};
    const auto attached = gate.attach(nobody);
    ASSERT_FALSE(attached);
    EXPECT_EQ(attached.error(), Reason::unknown_session);
    gate.end(nobody);
    EXPECT_EQ(gate.await_exit(nobody), Reason::unknown_session);
}

TEST_P(ProgramTest, AMalformedPacketEndsTheConnectionAlone) {
    start_host();
    auto good = gateway();
    const auto session = good.start(installation.request(site.port()));
    ASSERT_TRUE(session);
    const auto proper = control::encode(control::ToHost(installation.request(site.port())));
    std::vector<std::vector<std::uint8_t>> packets{
        {0}, {0xff, 1, 2, 3}, std::vector<std::uint8_t>(control::maximum_packet, 0x41)};
    for (std::size_t size = 1; size < proper.size(); size += 7) {
        packets.emplace_back(proper.begin(), proper.begin() + static_cast<std::ptrdiff_t>(size));
    }
    packets.push_back(proper);
    packets.back().push_back(0);
    for (const auto& packet : packets) {
        auto bad = gateway();
        bad.send_raw(packet);
        const auto answer = bad.receive();
        ASSERT_TRUE(answer) << packet.size() << " bytes";
        const auto* failed = std::get_if<control::Failed>(&*answer);
        ASSERT_NE(failed, nullptr);
        EXPECT_EQ(failed->reason, Reason::invalid_request);
        EXPECT_EQ(bad.receive(), std::nullopt) << "the connection is still open";
    }
    auto bringing = gateway();
    const int descriptor = STDERR_FILENO;
    bringing.send_raw(control::encode(control::ToHost(control::List{1})),
                      std::span(&descriptor, 1));
    EXPECT_TRUE(bringing.receive());
    EXPECT_EQ(bringing.receive(), std::nullopt);
    EXPECT_EQ(good.list().size(), 1U) << "another gateway must not notice";
}

TEST_P(ProgramTest, ConnectionsAreBounded) {
    start_host();
    std::vector<Gateway> gateways;
    for (int i = 0; i < 8; ++i) {
        gateways.push_back(gateway());
        EXPECT_TRUE(gateways.back().list().empty());
    }
    auto ninth = gateway();
    EXPECT_EQ(ninth.receive(), std::nullopt);
    gateways.pop_back();
    EXPECT_TRUE(eventually([&] {
        auto next = gateway();
        next.send_raw(control::encode(control::ToHost(control::List{1})));
        return next.receive().has_value();
    }));
}

TEST_P(ProgramTest, EndingTheHostEndsItsSessions) {
    start_host();
    auto gate = gateway();
    const auto session = start_session(gate);
    host_runs_ = false;
    EXPECT_EQ(installation.end_host(SIGTERM), 0);
    EXPECT_EQ(gate.await_exit(session.session), Reason::ended);
    EXPECT_EQ(installation.left(), "");
}

TEST_P(ProgramTest, ASecondHostOfOneInstallationIsRefused) {
    if (GetParam() == User::ordinary && ::geteuid() == 0) GTEST_SKIP() << "as root it is another's";
    start_host();
    auto gate = gateway();
    EXPECT_TRUE(gate.list().empty());
    const fs::path program = fs::canonical("/proc/self/exe").parent_path() / "shoji-host";
    const std::string command =
        program.native() + " --state " + installation.settings.state.native() + " 2>/dev/null";
    EXPECT_NE(std::system(command.c_str()), 0);
    EXPECT_TRUE(gate.list().empty()) << "the first one still serves";
}

}  // namespace
}  // namespace shoji::host::tests
