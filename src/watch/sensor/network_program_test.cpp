// The network, as real sockets use it and as the sensor tells of it.
#include "watch/sensor/io_uring_test.h"
#include "watch/sensor/sensor_fixture_test.h"

#include <algorithm>
#include <csignal>
#include <fstream>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <boost/json/serialize.hpp>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::sensor {
namespace {

std::uint16_t port_of(int socket) {
    sockaddr_in6 name{};
    socklen_t size = sizeof name;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&name), &size) != 0) return 0;
    return ntohs(name.sin6_port);  // stands where IPv4 has it
}

// A socket on the loopback, and the port that the kernel gave it.
class Socket {
  public:
    Socket(int family, int type) : descriptor_(::socket(family, type | SOCK_CLOEXEC, 0)) {
        sockaddr_in6 six{};
        six.sin6_family = AF_INET6;
        six.sin6_addr = in6addr_loopback;
        sockaddr_in four{};
        four.sin_family = AF_INET;
        four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        bound_ =
            family == AF_INET6
                ? ::bind(descriptor_.get(), reinterpret_cast<sockaddr*>(&six), sizeof six) == 0
                : ::bind(descriptor_.get(), reinterpret_cast<sockaddr*>(&four), sizeof four) == 0;
    }
    [[nodiscard]] bool bound() const { return bound_; }
    [[nodiscard]] int get() const { return descriptor_.get(); }
    void close() { descriptor_.reset(); }
    [[nodiscard]] std::uint16_t port() const { return port_of(get()); }
    bool connect_to(const Socket& other) const {
        sockaddr_in6 name{};
        socklen_t size = sizeof name;
        return ::getsockname(other.get(), reinterpret_cast<sockaddr*>(&name), &size) == 0 &&
               ::connect(get(), reinterpret_cast<sockaddr*>(&name), size) == 0;
    }

  private:
    base::FileDescriptor descriptor_;
    bool bound_ = false;
};

std::string quickly() {
    return with_family("network", "[network]\nrate = 0\nflow_seconds = 1\n");
}

class NetworkEvents : public testing::Test {
  protected:
    void SetUp() override { SHOJI_NEEDS_ROOT(); }

    static std::optional<Object> find(RunningSensor& sensor, std::string_view type,
                                      std::uint16_t source, std::uint16_t destination,
                                      std::string_view initiated = {}) {
        return sensor.find([=](const Object& event) {
            const auto* began = event.if_contains("Initiated");
            return text_of(event, "EventType") == type &&
                   number_of(event, "SourcePort") == source &&
                   (destination == 0 || number_of(event, "DestinationPort") == destination) &&
                   (initiated.empty() || (began != nullptr && began->is_bool() &&
                                          began->as_bool() == (initiated == "true")));
        });
    }
    static void expect_actor(const Object& event) {
        EXPECT_EQ(number_of(event, "ProcessId"), ::getpid());
        EXPECT_EQ(text_of(event, "User"), "root");
        EXPECT_EQ(text_of(event, "Image"),
                  std::filesystem::read_symlink("/proc/self/exe").native());
    }
};

void send_all(int to, std::size_t bytes) {
    const std::string text(bytes, 'x');
    ASSERT_EQ(::send(to, text.data(), text.size(), 0), static_cast<ssize_t>(bytes));
}

void receive_all(int from, std::size_t bytes) {
    std::vector<char> buffer(bytes);
    ASSERT_EQ(::recv(from, buffer.data(), bytes, MSG_WAITALL), static_cast<ssize_t>(bytes));
}

class NetworkFamilies : public NetworkEvents, public testing::WithParamInterface<int> {};

