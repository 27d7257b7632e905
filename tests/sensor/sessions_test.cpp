// Sessions of the screen transfer and their egress by their id: in control groups as the host makes
// them, a process and its connection are told with the session that they belong to.
#include "core/base/random.h"
#include "screen/control/control.h"
#include "screen/host/session.h"
#include "screen/isolation/cgroup.h"
#include "watch/sensor/sensor_fixture_test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::sensor {
namespace {

class SessionEvents : public testing::Test {
  protected:
    void SetUp() override {
        SHOJI_NEEDS_ROOT();
        settings_.instance = base::random_hex(4);
        base::fill_random(session_);
        mounts_ = isolation::find_cgroup_mounts().value();
        if (mounts_.unified.empty()) GTEST_SKIP() << "there is no unified hierarchy";
    }
    void TearDown() override {
        if (settings_.instance.empty()) return;
        const auto top = isolation::Cgroup::open(mounts_, host::group_of(settings_));
        EXPECT_TRUE(top.remove());
    }

    // A process of that group of the session, which connects to `port` of the loopback, sends three
    // bytes and executes true(1).
    pid_t act(const char* role, std::uint16_t port) {
        const auto made = isolation::Cgroup::create(
            mounts_, host::group_of(settings_, session_) + "/" + role, {});
        EXPECT_TRUE(made) << made.error().message;
        const pid_t child = ::fork();
        if (child == 0) {
            if (!made->add(::getpid())) ::_exit(1);
            const int out = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            sockaddr_in name{};
            name.sin_family = AF_INET;
            name.sin_port = htons(port);
            name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            if (::connect(out, reinterpret_cast<sockaddr*>(&name), sizeof name) != 0 ||
                ::send(out, "abc", 3, 0) != 3) {
                ::_exit(2);
            }
            ::close(out);
            ::execl("/bin/true", "true", nullptr);
            ::_exit(3);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        EXPECT_EQ(status, 0);
        return child;
    }

    base::Settings settings_;
    control::SessionId session_{};
    isolation::CgroupMounts mounts_;
};

TEST_F(SessionEvents, ProcessesAndConnectionsHaveTheIdOfTheirSession) {
    RunningSensor sensor(with_family(
        "network", "[network]\nrate = 0\nflow_seconds = 1\n[logons]\nsource = \"none\"\n"));
    const base::FileDescriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in name{};
    socklen_t size = sizeof name;
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(::bind(listener.get(), reinterpret_cast<sockaddr*>(&name), size), 0);
    ASSERT_EQ(::listen(listener.get(), 4), 0);
    ASSERT_EQ(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&name), &size), 0);
    for (const auto* role : {host::browser_group_name, host::helper_group_name}) {
        const pid_t process = act(role, ntohs(name.sin_port));
        for (const auto* category :
             {"process_creation", "process_termination", "network_connection", "network_flow"}) {
            const auto event = sensor.find([&](const Object& one) {
                return text_of(one, "Category") == category &&
                       number_of(one, "ProcessId") == process;
            });
            ASSERT_TRUE(event) << category;
            EXPECT_EQ(text_of(*event, "ShojiSession"), control::to_text(session_)) << category;
            EXPECT_EQ(text_of(*event, "ShojiRole"), role) << category;
        }
    }
}

}  // namespace
}  // namespace shoji::sensor
