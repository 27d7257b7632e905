#include "screen/egress/authority.h"

#include <gtest/gtest.h>

namespace shoji::egress {
namespace {

Authority name(std::string host, std::optional<std::uint16_t> port = std::nullopt) {
    return {HostKind::name, std::move(host), port};
}

TEST(Authority, ReadsNames) {
    EXPECT_EQ(parse_authority("example.jp"), name("example.jp"));
    EXPECT_EQ(parse_authority("example.jp:443"), name("example.jp", std::uint16_t{443}));
    EXPECT_EQ(parse_authority("EXAMPLE.jp:1"), name("example.jp", std::uint16_t{1}));
    EXPECT_EQ(parse_authority("example.jp.:65535"), name("example.jp", std::uint16_t{65535}));
    EXPECT_EQ(parse_authority("xn--eckwd4c7c.example"), name("xn--eckwd4c7c.example"));
    EXPECT_EQ(parse_authority("localhost:80"), name("localhost", std::uint16_t{80}));
    EXPECT_EQ(parse_authority("127.0.0.1.example.jp"), name("127.0.0.1.example.jp"));
}

TEST(Authority, ReadsAddresses) {
    const auto is = [](std::string_view text, const char* host) {
        const auto authority = parse_authority(text);
        return authority && authority->kind == HostKind::address && authority->host == host;
    };
    EXPECT_TRUE(is("127.0.0.1:80", "127.0.0.1"));
    EXPECT_TRUE(is("127.0.0.1.", "127.0.0.1"));
    EXPECT_TRUE(is("[::1]:443", "::1"));
    EXPECT_TRUE(is("[0:0:0:0:0:0:0:1]", "::1"));
    EXPECT_TRUE(is("[2001:DB8::1]:443", "2001:db8::1"));
    // Not the same text as 127.0.0.1, so never taken for a listed 127.0.0.1.
    EXPECT_TRUE(is("[::ffff:127.0.0.1]:443", "::ffff:127.0.0.1"));
    EXPECT_TRUE(is("[::ffff:7f00:1]:443", "::ffff:127.0.0.1"));
}

TEST(Authority, SeesThroughOtherFormsOfAddresses) {
    for (const char* text :
         {"127.1", "0x7f.1", "0x7f000001", "0X7F000001", "2130706433", "017700000001", "0177.0.0.1",
          "127.0.0.01", "1", "0", "999.999.999.999", "1.2.3.4.5", "a.b.1", "a.0x1f", "127.0.1.",
          "0x", "a.0x", "4294967296:443", "example.00"}) {
        const auto authority = parse_authority(text);
        ASSERT_TRUE(authority) << text;
        EXPECT_EQ(authority->kind, HostKind::numeric) << text;
        EXPECT_EQ(authority->host, "") << text;
    }
}

TEST(Authority, KnowsNamesThatNoOriginHas) {
    for (const char* text : {"a_b.example", "-a.example", "a-.example", "a..b", ".a", "a..", "~"}) {
        const auto authority = parse_authority(text);
        ASSERT_TRUE(authority) << text;
        EXPECT_EQ(authority->kind, HostKind::other) << text;
        EXPECT_EQ(authority->host, "") << text;
    }
    EXPECT_EQ(parse_authority(std::string(300, 'a'))->kind, HostKind::other);
}

TEST(Authority, RefusesMalformedOnes) {
    for (const char* text : {"",
                             ".",
                             ":",
                             ":80",
                             "a:",
                             "a:0",
                             "a:65536",
                             "a:99999999999",
                             "a:-1",
                             "a:+1",
                             "a: 1",
                             "a:1x",
                             "a:1:2",
                             "a:0x50",
                             "user@a",
                             "user:pw@a:80",
                             "a.example@b.example",
                             "a b",
                             " a",
                             "a ",
                             "a/b",
                             "a?b",
                             "a#b",
                             "a\\b",
                             "a%2eb",
                             "a%00",
                             "ａ.example",
                             "例え.jp",
                             "a;b",
                             "a,b",
                             "*.example",
                             "a\tb",
                             "a\nb",
                             "[::1",
                             "[]",
                             "[::1]x",
                             "[::1]:",
                             "[::1]80",
                             "[::1%25lo]",
                             "[127.0.0.1]",
                             "[v1.a]",
                             "[ ::1]",
                             "::1",
                             "[::1]]:80",
                             "[[::1]]",
                             "'a'",
                             "a&b",
                             "(a)"}) {
        EXPECT_FALSE(parse_authority(text)) << text;
    }
    EXPECT_FALSE(parse_authority(std::string_view("a\0b", 3)));
    EXPECT_FALSE(parse_authority(std::string_view("[::1\0]", 6)));
}

}  // namespace
}  // namespace shoji::egress
