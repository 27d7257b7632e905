#include "screen/gateway/cookie.h"

#include "screen/gateway/token.h"

#include <gtest/gtest.h>

namespace shoji::gateway {
namespace {

TEST(Cookie, IsFoundAmongOthers) {
    EXPECT_EQ(cookie_value("__Host-shoji=abc"), "abc");
    EXPECT_EQ(cookie_value("a=b; __Host-shoji=abc; c=d"), "abc");
    EXPECT_EQ(cookie_value(" \t__Host-shoji=abc ;"), "abc");
    EXPECT_EQ(cookie_value("__Host-shoji="), "");
}

TEST(Cookie, IsNotFoundWhereItIsNot) {
    for (const std::string_view header : {"", ";", "=", "x__Host-shoji=abc", "__Host-shojix=abc",
                                          "__Host-shoji", "__host-shoji=a"}) {
        EXPECT_FALSE(cookie_value(header)) << header;
    }
}

TEST(Cookie, IsRefusedWhenItStandsTwice) {
    EXPECT_FALSE(cookie_value("__Host-shoji=planted; __Host-shoji=own"));
}

TEST(Cookie, CarriesEveryProtection) {
    const std::string header = set_cookie("abc");
    EXPECT_TRUE(header.starts_with("__Host-shoji=abc; "));
    for (const auto* part : {"; Path=/", "; Secure", "; HttpOnly", "; SameSite=Strict"}) {
        EXPECT_NE(header.find(part), std::string::npos) << part;
        EXPECT_NE(clear_cookie().find(part), std::string::npos) << part;
    }
    EXPECT_EQ(header.find("Domain"), std::string::npos);
    EXPECT_NE(clear_cookie().find("Max-Age=0"), std::string::npos);
}

TEST(Token, ComesBackFromItsText) {
    const Token token = new_token();
    EXPECT_EQ(token_from(to_hex(token)), token);
    EXPECT_NE(new_token(), token);
}

TEST(Token, IsRefusedInAnyOtherForm) {
    const std::string good = to_hex(new_token());
    std::string upper = good;
    upper[0] = 'A';
    std::string other = good;
    other[63] = 'g';
    for (const std::string& text : {std::string(), good.substr(1), good + "0", upper, other}) {
        EXPECT_FALSE(token_from(text)) << text;
    }
}

TEST(Token, TellsNothingInItsCsrfToken) {
    const Token token = new_token();
    EXPECT_EQ(csrf_of(token), csrf_of(token));
    EXPECT_NE(csrf_of(token), csrf_of(new_token()));
    EXPECT_NE(csrf_of(token), to_hex(token));
    EXPECT_NE(csrf_of(token), to_hex(digest_of(token))) << "the store's digest is no CSRF token";
}

TEST(Token, ComparesWholeTexts) {
    EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
    EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
    EXPECT_FALSE(equal_in_constant_time("abc", "ab"));
    EXPECT_FALSE(equal_in_constant_time("", "a"));
}

}  // namespace
}  // namespace shoji::gateway
