#include "screen/gateway/bodies.h"

#include <gtest/gtest.h>

namespace shoji::gateway {
namespace {

TEST(SignInBody, IsReadWithAndWithoutACode) {
    const auto body = sign_in_body(R"({"user":"hanako","password":"合言葉","code":"123456"})");
    ASSERT_TRUE(body);
    EXPECT_EQ(body->user, "hanako");
    EXPECT_EQ(body->password, "合言葉");
    EXPECT_EQ(body->code, "123456");
    EXPECT_EQ(sign_in_body(R"({"user":"h","password":"p"})")->code, std::nullopt);
}

TEST(SignInBody, IsRefusedWhenMalformed) {
    for (const std::string& text :
         {std::string(), std::string("[]"), std::string("null"), std::string("{"),
          std::string(R"({"user":"h"})"), std::string(R"({"user":1,"password":"p"})"),
          std::string(R"({"user":"h","password":"p","more":1})"),
          std::string(R"({"user":"h","password":"p","user":"taro"})"),
          std::string(R"({"user":"h","password":"p"} x)"),
          std::string("{\"user\":\"\xff\",\"password\":\"p\"}"),
          R"({"user":"h","password":")" + std::string(2000, 'x') + "\"}", std::string(100, '[')}) {
        EXPECT_FALSE(sign_in_body(text)) << text;
    }
}

TEST(SignInBody, IsNotRepeatedInTheError) {
    const auto body = sign_in_body(R"({"user":"h","password":"p","my secret":1})");
    ASSERT_FALSE(body);
    EXPECT_EQ(body.error().message.find("secret"), std::string::npos);
}

TEST(ScreenBody, IsReadWithinItsBounds) {
    const auto body = screen_body(
        R"({"destination":"demo","width":1280,"height":800,"scale":150,"locale":"en","layout":"us"})");
    ASSERT_TRUE(body);
    EXPECT_EQ(body->destination, "demo");
    EXPECT_EQ(body->geometry, (control::Geometry{1280, 800, 150}));
    EXPECT_EQ(body->locale, control::Locale::en);
    EXPECT_EQ(body->layout, control::Layout::us);
}

TEST(ScreenBody, IsRefusedOutOfItsBounds) {
    const auto with = [](std::string_view width, std::string_view scale, std::string_view locale) {
        return fmt::format(
            R"({{"destination":"d","width":{},"height":800,"scale":{},"locale":"{}","layout":"jp"}})",
            width, scale, locale);
    };
    EXPECT_TRUE(screen_body(with("64", "60", "ja")));
    EXPECT_TRUE(screen_body(with("7680", "480", "ja")));
    EXPECT_FALSE(screen_body(with("63", "60", "ja")));
    EXPECT_FALSE(screen_body(with("7681", "60", "ja")));
    EXPECT_FALSE(screen_body(with("-1", "60", "ja")));
    EXPECT_FALSE(screen_body(with("1e3", "60", "ja")));
    EXPECT_FALSE(screen_body(with("99999999999999999999", "60", "ja")));
    EXPECT_FALSE(screen_body(with("800", "481", "ja")));
    EXPECT_FALSE(screen_body(with("800", "120", "fr")));
}

TEST(EmptyBody, IsAnObjectWithoutMembers) {
    EXPECT_TRUE(empty_body("{}"));
    EXPECT_FALSE(empty_body(""));
    EXPECT_FALSE(empty_body(R"({"a":1})"));
}

TEST(TicketOfQuery, IsTheOnlyParameter) {
    EXPECT_EQ(ticket_of_query("ticket=abc"), "abc");
    for (const std::string_view query :
         {"", "ticket", "Ticket=abc", "ticket=a&x=y", "x=y&ticket=a", "ticket=a;b", "ticket=a=b"}) {
        EXPECT_FALSE(ticket_of_query(query)) << query;
    }
}

TEST(UserName, HasPlainCharactersOnly) {
    for (const std::string_view name : {"hanako", "y.tanaka", "a", "0-9_z"}) {
        EXPECT_TRUE(is_user_name(name)) << name;
    }
    for (const std::string_view name : {"", "Hanako", ".x", "-x", "a b", "花子", "a/b", "a\n"}) {
        EXPECT_FALSE(is_user_name(name)) << name;
    }
    EXPECT_FALSE(is_user_name(std::string(65, 'a')));
}

}  // namespace
}  // namespace shoji::gateway
