// Sockets that go around TCP and UDP, as real calls make them.
#include "watch/sensor/io_uring_test.h"
#include "watch/sensor/sensor_fixture_test.h"

#include <linux/if_alg.h>
#include <linux/if_ether.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace shoji::sensor {
namespace {

class SocketEvents : public testing::Test {
  protected:
    void SetUp() override { SHOJI_NEEDS_ROOT(); }

    static void expect_told(RunningSensor& sensor, std::string_view sort, int family, bool made) {
        const auto event = sensor.find([=](const Object& one) {
            return text_of(one, "EventType") == sort && number_of(one, "AddressFamily") == family &&
                   number_of(one, "ProcessId") == ::getpid();
        });
        ASSERT_TRUE(event) << sort;
        EXPECT_EQ(text_of(*event, "Category"), "socket_creation");
        EXPECT_EQ(text_of(*event, "Image"),
                  std::filesystem::read_symlink("/proc/self/exe").native());
        if (made) {
            EXPECT_EQ(text_of(*event, "Result"), "success");
        } else {
            EXPECT_NE(text_of(*event, "Result"), "success");
        }
    }
};

struct Sort {
    std::string_view name;
    int family;
    int type;
};

TEST_F(SocketEvents, AllSortsWhetherTheKernelMakesThemOrNot) {
    RunningSensor sensor(with_family("sockets"));
    for (const auto& sort :
         {Sort{"raw", AF_INET, SOCK_RAW}, Sort{"raw", AF_INET6, SOCK_RAW | SOCK_CLOEXEC},
          Sort{"packet", AF_PACKET, SOCK_DGRAM}, Sort{"vsock", AF_VSOCK, SOCK_STREAM},
          Sort{"alg", AF_ALG, SOCK_SEQPACKET}, Sort{"xdp", 44, SOCK_RAW}}) {
        const base::FileDescriptor made(
            ::socket(sort.family, sort.type,
                     sort.type == (SOCK_RAW | SOCK_CLOEXEC) || sort.type == SOCK_RAW
                         ? (sort.family == 44 ? 0 : IPPROTO_ICMP)
                         : 0));
        expect_told(sensor, sort.name, sort.family, made.valid());
    }
}

TEST_F(SocketEvents, TheUsualOnesAreNotTold) {
    RunningSensor sensor(with_family("sockets"));
    for (const int type : {SOCK_STREAM, SOCK_DGRAM}) {
        const base::FileDescriptor usual(::socket(AF_INET, type, 0));
        const base::FileDescriptor local(::socket(AF_UNIX, type, 0));
    }
    const base::FileDescriptor mark(::socket(AF_PACKET, SOCK_RAW, 0));
    expect_told(sensor, "packet", AF_PACKET, true);
    EXPECT_EQ(sensor
                  .all([](const Object& event) {
                      return text_of(event, "Category") == "socket_creation" &&
                             number_of(event, "ProcessId") == ::getpid();
                  })
                  .size(),
              1U);
}

TEST_F(SocketEvents, IoUringIsNoWayAround) {
    TestUring uring;
    if (!uring.valid() || !uring.has(io_uring_op_socket)) {
        GTEST_SKIP() << "this kernel's io_uring makes no sockets";
    }
    RunningSensor sensor(with_family("sockets"));
    ASSERT_TRUE(uring.socket(AF_PACKET, SOCK_RAW, 0));
    const auto event = sensor.find([](const Object& one) {
        return text_of(one, "EventType") == "packet" && number_of(one, "ProcessId") == ::getpid();
    });
    ASSERT_TRUE(event);
    EXPECT_EQ(number_of(*event, "SocketType"), SOCK_RAW);
}

TEST_F(SocketEvents, PolicyCanLeaveThemOut) {
    RunningSensor sensor("[families]\nsockets = false\n[files]\nrate = 0\n");
    const base::FileDescriptor made(::socket(AF_PACKET, SOCK_RAW, 0));
    const pid_t process = run({"/bin/true"});
    ASSERT_TRUE(sensor.find([=](const Object& event) {
        return text_of(event, "Category") == "process_termination" &&
               number_of(event, "ProcessId") == process;
    }));
    EXPECT_EQ(sensor
                  .all([](const Object& event) {
                      return text_of(event, "Category") == "socket_creation";
                  })
                  .size(),
              0U);
}

}  // namespace
}  // namespace shoji::sensor
