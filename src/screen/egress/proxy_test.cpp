// The proxy with real sockets: what it lets pass, and what it refuses and says so.
#include "screen/egress/proxy.h"

#include "screen/egress/own_addresses.h"
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

// Answers a request with itself.
void echo_request(Stream& stream) {
    const auto head = stream.receive_until("\r\n\r\n");
    stream.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(head.size()) +
                "\r\nConnection: close\r\n\r\n" + head);
}

// Sends back what comes.
void echo_bytes(Stream& stream) {
    for (auto text = stream.receive(); !text.empty(); text = stream.receive()) stream.send(text);
}

control::Origin local(Scheme scheme, std::uint16_t port, const std::string& host = "127.0.0.1") {
    return {scheme, host, port, true};
}

std::string with_port(const std::string& host, std::uint16_t port) {
    return host + ":" + std::to_string(port);
}

TEST(Proxy, ForwardsAPlainRequest) {
    Origin origin(echo_request);
    RunningProxy proxy({{local(Scheme::http, origin.port())}});
    const auto authority = with_port("127.0.0.1", origin.port());
    const auto answer = proxy.get(authority, "/a?b");
    EXPECT_EQ(proxy.status_of(answer), "200");
    EXPECT_NE(answer.find("GET /a?b HTTP/1.1\r\nHost: " + authority + "\r\nConnection: close\r\n"),
              std::string::npos)
        << answer;
    const auto traffic = proxy.traffic();
    EXPECT_EQ(traffic.connections, 1U);
    EXPECT_EQ(traffic.refusals, 0U);
    EXPECT_GT(traffic.bytes_out, 30U);
    EXPECT_EQ(traffic.bytes_in, answer.size());
}

TEST(Proxy, KnowsLocalhostWithoutAskingAnybody) {
    Origin origin(echo_request);
    RunningProxy proxy({{local(Scheme::http, origin.port(), "localhost")}});
    EXPECT_EQ(proxy.status_of(proxy.get(with_port("localhost", origin.port()))), "200");
}

TEST(Proxy, ForwardsBodiesAndNothingAfterThem) {
    std::promise<std::string> seen;
    Origin origin([&](Stream& stream) {
        const auto text = stream.receive_until("END");
        stream.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        seen.set_value(text + (test::readable(stream.get(), 300) ? stream.receive() : ""));
    });
    RunningProxy proxy({{local(Scheme::http, origin.port())}});
    const auto authority = with_port("127.0.0.1", origin.port());
    const auto stream = proxy.connect();
    stream.send("POST http://" + authority + "/ HTTP/1.1\r\nHost: " + authority +
                "\r\nContent-Length: 6\r\n\r\nabcENDGET /smuggled HTTP/1.1\r\n\r\n");
    EXPECT_EQ(proxy.status_of(stream.receive_until("\r\n\r\n")), "200");
    const auto text = seen.get_future().get();
    EXPECT_TRUE(text.ends_with("\r\n\r\nabcEND")) << text;
}

TEST(Proxy, ForwardsChunkedBodiesCheckingThem) {
    Origin origin([](Stream& stream) {
        const auto text = stream.receive_until("0\r\n\r\n");
        stream.send("HTTP/1.1 200 OK\r\n\r\n" + text);
    });
    RunningProxy proxy({{local(Scheme::http, origin.port())}});
    auto gateway = proxy.gateway();
    const auto authority = with_port("127.0.0.1", origin.port());
    const auto head = "POST http://" + authority + "/ HTTP/1.1\r\nHost: " + authority +
                      "\r\nTransfer-Encoding: chunked\r\n\r\n";
    const auto good = proxy.connect();
    good.send(head + "3\r\nabc\r\n");
    good.send("0\r\n\r\n");
    EXPECT_TRUE(good.receive_all().ends_with("\r\n\r\n3\r\nabc\r\n0\r\n\r\n"));
    const auto bad = proxy.connect();
    bad.send(head + "3\r\nabcd\r\n0\r\n\r\n");
    EXPECT_TRUE(bad.ended());
    EXPECT_EQ(gateway.refusals(1).at(0).reason, RefusalReason::malformed);
}

