// Questions to a name server of this test's own, as the sensor tells of them.
#include "watch/sensor/sensor_fixture_test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace shoji::sensor {
namespace {

using namespace std::string_literals;

constexpr std::uint32_t server_address = 0x7f003535;  // 127.0.53.53
constexpr std::uint32_t named_address = 0x7f003550;   // 127.0.53.80

const std::string question =
    "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x05shoji\x07"
    "example\x00\x00\x01\x00\x01"s;
const std::string answer =
    "\x12\x34\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00\x05shoji\x07"
    "example\x00\x00\x01\x00\x01\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x7f\x00\x35\x50"s;

sockaddr_in name_of(std::uint32_t address, std::uint16_t port) {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(address);
    name.sin_port = htons(port);
    return name;
}

base::FileDescriptor bound(int type, std::uint32_t address, std::uint16_t port) {
    base::FileDescriptor made(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
    const int yes = 1;
    ::setsockopt(made.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    const auto name = name_of(address, port);
    if (::bind(made.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) return {};
    if (type == SOCK_STREAM) ::listen(made.get(), 1);
    return made;
}

base::FileDescriptor connected(int type, std::uint32_t address, std::uint16_t port) {
    base::FileDescriptor made(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
    const auto name = name_of(address, port);
    if (::connect(made.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0)
        return {};
    return made;
}

std::uint16_t port_of(int socket) {
    sockaddr_in name{};
    socklen_t size = sizeof name;
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&name), &size);
    return ntohs(name.sin_port);
}

std::string length_of(const std::string& message) {
    return {static_cast<char>(message.size() >> 8), static_cast<char>(message.size())};
}

class DnsEvents : public testing::Test {
  protected:
    void SetUp() override { SHOJI_NEEDS_ROOT(); }

    static void expect_both(RunningSensor& sensor, std::string_view protocol) {
        const auto find = [&](std::string_view type) {
            return sensor.find([=](const Object& event) {
                return text_of(event, "EventType") == type &&
                       text_of(event, "QueryName") == "shoji.example" &&
                       text_of(event, "Protocol") == protocol;
            });
        };
        const auto asked = find("question");
        ASSERT_TRUE(asked);
        EXPECT_EQ(text_of(*asked, "Category"), "dns_query");
        EXPECT_EQ(text_of(*asked, "QueryType"), "A");
        EXPECT_EQ(text_of(*asked, "ServerIp"), "127.0.53.53");
        EXPECT_EQ(number_of(*asked, "ProcessId"), ::getpid());
        const auto answered = find("answer");
        ASSERT_TRUE(answered);
        EXPECT_EQ(text_of(*answered, "Category"), "dns_answer");
        EXPECT_EQ(text_of(*answered, "QueryResults"), "127.0.53.80;");
        EXPECT_EQ(number_of(*answered, "QueryStatus"), 0);
        EXPECT_EQ(number_of(*answered, "ProcessId"), ::getpid());
    }
};

TEST_F(DnsEvents, AQuestionItsAnswerAndTheConnectionToWhatItNamed) {
    RunningSensor sensor("[families]\nfile = false\n");
    const auto server = bound(SOCK_DGRAM, server_address, 53);
    const auto listener = bound(SOCK_STREAM, named_address, 0);
    ASSERT_TRUE(server.valid() && listener.valid());
    const auto client = connected(SOCK_DGRAM, server_address, 53);
    ASSERT_EQ(::send(client.get(), question.data(), question.size(), 0),
              static_cast<ssize_t>(question.size()));
    char got[512];
    sockaddr_in from{};
    socklen_t size = sizeof from;
    ASSERT_GT(
        ::recvfrom(server.get(), got, sizeof got, 0, reinterpret_cast<sockaddr*>(&from), &size), 0);
    ASSERT_GT(::sendto(server.get(), answer.data(), answer.size(), 0,
                       reinterpret_cast<sockaddr*>(&from), size),
              0);
    ASSERT_GT(::recv(client.get(), got, sizeof got, 0), 0);
    const auto connection = connected(SOCK_STREAM, named_address, port_of(listener.get()));
    ASSERT_TRUE(connection.valid());
    expect_both(sensor, "udp");
    const auto port = port_of(listener.get());
    const auto connect = sensor.find([&](const Object& event) {
        return text_of(event, "EventType") == "connect" &&
               number_of(event, "DestinationPort") == port;
    });
    ASSERT_TRUE(connect);
    EXPECT_EQ(text_of(*connect, "DestinationHostname"), "shoji.example");
}

// Alone, and with the network's family, whose programs tell of it then.
class DnsFamilies : public DnsEvents, public testing::WithParamInterface<bool> {};

TEST_P(DnsFamilies, TheSameByTcp) {
    RunningSensor sensor(GetParam() ? "[families]\nfile = false\n" : with_family("dns"));
    EXPECT_FALSE(sensor.backend("dns").empty());
    const auto server = bound(SOCK_STREAM, server_address, 53);
    ASSERT_TRUE(server.valid());
    const auto client = connected(SOCK_STREAM, server_address, 53);
    const base::FileDescriptor taken(::accept(server.get(), nullptr, nullptr));
    const auto asks = length_of(question) + question;
    const auto answers = length_of(answer) + answer;
    ASSERT_EQ(::send(client.get(), asks.data(), asks.size(), 0), static_cast<ssize_t>(asks.size()));
    char got[512];
    ASSERT_GT(::recv(taken.get(), got, sizeof got, 0), 0);
    ASSERT_GT(::send(taken.get(), answers.data(), answers.size(), 0), 0);
    ASSERT_GT(::recv(client.get(), got, sizeof got, 0), 0);
    expect_both(sensor, "tcp");
}

INSTANTIATE_TEST_SUITE_P(OfBoth, DnsFamilies, testing::Bool(), [](const auto& with_network) {
    return std::string(with_network.param ? "WithTheNetwork" : "Alone");
});

TEST_F(DnsEvents, WithTheNetworkFamilyPolicyCanLeaveThemOut) {
    RunningSensor sensor(with_family("network"));
    const auto server = bound(SOCK_DGRAM, server_address, 53);
    ASSERT_TRUE(server.valid());
    auto client = connected(SOCK_DGRAM, server_address, 53);
    ASSERT_GT(::send(client.get(), question.data(), question.size(), 0), 0);
    client.reset();
    ASSERT_TRUE(sensor.find("flow_end", "DestinationIp", "127.0.53.53"));
    EXPECT_TRUE(sensor.backend("dns").empty());
    EXPECT_TRUE(
        sensor
            .all([](const Object& event) { return text_of(event, "Category").starts_with("dns"); })
            .empty());
}

TEST_F(DnsEvents, WhatIsNoDnsOnItsPortIsToldAsThat) {
    RunningSensor sensor(with_family("dns"));
    const auto server = bound(SOCK_DGRAM, server_address, 53);
    ASSERT_TRUE(server.valid());
    const auto client = connected(SOCK_DGRAM, server_address, 53);
    ASSERT_EQ(::send(client.get(), "secret data", 11, 0), 11);
    const auto event = sensor.find("no_dns", "ServerIp", "127.0.53.53");
    ASSERT_TRUE(event);
    EXPECT_EQ(number_of(*event, "MessageBytes"), 11);
    EXPECT_EQ(number_of(*event, "ProcessId"), ::getpid());
    EXPECT_FALSE(event->contains("QueryName"));
}

TEST_F(DnsEvents, WithoutTheNetworkFamilyTheyAreToldAsWell) {
    RunningSensor sensor("[families]\nnetwork = false\nfile = false\n");
    const auto server = bound(SOCK_DGRAM, server_address, 53);
    ASSERT_TRUE(server.valid());
    const auto client = connected(SOCK_DGRAM, server_address, 53);
    ASSERT_GT(::send(client.get(), question.data(), question.size(), 0), 0);
    const auto event = sensor.find("question", "QueryName", "shoji.example");
    ASSERT_TRUE(event);
    EXPECT_EQ(number_of(*event, "ProcessId"), ::getpid());
}

}  // namespace
}  // namespace shoji::sensor
