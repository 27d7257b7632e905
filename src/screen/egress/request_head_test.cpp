#include "screen/egress/request_head.h"

#include <random>

#include <gtest/gtest.h>

namespace shoji::egress {
namespace {

std::string plain(std::string_view fields,
                  std::string_view line = "GET http://a.example/ HTTP/1.1") {
    return std::string(line) + "\r\nHost: a.example\r\n" + std::string(fields) + "\r\n";
}

bool accepts(std::string_view head, Form form = Form::proxy) {
    return parse_request_head(head, form).has_value();
}

std::string rewritten(std::string_view head) {
    return write_request_head(parse_request_head(head, Form::proxy).value());
}

TEST(RequestHead, FindsTheEnd) {
    EXPECT_EQ(head_size(""), 0U);
    EXPECT_EQ(head_size("GET\r\n\r"), 0U);
    EXPECT_EQ(head_size("GET\r\n\r\n"), 7U);
    EXPECT_EQ(head_size("GET\r\n\r\nbody\r\n\r\n"), 7U);
    EXPECT_EQ(head_size("GET\n\n"), 0U);
}

TEST(RequestHead, ReadsWhatChromiumSends) {
    const auto head = parse_request_head(
        "CONNECT www.example.jp:443 HTTP/1.1\r\nHost: www.example.jp:443\r\n"
        "Proxy-Connection: keep-alive\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n\r\n",
        Form::proxy);
    ASSERT_TRUE(head) << head.error().message;
    EXPECT_TRUE(head->tunnel);
    EXPECT_EQ(head->authority, (Authority{HostKind::name, "www.example.jp", std::uint16_t{443}}));
    EXPECT_EQ(head->body, Body::none);
}

TEST(RequestHead, ReadsTargets) {
    const auto target = [](const std::string& text, const std::string& host) {
        const auto head = parse_request_head(
            "GET " + text + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n", Form::proxy);
        if (!head) return std::string("refused");
        return head->authority.host + " " + std::to_string(*head->authority.port) + " " +
               head->path;
    };
    EXPECT_EQ(target("http://a.example/x?y=%20", "a.example"), "a.example 80 /x?y=%20");
    EXPECT_EQ(target("HTTP://A.EXAMPLE", "a.example"), "a.example 80 /");
    EXPECT_EQ(target("http://a.example?q", "a.example"), "a.example 80 /?q");
    EXPECT_EQ(target("http://a.example:8080/", "a.example:8080"), "a.example 8080 /");
    EXPECT_EQ(target("http://a.example:80/", "a.example"), "a.example 80 /");
    EXPECT_EQ(target("http://a.example/", "a.example:80"), "a.example 80 /");
    EXPECT_EQ(target("http://[::1]:8080/", "[::1]:8080"), "::1 8080 /");
    EXPECT_EQ(target("http://a.example//b", "a.example"), "a.example 80 //b");
    for (const char* text : {"/",
                             "*",
                             "a.example:80",
                             "https://a.example/",
                             "ftp://a.example/",
                             "ws://a.example/",
                             "http:/a.example/",
                             "http:a.example",
                             "http://",
                             "http:///x",
                             "http://user@a.example/",
                             "http://b.example@a.example/",
                             "http://a.example/#x",
                             "http://a.example#",
                             "http://a.example\\@b.example/",
                             "http://a.example:0/",
                             "http://a.example:x/",
                             "http://a.example/ x",
                             "http://a.example/\x01",
                             "http://a.example/\x7f",
                             "http://a.example/\xe3\x81\x82",
                             "file:///etc/passwd",
                             "http://%61.example/"}) {
        EXPECT_EQ(target(text, "a.example"), "refused") << text;
    }
}

TEST(RequestHead, RefusesOtherRequestLines) {
    const auto line = [](const std::string& text) {
        return accepts(text + "\r\nHost: a.example\r\n\r\n");
    };
    EXPECT_TRUE(line("GET http://a.example/ HTTP/1.1"));
    EXPECT_TRUE(line("OPTIONS http://a.example/ HTTP/1.1"));
    for (const char* text : {"",
                             "GET",
                             "GET http://a.example/",
                             "GET http://a.example/ HTTP/1.0",
                             "GET http://a.example/ HTTP/2.0",
                             "GET http://a.example/ HTTP/1.1 ",
                             "GET  http://a.example/ HTTP/1.1",
                             " GET http://a.example/ HTTP/1.1",
                             "GET\thttp://a.example/ HTTP/1.1",
                             "get http://a.example/ HTTP/1.1",
                             "TRACE http://a.example/ HTTP/1.1",
                             "PRI http://a.example/ HTTP/1.1",
                             "\r\nGET http://a.example/ HTTP/1.1",
                             "GET http://a.example/ http/1.1",
                             "CONNECT http://a.example/ HTTP/1.1",
                             "CONNECT a.example HTTP/1.1",
                             "CONNECT a.example: HTTP/1.1",
                             "CONNECT a.example:80/ HTTP/1.1",
                             "CONNECT user@a.example:80 HTTP/1.1",
                             "connect a.example:80 HTTP/1.1",
                             "CONNECT /a:80 HTTP/1.1"}) {
        EXPECT_FALSE(line(text)) << text;
    }
}

TEST(RequestHead, TheHostMustBeTheTarget) {
    const auto host = [](const std::string& fields) {
        return accepts("GET http://a.example/ HTTP/1.1\r\n" + fields + "\r\n");
    };
    EXPECT_TRUE(host("Host: a.example\r\n"));
    EXPECT_TRUE(host("hOST:A.EXAMPLE:80  \r\n"));
    EXPECT_FALSE(host(""));
    EXPECT_FALSE(host("Host:\r\n"));
    EXPECT_FALSE(host("Host: b.example\r\n"));
    EXPECT_FALSE(host("Host: a.example:8080\r\n"));
    EXPECT_FALSE(host("Host: a.example\r\nHost: a.example\r\n"));
    EXPECT_FALSE(host("Host: a.example\r\nHost: b.example\r\n"));
    EXPECT_FALSE(host("Host: a.example, b.example\r\n"));
    EXPECT_TRUE(accepts("CONNECT a.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n"));
    EXPECT_FALSE(accepts("CONNECT a.example:443 HTTP/1.1\r\nHost: b.example:443\r\n\r\n"));
    EXPECT_FALSE(accepts("CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:80\r\n\r\n"));
}

TEST(RequestHead, RefusesFieldsThatOthersReadDifferently) {
    EXPECT_TRUE(accepts(plain("Accept: */*\r\nX: \xe3\x81\x82\ty\r\n")));
    for (const std::string& fields : std::vector<std::string>{
             "X : y\r\n", " X: y\r\n", "X: y\r\n folded\r\n", "X: y\r\n\tfolded\r\n", ": y\r\n",
             "X\r\n", "X: y\nEvil: z\r\n", "X: y\rEvil: z\r\n", "X: a\x01z\r\n", "X: a\x7fz\r\n",
             std::string("X: a\0z\r\n", 9), "X\x80: y\r\n", "X(y): z\r\n", "\"X\": y\r\n"}) {
        EXPECT_FALSE(accepts(plain(fields))) << fields;
    }
    EXPECT_FALSE(accepts("GET http://a.example/ HTTP/1.1\nHost: a.example\n\r\n\r\n"));
}

TEST(RequestHead, OneReadingOfTheBodysLength) {
    const auto body = [](const std::string& fields) {
        const auto head =
            parse_request_head(plain(fields, "POST http://a.example/ HTTP/1.1"), Form::proxy);
        if (!head) return std::string("refused");
        if (head->body == Body::chunked) return std::string("chunked");
        return head->body == Body::none ? std::string("none") : std::to_string(head->length);
    };
    EXPECT_EQ(body(""), "none");
    EXPECT_EQ(body("Content-Length: 0\r\n"), "0");
    EXPECT_EQ(body("content-length:12 \r\n"), "12");
    EXPECT_EQ(body("Content-Length: 1073741824\r\n"), "1073741824");
    EXPECT_EQ(body("Transfer-Encoding: Chunked\r\n"), "chunked");
    for (const char* fields : {"Content-Length: 1073741825\r\n",
                               "Content-Length: 18446744073709551616\r\n",
                               "Content-Length: -1\r\n",
                               "Content-Length: +1\r\n",
                               "Content-Length: 1 2\r\n",
                               "Content-Length: 0x10\r\n",
                               "Content-Length: 1,1\r\n",
                               "Content-Length:\r\n",
                               "Content-Length: 5\r\nContent-Length: 5\r\n",
                               "Content-Length: 5\r\nContent-Length: 6\r\n",
                               "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                               "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                               "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                               "Transfer-Encoding: gzip, chunked\r\n",
                               "Transfer-Encoding: chunked, identity\r\n",
                               "Transfer-Encoding: identity\r\n",
                               "Transfer-Encoding: xchunked\r\n",
                               "Transfer-Encoding: \"chunked\"\r\n",
                               "Transfer-Encoding:\r\n",
                               "Transfer-Encoding: chunked;q=1\r\n"}) {
        EXPECT_EQ(body(fields), "refused") << fields;
    }
    EXPECT_FALSE(
        accepts("CONNECT a.example:1 HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n\r\n"));
    EXPECT_FALSE(accepts(
        "CONNECT a.example:1 HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n"));
}

TEST(RequestHead, RewritesForTheOrigin) {
    EXPECT_EQ(rewritten(plain("Accept: */*\r\nProxy-Connection: keep-alive\r\nTE: trailers\r\n"
                              "Connection: X-Hop, Accept-Language\r\nX-Hop: 1\r\nKeep-Alive: 5\r\n"
                              "Proxy-Authorization: Basic eA==\r\nUpgrade: h2c\r\n"
                              "accept-language: ja\r\nCookie: a=b\r\n")),
              "GET / HTTP/1.1\r\nHost: a.example\r\nAccept: */*\r\nCookie: a=b\r\n"
              "Connection: close\r\n\r\n");
    EXPECT_EQ(rewritten("POST http://A.example.:8080/f HTTP/1.1\r\nHost: a.example.:8080\r\n"
                        "Content-Length: 007\r\nConnection: Content-Length, Host\r\n\r\n"),
              "POST /f HTTP/1.1\r\nHost: a.example:8080\r\nContent-Length: 7\r\n"
              "Connection: close\r\n\r\n");
    EXPECT_EQ(rewritten("PUT http://[::1]:81/ HTTP/1.1\r\nHost: [::1]:81\r\n"
                        "Transfer-Encoding: chunked\r\n\r\n"),
              "PUT / HTTP/1.1\r\nHost: [::1]:81\r\nTransfer-Encoding: chunked\r\n"
              "Connection: close\r\n\r\n");
}

TEST(RequestHead, ReadsAWebSocketsHandshake) {
    const std::string start = "GET /chat HTTP/1.1\r\nHost: a.example:8080\r\n";
    const auto head = parse_request_head(
        start + "Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n\r\n", Form::origin);
    ASSERT_TRUE(head) << head.error().message;
    EXPECT_TRUE(head->websocket);
    EXPECT_FALSE(head->tunnel);
    EXPECT_EQ(head->authority, (Authority{HostKind::name, "a.example", std::uint16_t{8080}}));
    EXPECT_EQ(head->path, "/chat");
    const auto websocket = [&](const std::string& fields) {
        const auto other = parse_request_head(start + fields + "\r\n", Form::origin);
        return other && other->websocket;
    };
    EXPECT_FALSE(websocket(""));
    EXPECT_FALSE(websocket("Upgrade: websocket\r\n"));
    EXPECT_FALSE(websocket("Connection: Upgrade\r\nUpgrade: h2c\r\n"));
    EXPECT_FALSE(
        accepts("GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n", Form::origin));
    EXPECT_FALSE(accepts("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", Form::origin));
    EXPECT_FALSE(accepts("GET * HTTP/1.1\r\nHost: a\r\n\r\n", Form::origin));
}

TEST(RequestHead, HasLimits) {
    std::string fields;
    for (std::size_t i = 1; i < maximum_fields; ++i) fields += "X: y\r\n";
    EXPECT_TRUE(accepts(plain(fields)));
    EXPECT_FALSE(accepts(plain(fields + "X: y\r\n")));
    const auto empty = plain("X: \r\n").size();
    EXPECT_TRUE(accepts(plain("X: " + std::string(maximum_head - empty, 'y') + "\r\n")));
    EXPECT_FALSE(accepts(plain("X: " + std::string(maximum_head - empty + 1, 'y') + "\r\n")));
    EXPECT_FALSE(accepts(plain("") + "x"));
    EXPECT_FALSE(accepts("\r\n\r\n"));
    EXPECT_FALSE(accepts(""));
}

// What is written is read again as the same request, whatever came in.
TEST(RequestHead, ChangedHeadsAreRefusedOrKeepOneMeaning) {
    std::mt19937 random(1);
    const auto original =
        plain("Accept: */*\r\nContent-Length: 12\r\nConnection: close\r\nCookie: a=b; c=d\r\n",
              "POST http://a.example/path?query HTTP/1.1");
    constexpr std::string_view alphabet = "\r\n :,/@#%\t\0aHx0=.[]";
    int accepted = 0;
    for (int round = 0; round < 20000; ++round) {
        std::string text = original;
        for (auto left = random() % 3 + 1; left > 0; --left) {
            text[random() % text.size()] = alphabet[random() % alphabet.size()];
        }
        if (head_size(text) != text.size()) continue;
        const auto head = parse_request_head(text, Form::proxy);
        if (!head) continue;
        ++accepted;
        const auto written = write_request_head(*head);
        EXPECT_EQ(head_size(written), written.size());
        const auto again = parse_request_head(written, Form::origin);
        ASSERT_TRUE(again) << written;
        EXPECT_EQ(again->authority, head->authority);
        EXPECT_EQ(again->path, head->path);
        EXPECT_EQ(again->body, head->body);
        EXPECT_EQ(again->length, head->length);
        EXPECT_EQ(again->fields.size(), head->fields.size());
    }
    EXPECT_GT(accepted, 100);
}

}  // namespace
}  // namespace shoji::egress