TEST(Proxy, TunnelsTlsToTheNamedServer) {
    Origin origin(echo_bytes);
    RunningProxy proxy({{local(Scheme::https, origin.port(), "localhost")}});
    Stream stream;
    ASSERT_EQ(proxy.tunnel(stream, with_port("LocalHost", origin.port())), "200");
    const auto hello = test::client_hello("localhost");
    // In two pieces, the second with more behind it.
    stream.send(std::vector(hello.begin(), hello.begin() + 20));
    std::this_thread::sleep_for(20ms);
    auto rest = std::vector(hello.begin() + 20, hello.end());
    rest.push_back('!');
    stream.send(rest);
    EXPECT_EQ(stream.receive_until("!").size(), hello.size() + 1);
    stream.send("more?");
    EXPECT_EQ(stream.receive_until("?"), "more?");
    // Both ends see the other's end.
    stream.finish();
    EXPECT_TRUE(stream.ended());
    EXPECT_EQ(proxy.traffic().bytes_out, hello.size() + 6);
    EXPECT_EQ(proxy.traffic().bytes_in, hello.size() + 6);
}

TEST(Proxy, ClosesATunnelThatNamesAnotherServer) {
    std::atomic<int> received = 0;
    Origin origin([&](Stream& stream) { received += static_cast<int>(stream.receive().size()); });
    RunningProxy proxy(
        {{local(Scheme::https, origin.port(), "localhost"), local(Scheme::https, origin.port())}});
    auto gateway = proxy.gateway();
    const auto is_refused = [&](const std::string& host, const test::Bytes& bytes) {
        Stream stream;
        EXPECT_EQ(proxy.tunnel(stream, with_port(host, origin.port())), "200");
        stream.send(bytes);
        const bool ended = stream.ended();
        const auto refused = gateway.refusals(1).at(0);
        return ended && refused.reason == RefusalReason::server_name_differs &&
               refused.host == host && refused.port == origin.port() &&
               refused.scheme == Scheme::https;
    };
    EXPECT_TRUE(is_refused("localhost", test::client_hello("other.example")));
    EXPECT_TRUE(is_refused("localhost", test::client_hello("a.localhost")));
    EXPECT_TRUE(is_refused("localhost", test::records(test::hello_message({}))));
    EXPECT_TRUE(is_refused("localhost", {'G', 'E', 'T', ' ', '/'}));
    EXPECT_TRUE(is_refused("localhost", {0x80, 0x2e, 1, 3, 1}));
    EXPECT_TRUE(is_refused("127.0.0.1", test::client_hello("localhost")));
    EXPECT_EQ(received, 0) << "bytes reached the origin before they were checked";
    Stream stream;
    ASSERT_EQ(proxy.tunnel(stream, with_port("127.0.0.1", origin.port())), "200");
    stream.send(test::records(test::hello_message({})));
    EXPECT_TRUE(stream.ended());  // by the origin, which has read it
    EXPECT_GT(received, 0);
}

TEST(Proxy, ReportsATlsHandshakeThatFails) {
    // One refuses, one speaks no TLS, one ends; what they send passes all the same.
    for (const std::string& text :
         {std::string("\x15\x03\x03\0\2\2\x28", 7), std::string("HTTP/1.1 400 Bad Request\r\n\r\n"),
          std::string()}) {
        Origin origin([&](Stream& stream) {
            EXPECT_FALSE(stream.receive().empty());
            stream.send(text);
        });
        RunningProxy proxy({{local(Scheme::https, origin.port(), "localhost")}});
        auto gateway = proxy.gateway();
        Stream stream;
        ASSERT_EQ(proxy.tunnel(stream, with_port("localhost", origin.port())), "200");
        stream.send(test::client_hello("localhost"));
        EXPECT_EQ(stream.receive_all(), text);
        EXPECT_EQ(gateway.refusals(1).at(0),
                  (control::Refused{RefusalReason::tls_failed, Scheme::https, "localhost",
                                    origin.port(), 1}));
    }
}

