#include "core/policy/json_text.h"

#include <gtest/gtest.h>

namespace shoji::policy {
namespace {

constexpr JsonLimits limits{100, 4};

TEST(JsonText, IsReadWhereEachMemberStandsOnce) {
    for (const std::string_view text :
         {"{}", "[]", "null", R"({"a":1,"b":{"a":1}})", R"([{"a":1},{"a":2}])", " {\"a\" : 1.5e3} ",
          R"({"a":"\u3042","b":[true,null,-1,18446744073709551615]})"}) {
        EXPECT_TRUE(parse_json(text, limits)) << text;
    }
    EXPECT_EQ(parse_json(R"({"a":[1,2]})", limits)->at("a").as_array().size(), 2U);
}

TEST(JsonText, IsRefusedWithTwoMembersOfOneName) {
    for (const std::string_view text :
         {R"({"a":1,"a":1})", R"({"a":1,"b":2,"a":3})", R"([{"x":{"a":1,"a":2}}])",
          R"({"a":1,"\u0061":2})", R"({"":1,"":1})"}) {
        const auto value = parse_json(text, limits);
        ASSERT_FALSE(value) << text;
        EXPECT_EQ(value.error().kind, base::ErrorKind::invalid);
        EXPECT_EQ(value.error().key, "admin.member.twice") << text;
    }
}

TEST(JsonText, IsBounded) {
    EXPECT_TRUE(parse_json(std::string(98, ' ') + "{}", limits));
    EXPECT_FALSE(parse_json(std::string(99, ' ') + "{}", limits));
    EXPECT_TRUE(parse_json("[[[[]]]]", limits));
    EXPECT_FALSE(parse_json("[[[[[]]]]]", limits));
    for (const std::string_view text : {"", "{", "{}{}", "nonsense", "{\"a\":\"\xff\"}"}) {
        EXPECT_FALSE(parse_json(text, limits)) << text;
    }
}

}  // namespace
}  // namespace shoji::policy