TEST_P(NetworkFamilies, AConnectionFromItsListenerToItsBytes) {
    RunningSensor sensor(quickly());
    const std::string address = GetParam() == AF_INET ? "127.0.0.1" : "::1";
    Socket listener(GetParam(), SOCK_STREAM);
    ASSERT_TRUE(listener.bound());
    ASSERT_EQ(::listen(listener.get(), 1), 0);
    Socket client(GetParam(), SOCK_STREAM);
    ASSERT_TRUE(client.connect_to(listener));
    const auto from = client.port();
    const auto to = listener.port();
    base::FileDescriptor taken(::accept(listener.get(), nullptr, nullptr));
    send_all(client.get(), 1000);
    receive_all(taken.get(), 1000);
    send_all(taken.get(), 77);
    receive_all(client.get(), 77);
    client.close();
    taken.reset();
    for (const auto* type : {"bind", "listen"}) {
        const auto event = find(sensor, type, to, 0);
        ASSERT_TRUE(event) << type;
        EXPECT_EQ(text_of(*event, "Category"), "network_listen");
        EXPECT_EQ(text_of(*event, "SourceIp"), address);
        expect_actor(*event);
    }
    const auto connect = find(sensor, "connect", from, to, "true");
    const auto accept = find(sensor, "accept", from, to, "false");
    ASSERT_TRUE(connect && accept);
    EXPECT_EQ(text_of(*connect, "Category"), "network_connection");
    EXPECT_EQ(text_of(*connect, "DestinationIp"), address);
    EXPECT_EQ(text_of(*connect, "Protocol"), "tcp");
    EXPECT_EQ(text_of(*connect, "Result"), "success");
    expect_actor(*connect);
    expect_actor(*accept);
    const auto out = find(sensor, "flow_end", from, to, "true");
    const auto in = find(sensor, "flow_end", from, to, "false");
    ASSERT_TRUE(out && in);
    EXPECT_EQ(text_of(*out, "Category"), "network_flow");
    EXPECT_EQ(number_of(*out, "FlowId"), number_of(*connect, "FlowId"));
    EXPECT_EQ(number_of(*out, "BytesSent"), 1000);
    EXPECT_EQ(number_of(*out, "BytesReceived"), 77);
    EXPECT_EQ(number_of(*in, "BytesSent"), 77);
    EXPECT_EQ(number_of(*in, "BytesReceived"), 1000);
    expect_actor(*out);
}

TEST_P(NetworkFamilies, PacketsOfUdpByTheirPeers) {
    RunningSensor sensor(quickly());
    Socket server(GetParam(), SOCK_DGRAM);
    Socket client(GetParam(), SOCK_DGRAM);
    ASSERT_TRUE(server.bound() && client.bound());
    const auto from = client.port();
    const auto to = server.port();
    ASSERT_TRUE(client.connect_to(server));
    send_all(client.get(), 500);
    send_all(client.get(), 11);
    receive_all(server.get(), 500);
    receive_all(server.get(), 11);
    client.close();
    server.close();
    const auto connect = find(sensor, "connect", from, to, "true");
    ASSERT_TRUE(connect);
    EXPECT_EQ(text_of(*connect, "Protocol"), "udp");
    expect_actor(*connect);
    ASSERT_TRUE(find(sensor, "accept", from, to, "false"));
    const auto out = find(sensor, "flow_end", from, to, "true");
    const auto in = find(sensor, "flow_end", from, to, "false");
    ASSERT_TRUE(out && in);
    EXPECT_EQ(number_of(*out, "BytesSent"), 511);
    EXPECT_EQ(number_of(*in, "BytesReceived"), 511);
    expect_actor(*out);
}

INSTANTIATE_TEST_SUITE_P(OfBoth, NetworkFamilies, testing::Values(AF_INET, AF_INET6),
                         [](const auto& family) {
                             return std::string(family.param == AF_INET ? "IPv4" : "IPv6");
                         });

TEST_F(NetworkEvents, ARefusedConnectSaysSo) {
    RunningSensor sensor(quickly());
    Socket nobody(AF_INET, SOCK_STREAM);
    Socket client(AF_INET, SOCK_STREAM);
    ASSERT_FALSE(client.connect_to(nobody));
    const auto event = find(sensor, "connect", client.port(), nobody.port());
    ASSERT_TRUE(event);
    EXPECT_EQ(text_of(*event, "Result"), "ECONNREFUSED");
    EXPECT_FALSE(event->contains("FlowId"));
}

TEST_F(NetworkEvents, IoUringIsNoWayAround) {
    TestUring uring;
    ASSERT_TRUE(uring.valid());
    RunningSensor sensor(quickly());
    Socket listener(AF_INET, SOCK_STREAM);
    ASSERT_EQ(::listen(listener.get(), 1), 0);
    Socket client(AF_INET, SOCK_STREAM);
    sockaddr_in name{};
    socklen_t size = sizeof name;
    ASSERT_EQ(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&name), &size), 0);
    ASSERT_TRUE(uring.connect(client.get(), reinterpret_cast<sockaddr*>(&name), size));
    const auto event = find(sensor, "connect", client.port(), listener.port(), "true");
    ASSERT_TRUE(event);
    expect_actor(*event);
}

