// What the machine sees of a running session: the protections that the design promises are in force
// around the real Chromium.
#include "core/base/unix_socket.h"
#include "screen/host/tests/gateway.h"
#include "screen/host/tests/installation.h"
#include "screen/host/tests/patience.h"
#include "screen/host/tests/web_server.h"
#include "screen/isolation/spawn.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::host::tests {
namespace {

namespace fs = std::filesystem;

using control::Reason;
using ::testing::HasSubstr;

class ProtectionTest : public ::testing::TestWithParam<User> {
  protected:
    void SetUp() override {
        if (GetParam() == User::root && ::geteuid() != 0) GTEST_SKIP() << "needs root";
        // What an ordinary user's programs are is to be read by root alone.
        if (::geteuid() != 0) GTEST_SKIP() << "needs root to look";
        site.set_page("<!doctype html><title>test</title><p>test");
    }
    void TearDown() override {
        if (IsSkipped()) return;
        EXPECT_EQ(installation.end_host(SIGTERM), 0);
        EXPECT_EQ(installation.left(), "");
    }
    static std::map<std::string, std::string> status_of(pid_t process) {
        std::ifstream file(fmt::format("/proc/{}/status", process));
        std::map<std::string, std::string> status;
        for (std::string line; std::getline(file, line);) {
            const auto colon = line.find(':');
            const auto value = line.find_first_not_of(" \t", colon + 1);
            status[line.substr(0, colon)] = value == std::string::npos ? "" : line.substr(value);
        }
        return status;
    }
    static std::string namespace_of(pid_t process, const char* kind) {
        std::error_code error;
        return fs::read_symlink(fmt::format("/proc/{}/ns/{}", process, kind), error);
    }
    // The user namespace that the process's own lies in (ioctl_ns(2)).
    static std::string parent_namespace(pid_t process) {
        const base::FileDescriptor own(
            ::open(fmt::format("/proc/{}/ns/user", process).c_str(), O_RDONLY | O_CLOEXEC));
        const base::FileDescriptor parent(::ioctl(own.get(), NS_GET_PARENT));
        std::error_code error;
        return fs::read_symlink(fmt::format("/proc/self/fd/{}", parent.get()), error);
    }
    static std::string command_of(pid_t process) {
        std::ifstream file(fmt::format("/proc/{}/cmdline", process));
        return {std::istreambuf_iterator<char>(file), {}};
    }