TEST(Proxy, ATunnelToAnHttpOriginCarriesAWebSocketOnly) {
    Origin origin([](Stream& stream) {
        const auto head = stream.receive_until("\r\n\r\n");
        const bool welcome = head.find("/welcome") != std::string::npos;
        stream.send(welcome ? "HTTP/1.1 101 Switching Protocols\r\n\r\n"
                            : "HTTP/1.1 404 Not Found\r\n\r\n");
        for (auto text = stream.receive(); !text.empty(); text = stream.receive()) {
            stream.send("<" + text + ">");
        }
    });
    RunningProxy proxy({{local(Scheme::http, origin.port())}});
    auto gateway = proxy.gateway();
    const auto authority = with_port("127.0.0.1", origin.port());
    const auto handshake = [&](const std::string& path, const std::string& host) {
        return "GET " + path + " HTTP/1.1\r\nHost: " + host +
               "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    };
    Stream stream;
    ASSERT_EQ(proxy.tunnel(stream, authority), "200");
    stream.send(handshake("/welcome", authority));
    EXPECT_TRUE(stream.receive_until("\r\n\r\n").starts_with("HTTP/1.1 101 "));
    stream.send("frame");
    EXPECT_EQ(stream.receive_until(">"), "<frame>");
    // Refused by the server: nothing more goes to it.
    ASSERT_EQ(proxy.tunnel(stream, authority), "200");
    stream.send(handshake("/", authority));
    EXPECT_TRUE(stream.receive_until("\r\n\r\n").starts_with("HTTP/1.1 404 "));
    stream.send(handshake("/welcome", "other.example"));
    EXPECT_FALSE(test::readable(stream.get(), 300));
    for (const auto& text :
         {handshake("/welcome", "other.example"), handshake("/welcome", authority) + "early",
          "GET /welcome HTTP/1.1\r\nHost: " + authority + "\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: " + authority +
              "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"}) {
        ASSERT_EQ(proxy.tunnel(stream, authority), "200");
        stream.send(text);
        EXPECT_TRUE(stream.ended()) << text;
        EXPECT_EQ(gateway.refusals(1).at(0).reason, RefusalReason::malformed) << text;
    }
}

TEST(Proxy, RefusesWithTheReason) {
    test::NameServer names({{"private.test", {{"127.0.0.1"}}},
                            {"terminal.test", {{"127.9.0.1"}}},
                            {"metadata.test", {{"169.254.169.254"}}}});
    Origin origin(echo_request);
    const auto port = origin.port();
    const auto closed_port = test::port_of(test::listen_on().get());
    RunningProxy proxy({{{Scheme::http, "private.test", port, false},
                         {Scheme::http, "metadata.test", port, true},
                         {Scheme::http, "terminal.test", port, true},
                         {Scheme::http, "nowhere.test", port, true},
                         {Scheme::https, "localhost", closed_port, true}},
                        {"127.9.0.0/16"},
                        names.port()});
    auto gateway = proxy.gateway();
    const auto refused = [&](const std::string& status, RefusalReason reason, Scheme scheme,
                             const std::string& host, std::uint16_t host_port) {
        const auto authority = with_port(host, host_port);
        const auto answer = scheme == Scheme::https ? proxy.tunnel(authority)
                                                    : proxy.status_of(proxy.get(authority));
        EXPECT_EQ(answer, status) << host;
        EXPECT_EQ(gateway.refusals(1).at(0), (control::Refused{reason, scheme, host, host_port, 1}))
            << host;
    };
    refused("403", RefusalReason::not_listed, Scheme::https, "other.test", 443);
    refused("403", RefusalReason::not_listed, Scheme::http, "private.test",
            static_cast<std::uint16_t>(port ^ 1U));
    refused("403", RefusalReason::address_literal, Scheme::http, "127.0.0.1", port);
    refused("403", RefusalReason::private_address, Scheme::http, "private.test", port);
    refused("403", RefusalReason::private_address, Scheme::http, "metadata.test", port);
    refused("403", RefusalReason::terminal_network, Scheme::http, "terminal.test", port);
    refused("502", RefusalReason::name_not_found, Scheme::http, "nowhere.test", port);
    refused("502", RefusalReason::unreachable, Scheme::https, "localhost", closed_port);
    EXPECT_EQ(origin.connections(), 0);
    EXPECT_EQ(names.questions("other.test"), 0) << "a name that is not listed was looked up";
    EXPECT_EQ(proxy.traffic().refusals, 8U);
}

TEST(Proxy, AnswersMalformedRequestsAndCloses) {
    RunningProxy proxy({{local(Scheme::http, 80)}});
    auto gateway = proxy.gateway();
    for (const std::string& text : std::vector<std::string>{
             "\r\n\r\n", "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "\x16\x03\x01\r\n\r\n",
             "GET http://127.0.0.1/ HTTP/1.1\r\nHost: evil.test\r\n\r\n",
             "CONNECT 127.0.0.1:80 HTTP/1.1\r\nHost: 127.0.0.1:80\r\nEvil\r\n\r\n",
             std::string(40000, 'x')}) {
        const auto stream = proxy.connect();
        stream.send(text);
        EXPECT_TRUE(stream.receive_all().starts_with("HTTP/1.1 400 Bad Request\r\n"));
        EXPECT_EQ(gateway.refusals(1).at(0),
                  (control::Refused{RefusalReason::malformed, Scheme::http, "", 0, 1}));
    }
    const auto cut = proxy.connect();
    cut.send("GET http://127.0.0.1/ HT");
    cut.finish();
    EXPECT_TRUE(cut.receive_all().starts_with("HTTP/1.1 400 "));
    const auto silent = proxy.connect();
    silent.finish();
    EXPECT_TRUE(silent.ended());
    EXPECT_EQ(gateway.refusals(1).size(), 1U);
    EXPECT_EQ(proxy.traffic().refusals, 7U);
}

TEST(Proxy, ConnectsToTheAddressThatItChecked) {
    // Two servers at two addresses and one port; the name moves from one to the other, and then
    // into a terminal's network.
    Origin first([](Stream& stream) { stream.send("HTTP/1.1 200 First\r\n\r\n"); });
    Origin second([](Stream& stream) { stream.send("HTTP/1.1 200 Second\r\n\r\n"); }, first.port(),
                  INADDR_LOOPBACK + 1);
    const auto port = first.port();
    Setting setting{{{Scheme::http, "moves.test", port, true}}, {"127.9.0.0/16"}};
    const auto authority = with_port("moves.test", port);
    const test::NameServer::Answers answers{
        {"moves.test", {{"127.0.0.1"}, {"127.0.0.2"}, {"127.9.0.1"}}}};
    {
        test::NameServer names(answers);
        setting.name_server = names.port();
        RunningProxy proxy(setting);
        for (int i = 0; i < 4; ++i) {
            EXPECT_TRUE(proxy.get(authority).starts_with("HTTP/1.1 200 First"));
        }
        EXPECT_EQ(names.questions("moves.test"), 1);
    }
    // Without the pin each connection asks once, and what it asks is what it uses.
    test::NameServer names(answers);
    setting.name_server = names.port();
    setting.limits.pin = 0ms;
    RunningProxy proxy(setting);
    EXPECT_TRUE(proxy.get(authority).starts_with("HTTP/1.1 200 First"));
    EXPECT_TRUE(proxy.get(authority).starts_with("HTTP/1.1 200 Second"));
    EXPECT_EQ(proxy.status_of(proxy.get(authority)), "403");
    EXPECT_EQ(names.questions("moves.test"), 3);
}

TEST(Proxy, OfMixedAnswersUsesTheGoodOnes) {
    Origin origin(echo_request);
    test::NameServer names({{"mixed.test", {{"127.9.0.1", "127.0.0.1", "169.254.169.254"}}}});
    RunningProxy proxy(
        {{{Scheme::http, "mixed.test", origin.port(), true}}, {"127.9.0.0/16"}, names.port()});
    EXPECT_EQ(proxy.status_of(proxy.get(with_port("mixed.test", origin.port()))), "200");
}

TEST(OwnAddresses, KnowsThisMachine) {
    const auto mine = Address::from_text("127.0.0.1").value();
    const auto other = Address::from_text("198.51.100.77").value();
    const std::vector<Address> both{mine, other};
    EXPECT_EQ(own_addresses(both), std::vector<Address>{mine});
}

}  // namespace
}  // namespace shoji::egress
