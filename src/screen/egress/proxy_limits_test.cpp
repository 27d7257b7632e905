// What a hostile browser, a silent origin or the end of an approval can and cannot do.
#include "screen/egress/test_client_hello.h"
#include "screen/egress/test_proxy.h"

#include <gtest/gtest.h>

namespace shoji::egress {
namespace {

using control::RefusalReason;
using control::Scheme;
using test::Origin;
using test::RunningProxy;
using test::Setting;
using test::Stream;
using namespace std::chrono_literals;

std::string local(std::uint16_t port) {
    return "localhost:" + std::to_string(port);
}

Setting https_at(std::uint16_t port) {
    return {{{Scheme::https, "localhost", port, true}}};
}

void echo(Stream& stream) {
    for (auto text = stream.receive(); !text.empty(); text = stream.receive()) stream.send(text);
}

// An open tunnel through which bytes go to and fro.
Stream open_tunnel(const RunningProxy& proxy, std::uint16_t port) {
    Stream stream;
    EXPECT_EQ(proxy.tunnel(stream, local(port)), "200");
    const auto hello = test::client_hello("localhost");
    stream.send(hello);
    EXPECT_FALSE(stream.receive().empty());
    return stream;
}

template <class Condition>
bool eventually(Condition condition) {
    for (int i = 0; i < 1000; ++i) {
        if (condition()) return true;
        std::this_thread::sleep_for(10ms);
    }
    return false;
}

TEST(ProxyLimits, SlowRequestsEnd) {
    Setting setting = https_at(443);
    setting.limits.head = 200ms;
    RunningProxy proxy(setting);
    const auto slow = proxy.connect();
    const auto silent = proxy.connect();
    const auto begin = std::chrono::steady_clock::now();
    while (slow.send("x") && !test::readable(slow.get(), 20)) {
    }
    EXPECT_TRUE(slow.ended());
    EXPECT_TRUE(silent.ended());
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
    EXPECT_TRUE(eventually([&] { return proxy.connections() == 0; }));
}

TEST(ProxyLimits, SlowClientHellosEnd) {
    Origin origin(echo);
    Setting setting = https_at(origin.port());
    setting.limits.hello = 200ms;
    RunningProxy proxy(setting);
    auto gateway = proxy.gateway();
    Stream silent;
    ASSERT_EQ(proxy.tunnel(silent, local(origin.port())), "200");
    EXPECT_TRUE(silent.ended());
    Stream slow;
    ASSERT_EQ(proxy.tunnel(slow, local(origin.port())), "200");
    slow.send("\x16");
    EXPECT_TRUE(slow.ended());
    EXPECT_EQ(gateway.refusals(1).at(0).reason, RefusalReason::server_name_differs);
    EXPECT_EQ(proxy.traffic().refusals, 1U) << "a tunnel that was never used is no refusal";
}

TEST(ProxyLimits, IdleTunnelsEnd) {
    Origin origin(echo);
    Setting setting = https_at(origin.port());
    setting.limits.idle = 400ms;
    RunningProxy proxy(setting);
    const auto stream = open_tunnel(proxy, origin.port());
    for (int i = 0; i < 6; ++i) {
        std::this_thread::sleep_for(100ms);
        ASSERT_TRUE(stream.send("x"));
        ASSERT_FALSE(stream.receive().empty());
    }
    EXPECT_TRUE(stream.ended());
}

TEST(ProxyLimits, SilentNameServersAreNotWaitedForLong) {
    const base::FileDescriptor deaf(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ASSERT_TRUE(test::bind_to(deaf.get(), test::loopback(0)));
    Setting setting{{{Scheme::http, "silent.test", 80, true}}};
    setting.name_server = test::port_of(deaf.get());
    setting.limits.name = 300ms;
    RunningProxy proxy(setting);
    EXPECT_EQ(proxy.status_of(proxy.get("silent.test")), "502");
}

TEST(ProxyLimits, ConnectionsAreCounted) {
    Setting setting = https_at(443);
    setting.limits.connections = 4;
    RunningProxy proxy(setting);
    auto gateway = proxy.gateway();
    std::vector<Stream> held;
    for (int i = 0; i < 4; ++i) held.push_back(proxy.connect());
    ASSERT_TRUE(eventually([&] { return proxy.connections() == 4; }));
    EXPECT_EQ(proxy.status_of(proxy.connect().receive_all()), "503");
    EXPECT_EQ(gateway.refusals(1).at(0).reason, RefusalReason::too_many);
    held.pop_back();
    ASSERT_TRUE(eventually([&] { return proxy.connections() == 3; }));
    EXPECT_EQ(proxy.tunnel("other.test:443"), "403");
}

TEST(ProxyLimits, AnOriginThatDoesNotReadHoldsTheClientBack) {
    std::promise<void> release;
    auto released = release.get_future().share();
    Origin origin([&](Stream& stream) {
        stream.send(stream.receive());
        released.wait();
    });
    RunningProxy proxy(https_at(origin.port()));
    const auto stream = open_tunnel(proxy, origin.port());
    const std::string block(65536, 'x');
    std::size_t sent = 0;
    pollfd wait{stream.get(), POLLOUT, 0};
    while (::poll(&wait, 1, 500) > 0) {
        const auto count =
            ::send(stream.get(), block.data(), block.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count > 0) sent += static_cast<std::size_t>(count);
        ASSERT_LT(sent, 64U << 20U) << "bytes pile up in the proxy";
    }
    // What was taken from the client lies in the kernel's buffers, but for one block.
    EXPECT_GT(sent, 0U);
    release.set_value();
}

TEST(ProxyLimits, AClientThatDoesNotReadHoldsTheOriginBack) {
    std::atomic<std::size_t> sent = 0;
    Origin origin([&](Stream& stream) {
        stream.send(stream.receive());
        const std::string block(65536, 'x');
        pollfd wait{stream.get(), POLLOUT, 0};
        while (sent < 64U << 20U && ::poll(&wait, 1, 1000) > 0 && (wait.revents & POLLERR) == 0) {
            const auto count =
                ::send(stream.get(), block.data(), block.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
            if (count > 0) sent += static_cast<std::size_t>(count);
        }
    });
    RunningProxy proxy(https_at(origin.port()));
    const auto stream = open_tunnel(proxy, origin.port());
    std::this_thread::sleep_for(1500ms);
    EXPECT_LT(sent, 64U << 20U) << "bytes pile up in the proxy";
    EXPECT_GT(sent, 0U);
}

TEST(ProxyLimits, MuchDataArrivesWhole) {
    Origin origin(echo);
    RunningProxy proxy(https_at(origin.port()));
    const auto stream = open_tunnel(proxy, origin.port());
    std::string pattern(16U << 20U, '\0');
    for (std::size_t i = 0; i < pattern.size(); ++i) pattern[i] = static_cast<char>(i * i >> 7U);
    std::thread sender([&] { EXPECT_TRUE(stream.send(pattern)); });
    std::string received;
    while (received.size() < pattern.size()) {
        const auto more = stream.receive();
        if (more.empty() || more == "timed out") break;
        received += more;
    }
    sender.join();
    EXPECT_TRUE(received == pattern);
}

TEST(ProxyLimits, EverythingEndsWhenTheApprovalEnds) {
    Origin origin(echo);
    Setting setting = https_at(origin.port());
    setting.expires = wall_seconds() + 2;
    RunningProxy proxy(setting);
    auto gateway = proxy.gateway();
    const auto tunnel = open_tunnel(proxy, origin.port());
    const auto waiting = proxy.connect();
    EXPECT_TRUE(tunnel.ended());
    EXPECT_TRUE(waiting.ended());
    EXPECT_GE(wall_seconds(), setting.expires);
    EXPECT_EQ(proxy.tunnel(local(origin.port())), "403");
    EXPECT_EQ(gateway.refusals(1).at(0), (control::Refused{RefusalReason::expired, Scheme::https,
                                                           "localhost", origin.port(), 1}));
    EXPECT_EQ(origin.connections(), 1);
}

TEST(ProxyLimits, AnApprovalOfThePastAllowsNothing) {
    Setting setting = https_at(443);
    setting.expires = wall_seconds() - 100;
    RunningProxy proxy(setting);
    auto gateway = proxy.gateway();
    EXPECT_EQ(proxy.tunnel("localhost:443"), "403");
    EXPECT_EQ(gateway.refusals(1).at(0).reason, RefusalReason::expired);
}

TEST(Reports, WaitForAGatewayAndMerge) {
    Setting setting = https_at(443);
    RunningProxy proxy(setting);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(proxy.tunnel("a.test:443"), "403");
    EXPECT_EQ(proxy.tunnel("b.test:443"), "403");
    auto gateway = proxy.gateway();
    const auto refusals = gateway.refusals(6);
    ASSERT_EQ(refusals.size(), 2U);
    EXPECT_EQ(refusals[0],
              (control::Refused{RefusalReason::not_listed, Scheme::https, "a.test", 443, 5}));
    EXPECT_EQ(refusals[1].host, "b.test");
    EXPECT_EQ(gateway.next<control::Traffic>()->refusals, 6U);
    // A new gateway takes over; the former one's connection ends.
    auto next = proxy.gateway();
    EXPECT_TRUE(next.next<control::Traffic>());
    EXPECT_FALSE(gateway.next<control::Refused>());
    EXPECT_EQ(proxy.tunnel("c.test:443"), "403");
    EXPECT_EQ(next.refusals(1).at(0).host, "c.test");
}

TEST(Reports, AreBounded) {
    RunningProxy proxy(https_at(443));
    for (int i = 0; i < 300; ++i) {
        EXPECT_EQ(proxy.tunnel("a.test:" + std::to_string(1000 + i)), "403");
    }
    auto gateway = proxy.gateway();
    const auto refusals = gateway.refusals(256);
    EXPECT_EQ(refusals.size(), 256U);
    const auto traffic = gateway.next<control::Traffic>();
    ASSERT_TRUE(traffic);
    EXPECT_EQ(traffic->refusals, 300U);
    EXPECT_EQ(traffic->reports_lost, 44U);
}

TEST(Reports, TrafficIsToldWhenThereWasSome) {
    Origin origin(echo);
    Setting setting = https_at(origin.port());
    setting.limits.traffic = 50ms;
    RunningProxy proxy(setting);
    auto gateway = proxy.gateway();
    EXPECT_EQ(gateway.next<control::Traffic>(), control::Traffic{});
    const auto stream = open_tunnel(proxy, origin.port());
    auto traffic = gateway.next<control::Traffic>();
    while (traffic && traffic->bytes_in == 0) traffic = gateway.next<control::Traffic>();
    ASSERT_TRUE(traffic);
    EXPECT_EQ(traffic->connections, 1U);
    EXPECT_EQ(traffic->bytes_in, traffic->bytes_out);
    EXPECT_FALSE(test::readable(gateway.get(), 300)) << "told again, though nothing passed";
}

TEST(Reports, AGatewayThatSpeaksIsCutOff) {
    RunningProxy proxy(https_at(443));
    auto gateway = proxy.gateway();
    EXPECT_TRUE(gateway.next<control::Traffic>());
    ASSERT_TRUE(base::send_packet(gateway.get(), std::vector<std::uint8_t>{1, 2, 3}));
    EXPECT_FALSE(gateway.next<control::Traffic>());
    EXPECT_EQ(proxy.tunnel("a.test:443"), "403");
    EXPECT_EQ(proxy.gateway().refusals(1).at(0).host, "a.test");
}

}  // namespace
}  // namespace shoji::egress