    Installation installation{GetParam()};
    WebServer site;
};

INSTANTIATE_TEST_SUITE_P(Host, ProtectionTest, ::testing::Values(User::root, User::ordinary),
                         [](const ::testing::TestParamInfo<User>& user) {
                             return user.param == User::root ? "root" : "ordinary";
                         });

TEST_P(ProtectionTest, AreInForceAroundEveryProcess) {
    installation.start_host();
    Gateway gate(installation.settings.host_socket(), installation.gateway_user());
    const auto session = gate.start(installation.request(site.port()));
    ASSERT_TRUE(session);
    ASSERT_NE(site.await_request(), "");
    const auto record = installation.record(session->session);
    ASSERT_TRUE(record);
    const pid_t browser = installation.browser_of(*record);
    const auto processes = installation.processes(record->slot);
    EXPECT_GE(processes.size(), 5U);
    bool renderer_is_sandboxed = false;
    for (const pid_t process : processes) {
        const std::string command = command_of(process);
        auto status = status_of(process);
        if (status.empty()) continue;  // it has ended since
        EXPECT_EQ(status["NoNewPrivs"], "1") << command;
        EXPECT_EQ(status["Seccomp"], "2") << command;
        // Chromium's zygote holds some over a user namespace that it has made itself.
        if (parent_namespace(process) == namespace_of(::getpid(), "user")) {
            EXPECT_EQ(status["CapEff"], "0000000000000000") << command;
            EXPECT_EQ(status["CapPrm"], "0000000000000000") << command;
            EXPECT_EQ(status["CapBnd"], "0000000000000000") << command;
        }
        for (const char* kind : {"mnt", "pid", "ipc", "uts"}) {
            EXPECT_NE(namespace_of(process, kind), namespace_of(::getpid(), kind)) << command;
        }
        EXPECT_NE(namespace_of(process, "user"), namespace_of(::getpid(), "user")) << command;
        for (const char* path : {"etc/passwd", "bin/sh", "usr/bin/env", "root", "home/user/.ssh",
                                 "proc/sys/kernel/yama/ptrace_scope"}) {
            // Chromium's own sandbox may have left a process no root at all.
            std::error_code none;
            EXPECT_FALSE(fs::exists(fmt::format("/proc/{}/root/{}", process, path), none))
                << command << " sees " << path;
        }
        if (command.find("--type=renderer") != std::string::npos) {
            renderer_is_sandboxed =
                namespace_of(process, "user") != namespace_of(browser, "user") &&
                namespace_of(process, "net") != namespace_of(browser, "net");
        }
    }
    EXPECT_TRUE(renderer_is_sandboxed) << "Chromium's own sandbox is off";
}

TEST_P(ProtectionTest, LeaveOneProcessTheMachinesNetwork) {
    installation.start_host();
    Gateway gate(installation.settings.host_socket(), installation.gateway_user());
    const auto session = gate.start(installation.request(site.port()));
    ASSERT_TRUE(session);
    const auto record = installation.record(session->session);
    ASSERT_TRUE(record);
    std::vector<pid_t> on_the_network;
    for (const pid_t process : installation.processes(record->slot)) {
        if (namespace_of(process, "net") == namespace_of(::getpid(), "net")) {
            on_the_network.push_back(process);
        }
    }
    EXPECT_THAT(
        on_the_network,
        ::testing::ElementsAre(record->processes[static_cast<std::size_t>(Part::egress)].process));
}

TEST_P(ProtectionTest, GiveEachPartAndEachSessionAUserOfItsOwn) {
    if (GetParam() == User::ordinary) GTEST_SKIP() << "an ordinary user has one";
    installation.start_host();
    Gateway gate(installation.settings.host_socket(), installation.gateway_user());
    std::set<std::string> users;
    for (int i = 0; i < 2; ++i) {
        const auto session = gate.start(installation.request(site.port()));
        ASSERT_TRUE(session);
        const auto record = installation.record(session->session);
        ASSERT_TRUE(record);
        for (const auto& process : record->processes) {
            users.insert(status_of(process.process)["Uid"]);
        }
    }
    EXPECT_EQ(users.size(), 6U);
}

TEST_P(ProtectionTest, EndASessionThatTakesAllItsMemory) {
    if (GetParam() == User::ordinary) GTEST_SKIP() << "an ordinary user has no limits";
    site.set_page(
        "<!doctype html><title>greedy</title><script>const kept = [];"
        "setInterval(() => kept.push(new Uint8Array(2e7).fill(1)), 20);</script>");
    installation.settings.session.memory_megabytes = 300;
    installation.start_host();
    Gateway gate(installation.settings.host_socket(), installation.gateway_user());
    const auto session = gate.start(installation.request(site.port()));
    ASSERT_TRUE(session);
    EXPECT_EQ(gate.await_exit(session->session), Reason::out_of_memory);
    EXPECT_EQ(installation.left_of_sessions(), "");
}

TEST_P(ProtectionTest, ComeBackWhenThePacketRulesWereTakenAway) {
    if (GetParam() == User::ordinary) GTEST_SKIP() << "an ordinary user has no packet rules";
    installation.start_host();
    Gateway gate(installation.settings.host_socket(), installation.gateway_user());
    const auto first = gate.start(installation.request(site.port()));
    ASSERT_TRUE(first);
    const std::string table = "shoji_" + installation.settings.instance;
    ASSERT_TRUE(isolation::run_and_read({"/usr/sbin/nft", "delete", "table", "inet", table}));
    const auto second = gate.start(installation.request(site.port()));
    ASSERT_TRUE(second);
    const auto rules = isolation::run_and_read({"/usr/sbin/nft", "list", "table", "inet", table});
    ASSERT_TRUE(rules);
    EXPECT_THAT(*rules, ::testing::AllOf(HasSubstr("slot_0"), HasSubstr("slot_1")));
    ASSERT_TRUE(isolation::run_and_read({"/usr/sbin/nft", "delete", "table", "inet", table}));
    gate.end(first->session);
    EXPECT_EQ(gate.await_exit(first->session), Reason::ended);
}

TEST_P(ProtectionTest, LetNobodyButTheGatewayIn) {
    if (GetParam() == User::ordinary) GTEST_SKIP() << "there is one user";
    installation.start_host();
    Gateway gate(installation.settings.host_socket(), installation.gateway_user());
    EXPECT_TRUE(gate.list().empty());
    const auto may_ask = [&](uid_t user) {
        const pid_t child = ::fork();
        if (child == 0) {
            if (::setresuid(user, user, user) != 0) ::_exit(2);
            auto socket =
                base::connect_unix(installation.settings.host_socket(), base::SocketKind::packet);
            if (!socket) ::_exit(1);
            const auto question = control::encode(control::ToHost(control::List{1}));
            if (!base::send_packet(socket->get(), question)) ::_exit(1);
            const auto answer = base::receive_packet(socket->get(), control::maximum_packet);
            ::_exit(answer && !answer->bytes.empty() ? 0 : 1);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        return WIFEXITED(status) && WEXITSTATUS(status) == 0;
    };
    EXPECT_TRUE(may_ask(installation.settings.gateway_user()));
    EXPECT_FALSE(may_ask(installation.settings.session_user(0)));
    EXPECT_FALSE(may_ask(installation.settings.browser_user(0)));
    // Past the socket's own permissions, the peer's user is what counts.
    fs::permissions(installation.settings.host_socket(), fs::perms::all);
    EXPECT_TRUE(may_ask(installation.settings.gateway_user()));
    EXPECT_FALSE(may_ask(installation.settings.session_user(0)));
}

}  // namespace
}  // namespace shoji::host::tests