// Listeners of one port share its connections among them: whose it is, is the listener's that got
// it, not the other's.
TEST_F(NetworkEvents, AConnectionIsThatOfTheListenerThatGotIt) {
    RunningSensor sensor(quickly());
    const int yes = 1;
    const base::FileDescriptor first(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    ::setsockopt(first.get(), SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes);
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof name;
    auto* at = reinterpret_cast<sockaddr*>(&name);
    ASSERT_EQ(::bind(first.get(), at, size), 0);
    ASSERT_EQ(::getsockname(first.get(), at, &size), 0);
    ASSERT_EQ(::listen(first.get(), 64), 0);
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t other = ::fork();
    if (other == 0) {
        const int second = ::socket(AF_INET, SOCK_STREAM, 0);
        ::setsockopt(second, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes);
        if (::bind(second, at, size) != 0 || ::listen(second, 64) != 0) ::_exit(1);
        if (::write(ready[1], "x", 1) != 1) ::_exit(1);
        ::pause();
    }
    char byte = 0;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    std::vector<base::FileDescriptor> clients;
    std::vector<std::uint16_t> ports;
    for (int i = 0; i < 32; ++i) {
        auto& client = clients.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        ASSERT_EQ(::connect(client.get(), at, size), 0);
        ports.push_back(port_of(client.get()));
    }
    std::vector<std::uint16_t> taken;
    sockaddr_in peer{};
    socklen_t peer_size = sizeof peer;
    auto* peer_at = reinterpret_cast<sockaddr*>(&peer);
    for (int one = 0; (one = ::accept(first.get(), peer_at, &peer_size)) >= 0; ::close(one)) {
        taken.push_back(ntohs(peer.sin_port));
    }
    ::kill(other, SIGKILL);
    ::waitpid(other, nullptr, 0);
    ::close(ready[0]);
    ::close(ready[1]);
    EXPECT_TRUE(!taken.empty() && taken.size() < ports.size());
    for (const auto port : ports) {
        const auto event = find(sensor, "accept", port, ntohs(name.sin_port), "false");
        ASSERT_TRUE(event) << port;
        const bool is_first = std::ranges::find(taken, port) != taken.end();
        EXPECT_EQ(number_of(*event, "ProcessId"), is_first ? ::getpid() : other) << port;
    }
}

// More at once than the kernel's part has a table for.
TEST_F(NetworkEvents, ConnectionsBeyondTheTableAreToldAsWell) {
    constexpr int connections = 8192 + 64;  // two ends of each: more than 16,384
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    constexpr rlim_t needed = 2 * connections + 200;
    const rlimit many{needed, std::max(before.rlim_max, needed)};
    if (::setrlimit(RLIMIT_NOFILE, &many) != 0) GTEST_SKIP() << "so many files cannot be open";
    {
        RunningSensor sensor(quickly());
        Socket listener(AF_INET, SOCK_STREAM);
        ASSERT_EQ(::listen(listener.get(), 64), 0);
        std::vector<Socket> clients;
        std::vector<base::FileDescriptor> taken;
        for (int i = 0; i < connections; ++i) {
            ASSERT_TRUE(clients.emplace_back(AF_INET, SOCK_STREAM).connect_to(listener)) << i;
            taken.emplace_back(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
        }
        send_all(clients.back().get(), 10);
        receive_all(taken.back().get(), 10);
        const auto to = listener.port();
        const auto from = clients.back().port();
        // One after the other: packets that a slow machine drops are sent again only after a while.
        // The listener's end first, for it is the first that the kernel keeps the port of.
        for (int i = 0; i < connections; ++i) {
            taken[static_cast<std::size_t>(i)].reset();
            clients[static_cast<std::size_t>(i)].close();
        }
        const auto count = [&](std::string_view type) {
            return sensor
                .all([&](const Object& event) {
                    return text_of(event, "EventType") == type &&
                           number_of(event, "DestinationPort") == to;
                })
                .size();
        };
        // As long as more of them come, however slowly.
        int told_before = -1;
        for (int told = 0; told < 4 * connections && told > told_before;) {
            told_before = std::exchange(told, 0);
            sensor.find([&](const Object& event) {
                return number_of(event, "DestinationPort") == to &&
                       text_of(event, "EventType") != "flow" && ++told == 4 * connections;
            });
        }
        for (const auto* initiated : {"true", "false"}) {
            const auto end = find(sensor, "flow_end", from, to, initiated);
            ASSERT_TRUE(end) << initiated;
            expect_actor(*end);
        }
        EXPECT_EQ(number_of(*find(sensor, "flow_end", from, to, "true"), "BytesSent"), 10);
        EXPECT_EQ(count("connect"), connections);
        EXPECT_EQ(count("accept"), connections);
        EXPECT_EQ(count("flow_end"), 2U * connections);
        for (const auto& loss : sensor.all(
                 [](const Object& event) { return text_of(event, "EventType") == "loss"; })) {
            ADD_FAILURE() << boost::json::serialize(loss);
        }
    }
    ::setrlimit(RLIMIT_NOFILE, &before);
}

// What never goes through write(2) on the socket.
TEST_F(NetworkEvents, SendfileIsCountedAtTheSocket) {
    const TestFolder folder;
    std::ofstream(folder.at("data")) << std::string(300'000, 'x');
    RunningSensor sensor(quickly());
    Socket listener(AF_INET, SOCK_STREAM);
    ASSERT_EQ(::listen(listener.get(), 1), 0);
    Socket client(AF_INET, SOCK_STREAM);
    ASSERT_TRUE(client.connect_to(listener));
    base::FileDescriptor taken(::accept(listener.get(), nullptr, nullptr));
    const auto from = client.port();
    const auto to = listener.port();
    const pid_t reader = ::fork();
    if (reader == 0) {
        client.close();
        std::vector<char> buffer(300'000);
        const bool all = ::recv(taken.get(), buffer.data(), buffer.size(), MSG_WAITALL) == 300'000;
        ::_exit(all ? 0 : 1);
    }
    taken.reset();
    const base::FileDescriptor file(::open(folder.at("data").c_str(), O_RDONLY | O_CLOEXEC));
    off_t at = 0;
    while (at < 300'000 && ::sendfile(client.get(), file.get(), &at, 300'000) > 0) continue;
    int status = 0;
    ::waitpid(reader, &status, 0);
    ASSERT_EQ(status, 0);
    client.close();
    const auto out = find(sensor, "flow_end", from, to, "true");
    ASSERT_TRUE(out);
    EXPECT_EQ(number_of(*out, "BytesSentInAll"), 300'000);
    // Who reads is whose it is, not who listened.
    const auto in = find(sensor, "flow_end", from, to, "false");
    ASSERT_TRUE(in);
    EXPECT_EQ(number_of(*in, "ProcessId"), reader);
}

// By a pipe, and from a mapping of the file.
TEST_F(NetworkEvents, SpliceAndMappedMemoryAreCountedAtTheSocket) {
    constexpr std::size_t bytes = 50'000;
    const TestFolder folder;
    std::ofstream(folder.at("data")) << std::string(bytes, 'x');
    RunningSensor sensor(quickly());
    Socket listener(AF_INET, SOCK_STREAM);
    ASSERT_EQ(::listen(listener.get(), 1), 0);
    Socket client(AF_INET, SOCK_STREAM);
    ASSERT_TRUE(client.connect_to(listener));
    base::FileDescriptor taken(::accept(listener.get(), nullptr, nullptr));
    const auto from = client.port();
    const auto to = listener.port();
    const base::FileDescriptor file(::open(folder.at("data").c_str(), O_RDONLY | O_CLOEXEC));
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const base::FileDescriptor pipe_out(ends[0]);
    const base::FileDescriptor pipe_in(ends[1]);
    ASSERT_EQ(::splice(file.get(), nullptr, pipe_in.get(), nullptr, bytes, 0),
              static_cast<ssize_t>(bytes));
    ASSERT_EQ(::splice(pipe_out.get(), nullptr, client.get(), nullptr, bytes, 0),
              static_cast<ssize_t>(bytes));
    receive_all(taken.get(), bytes);
    void* memory = ::mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, file.get(), 0);
    ASSERT_NE(memory, MAP_FAILED);
    EXPECT_EQ(::send(client.get(), memory, bytes, 0), static_cast<ssize_t>(bytes));
    ::munmap(memory, bytes);
    receive_all(taken.get(), bytes);
    client.close();
    taken.reset();
    const auto out = find(sensor, "flow_end", from, to, "true");
    ASSERT_TRUE(out);
    EXPECT_EQ(number_of(*out, "BytesSentInAll"), static_cast<std::int64_t>(2 * bytes));
}

// One call and one packet for the kernel's lower parts, which make many of it.
TEST_F(NetworkEvents, DatagramsThatTheKernelDividesAreCountedWhole) {
    constexpr int size = 1000;
    RunningSensor sensor(quickly());
    Socket server(AF_INET, SOCK_DGRAM);
    Socket client(AF_INET, SOCK_DGRAM);
    ASSERT_TRUE(client.connect_to(server));
    const auto from = client.port();
    const auto to = server.port();
    ASSERT_EQ(::setsockopt(client.get(), SOL_UDP, UDP_SEGMENT, &size, sizeof size), 0);
    send_all(client.get(), 20 * size);
    for (int i = 0; i < 20; ++i) receive_all(server.get(), size);
    client.close();
    const auto out = find(sensor, "flow_end", from, to, "true");
    ASSERT_TRUE(out);
    EXPECT_EQ(number_of(*out, "BytesSentInAll"), 20 * size);
}

TEST_F(NetworkEvents, AConnectionThatGoesOnIsToldOfInParts) {
    RunningSensor sensor(quickly());
    Socket listener(AF_INET, SOCK_STREAM);
    ASSERT_EQ(::listen(listener.get(), 1), 0);
    Socket client(AF_INET, SOCK_STREAM);
    ASSERT_TRUE(client.connect_to(listener));
    base::FileDescriptor taken(::accept(listener.get(), nullptr, nullptr));
    const auto from = client.port();
    const auto to = listener.port();
    send_all(client.get(), 100);
    receive_all(taken.get(), 100);
    ::usleep(1'200'000);
    send_all(client.get(), 20);
    receive_all(taken.get(), 20);
    send_all(taken.get(), 1);  // what was sent is known to have arrived
    receive_all(client.get(), 1);
    ASSERT_TRUE(find(sensor, "flow_goes_on", from, to, "true"));
    client.close();
    taken.reset();
    const auto end = find(sensor, "flow_end", from, to, "true");
    ASSERT_TRUE(end);
    EXPECT_EQ(number_of(*end, "BytesSentInAll"), 120);
    std::int64_t sum = 0;
    for (const auto& part : sensor.all([&](const Object& event) {
             return number_of(event, "FlowId") == number_of(*end, "FlowId") &&
                    text_of(event, "Category") == "network_flow";
         })) {
        sum += number_of(part, "BytesSent");
    }
    EXPECT_EQ(sum, 120);
}

TEST_F(NetworkEvents, ASocketOfManyPeersTellsOfThemAll) {
    RunningSensor sensor(quickly());
    Socket client(AF_INET, SOCK_DGRAM);
    std::vector<std::uint16_t> peers;
    for (int i = 0; i < 10; ++i) {
        Socket server(AF_INET, SOCK_DGRAM);
        ASSERT_TRUE(client.connect_to(server));
        send_all(client.get(), 5);
        peers.push_back(server.port());
    }
    const auto from = client.port();
    client.close();
    for (const auto port : peers) {
        const auto end = find(sensor, "flow_end", from, port, "true");
        ASSERT_TRUE(end) << port;
        EXPECT_EQ(number_of(*end, "BytesSentInAll"), 5);
    }
}

TEST_F(NetworkEvents, WhatWasOpenBeforeIsKnown) {
    Socket listener(AF_INET, SOCK_STREAM);
    ASSERT_EQ(::listen(listener.get(), 1), 0);
    Socket client(AF_INET, SOCK_STREAM);
    ASSERT_TRUE(client.connect_to(listener));
    base::FileDescriptor taken(::accept(listener.get(), nullptr, nullptr));
    send_all(client.get(), 100);
    const auto from = client.port();
    const auto to = listener.port();
    RunningSensor sensor(with_family("network", "[network]\nrate = 0\n"));
    send_all(client.get(), 10);
    receive_all(taken.get(), 110);
    client.close();
    taken.reset();
    const auto end = find(sensor, "flow_end", from, to);
    ASSERT_TRUE(end);
    EXPECT_FALSE(end->contains("Initiated"));
    EXPECT_EQ(number_of(*end, "BytesSent"), 10);
    EXPECT_EQ(number_of(*end, "BytesSentInAll"), 110);
    expect_actor(*end);
}

TEST_F(NetworkEvents, PolicyCanLeaveTheNetworkOut) {
    RunningSensor sensor("[families]\nnetwork = false\n[files]\nrate = 0\n");
    const TestFolder folder;
    Socket listener(AF_INET, SOCK_STREAM);
    ASSERT_EQ(::listen(listener.get(), 1), 0);
    std::ofstream(folder.at("mark")) << "x";
    ASSERT_TRUE(sensor.find("open_write", "TargetFilename", folder.at("mark")));
    EXPECT_TRUE(sensor.backend("network").empty());
    EXPECT_EQ(sensor
                  .all([](const Object& event) {
                      return text_of(event, "Category").starts_with("network");
                  })
                  .size(),
              0U);
}

}  // namespace
}  // namespace shoji::sensor
