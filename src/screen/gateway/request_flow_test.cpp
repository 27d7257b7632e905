// What the gateway refuses at the level of TLS and HTTP, against the real program.
#include "screen/gateway/testing/installation.h"

#include <thread>

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace shoji::gateway::testing {
namespace {

using namespace std::chrono_literals;

class RequestFlow : public ::testing::Test {
  protected:
    RequestFlow() {
        installation_.start();
        installation_.apply(example_policy());
    }
    [[nodiscard]] std::string host() const {
        return "localhost:" + std::to_string(installation_.terminal().port);
    }

    Installation installation_;
};

TEST_F(RequestFlow, ServesThePagesWithTheirHeaders) {
    Browser browser(installation_.terminal());
    const auto console = browser.get("/");
    EXPECT_EQ(console.status, 200U);
    EXPECT_EQ(console.headers.at("content-type"), "text/html; charset=utf-8");
    EXPECT_NE(console.headers.at("content-security-policy").find("script-src 'self'"),
              std::string::npos);
    const auto screen = browser.get("/screen/");
    EXPECT_EQ(screen.status, 200U);
    EXPECT_NE(screen.headers.at("content-security-policy").find("wss://" + host()),
              std::string::npos);
    EXPECT_NE(screen.headers.at("content-security-policy").find("sandbox allow-scripts"),
              std::string::npos);
    const auto script = browser.get("/screen/assets/viewer-12345678.js");
    EXPECT_EQ(script.headers.at("access-control-allow-origin"), "*");
    EXPECT_NE(script.headers.at("cache-control").find("immutable"), std::string::npos);
    for (const auto& answer : {console, screen, script, browser.get("/api/state"),
                               browser.get("/missing"), browser.get("/../etc/passwd")}) {
        for (const auto* name :
             {"content-security-policy", "strict-transport-security", "x-content-type-options",
              "referrer-policy", "cross-origin-opener-policy", "cross-origin-resource-policy",
              "permissions-policy", "cache-control", "date"}) {
            EXPECT_TRUE(answer.headers.contains(name)) << name;
        }
        EXPECT_FALSE(answer.headers.contains("server"));
    }
    EXPECT_EQ(browser.get("/missing").status, 404U);
    EXPECT_EQ(browser.get("/../etc/passwd").status, 404U);
}

TEST_F(RequestFlow, AnswersHeadAndRefusesOtherMethods) {
    Browser browser(installation_.terminal());
    const Headers headers{{"Host", host()}};
    const auto head = browser.request("HEAD", "/", "", headers);
    EXPECT_EQ(head.status, 200U);
    EXPECT_GT(std::stoi(head.headers.at("content-length")), 10);
    EXPECT_EQ(browser.request("DELETE", "/", "", headers).status, 405U);
    const auto wrong = browser.get("/api/screens");
    EXPECT_EQ(wrong.status, 405U);
    EXPECT_EQ(wrong.headers.at("allow"), "POST");
}

TEST_F(RequestFlow, KeepsAConnectionForSeveralRequests) {
    Line line(installation_.terminal());
    for (int i = 0; i < 3; ++i) {
        line.send("GET /api/state HTTP/1.1\r\nHost: " + host() + "\r\n\r\n");
        EXPECT_EQ(line.receive().status, 200U);
    }
}

TEST_F(RequestFlow, EndsWellWhileConnectionsAreOpen) {
    Line idle(installation_.terminal());
    Line used(installation_.terminal());
    used.send("GET /api/state HTTP/1.1\r\nHost: " + host() + "\r\n\r\n");
    EXPECT_EQ(used.receive().status, 200U);
    EXPECT_EQ(installation_.stop(), 0);
}

TEST_F(RequestFlow, SpeaksTls13Only) {
    auto options = installation_.terminal();
    options.tls = TlsVersion::only_1_2;
    EXPECT_ANY_THROW(Line{options});
}

TEST_F(RequestFlow, SpeaksHttp11Only) {
    auto options = installation_.terminal();
    options.alpn = "h2";
    EXPECT_ANY_THROW(Line{options});
    options.alpn = "";
    EXPECT_NO_THROW(Line{options});
}

TEST_F(RequestFlow, RefusesChangesThatAreNotItsOwnPages) {
    auto user = sign_in_as(installation_, "hanako", installation_.terminal());
    const auto refused = [&](const Headers& headers) {
        const auto answer = user.browser.post("/api/screens", screen_request(), headers);
        return answer.status == 403 && answer.error() == "request.forbidden";
    };
    EXPECT_TRUE(refused({{"X-Shoji-CSRF", ""}}));
    const auto record = installation_.journal().wait_for(
        [](const journal::Record& one) { return one.what == "/api/screens"; });
    EXPECT_EQ(record.outcome, journal::Outcome::refused);
    EXPECT_EQ(record.who, "hanako");
    EXPECT_TRUE(refused({{"X-Shoji-CSRF", "sign-in"}}));
    EXPECT_TRUE(refused({{"X-Shoji-CSRF", std::string(64, '0')}}));
    EXPECT_TRUE(refused({{"Origin", ""}}));
    EXPECT_TRUE(refused({{"Origin", "null"}}));
    EXPECT_TRUE(refused({{"Origin", "https://evil.example"}}));
    EXPECT_TRUE(refused({{"Sec-Fetch-Site", "cross-site"}}));
    EXPECT_TRUE(refused({{"Content-Type", "text/plain"}}));
    EXPECT_TRUE(installation_.host().nothing_asked(100ms));
    Browser stranger(installation_.terminal());
    const std::string body = R"({"user":"hanako","password":"x"})";
    EXPECT_EQ(stranger.post("/api/sign-in", body, {{"X-Shoji-CSRF", ""}}).status, 403U);
    EXPECT_EQ(stranger.post("/api/sign-in", body, {{"Origin", "https://evil.example"}}).status,
              403U);
    EXPECT_EQ(user.browser.post("/api/sign-out", "{}", {{"X-Shoji-CSRF", "no"}}).status, 403U);
    EXPECT_TRUE(user.browser.get("/api/state").json().at("signedIn").as_bool());
}

TEST_F(RequestFlow, RefusesOtherNamesOfItself) {
    Browser browser(installation_.terminal());
    EXPECT_EQ(browser.get("/", {{"Host", "evil.example"}}).status, 421U);
    EXPECT_EQ(browser.get("/", {{"Host", "localhost"}}).status, 421U);
    EXPECT_EQ(browser.get("/", {{"Host", ""}}).status, 421U);
    const auto port = std::to_string(installation_.terminal().port);
    EXPECT_EQ(browser.get("/", {{"Host", "127.0.0.1:" + port}}).status, 200U);
}

TEST_F(RequestFlow, RefusesWhatIsTooLarge) {
    Browser browser(installation_.terminal());
    EXPECT_EQ(browser.post("/api/sign-in", std::string(16 * 1024 + 1, ' ')).status, 413U);
    EXPECT_EQ(browser.get("/", {{"X-Long", std::string(10'000, 'x')}}).status, 431U);
    Line line(installation_.terminal());
    line.send("POST /api/sign-in HTTP/1.1\r\nHost: " + host() +
              "\r\nContent-Length: 99999999999\r\n\r\n");
    EXPECT_EQ(line.receive().status, 413U);
}

TEST_F(RequestFlow, RefusesWhatIsMalformed) {
    for (const std::string& text :
         {std::string("\x16\x03\x01 nonsense\r\n\r\n"), std::string("GET / HTTP/9.9\r\n\r\n"),
          "GET / HTTP/1.1\r\nHost: " + host() + "\r\nHost: " + host() + "\r\n\r\n",
          "POST /api/sign-in HTTP/1.1\r\nHost: " + host() +
              "\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
          "GET / HTTP/1.1\r\nHost: " + host() + "\r\nCookie: a\r\nCookie: b\r\n\r\n"}) {
        Line line(installation_.terminal());
        line.send(text);
        EXPECT_EQ(line.receive().status, 400U) << text;
        EXPECT_TRUE(line.closed_within(5s));
    }
    Browser browser(installation_.terminal());
    for (const auto* body : {"", "{", "[]", R"({"user":"x"})", "\xff\xfe"}) {
        EXPECT_EQ(browser.post("/api/sign-in", body).error(), "request.malformed") << body;
    }
}

TEST_F(RequestFlow, ClosesOnSlowClients) {
    // Both at once, since each takes its time.
    std::thread silent([&] {
        Line line(installation_.terminal());
        EXPECT_TRUE(line.closed_within(20s));
    });
    Line line(installation_.terminal());
    const std::string request = "GET / HTTP/1.1\r\nHost: " + host() + "\r\nX-Slow: ";
    bool open = true;
    for (int second = 0; second < 20 && open; ++second) {
        try {
            line.send(second == 0 ? request : "x");
        } catch (const std::exception&) {
            open = false;
        }
        std::this_thread::sleep_for(1s);
    }
    EXPECT_FALSE(open) << "a byte a second must not keep a connection";
    silent.join();
    EXPECT_EQ(Browser(installation_.terminal()).get("/").status, 200U);
}

}  // namespace
}  // namespace shoji::gateway::testing
