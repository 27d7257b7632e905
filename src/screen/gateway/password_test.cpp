#include "screen/gateway/password.h"

#include <set>

#include <gtest/gtest.h>

namespace shoji::gateway {
namespace {

TEST(Password, IsVerifiedByItsHashAlone) {
    const auto hash = hash_password("correct horse battery");
    ASSERT_TRUE(hash);
    EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=65536,t=3,p=1$")) << *hash;
    EXPECT_TRUE(verify_password(*hash, "correct horse battery"));
    EXPECT_FALSE(verify_password(*hash, "correct horse batterz"));
    EXPECT_FALSE(verify_password(*hash, ""));
    EXPECT_FALSE(verify_password("", ""));
    EXPECT_FALSE(verify_password(nobodys_hash(), ""));
}

TEST(Password, OfNobodyCostsWhatAUsersDoes) {
    EXPECT_TRUE(nobodys_hash().starts_with("$argon2id$v=19$m=65536,t=3,p=1$"));
}

TEST(Password, MustNotBeEasyToGuess) {
    EXPECT_EQ(weakness_of("correct horse battery", "hanako"), std::nullopt);
    EXPECT_EQ(weakness_of("庁舎の桜がきれいに咲いた", "hanako"), std::nullopt);
    EXPECT_EQ(weakness_of("elevenchars", "hanako"), "enrol.password_short");
    EXPECT_EQ(weakness_of("桜が咲いた", "hanako"), "enrol.password_short");
    EXPECT_EQ(weakness_of("aaaaaaaaaaaaaaaa", "hanako"), "enrol.password_simple");
    EXPECT_EQ(weakness_of("abcdabcdabcdabcd", "hanako"), "enrol.password_simple");
    EXPECT_EQ(weakness_of("my name is Hanako!", "hanako"), "enrol.password_simple");
    EXPECT_EQ(weakness_of("broken \xff text here", "hanako"), "enrol.password_simple");
    EXPECT_EQ(weakness_of(std::string(longest_password + 1, 'x'), "hanako"), "enrol.password_long");
}

TEST(OneTimePassword, IsNewEachTimeAndReadable) {
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) {
        const std::string password = one_time_password();
        EXPECT_EQ(password.size(), 19U);
        EXPECT_EQ(password.find_first_of("lo01"), std::string::npos);
        seen.insert(password);
    }
    EXPECT_EQ(seen.size(), 100U);
}

}  // namespace
}  // namespace shoji::gateway
