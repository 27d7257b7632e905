#include "watch/detect/incident/names.h"

#include <gtest/gtest.h>

namespace shoji::incident {
namespace {

TEST(Names, OneSpellingForAHost) {
    EXPECT_EQ(host_key("PC07.city.example"), "pc07");
    EXPECT_EQ(host_key("pc07"), "pc07");
    EXPECT_EQ(host_key("192.0.2.7"), "192.0.2.7");
    EXPECT_EQ(host_key("2001:DB8::1"), "2001:db8::1");
    EXPECT_EQ(host_key(""), "");
}

TEST(Names, OneSpellingForAUser) {
    EXPECT_EQ(user_key("CITY\\Tanaka"), "tanaka");
    EXPECT_EQ(user_key("tanaka@city.example"), "tanaka");
    EXPECT_EQ(user_key("TANAKA"), "tanaka");
    EXPECT_TRUE(is_local_account("PC07\\admin", "pc07.city.example"));
    EXPECT_FALSE(is_local_account("CITY\\admin", "pc07"));
    EXPECT_FALSE(is_local_account("admin", "pc07"));
    EXPECT_FALSE(is_local_account("\\admin", ""));
}

TEST(Names, LongTextsKeepBothEnds) {
    const std::string huge = "begin" + std::string(10'000'000, 'x') + "end.exe";
    const auto kept = clipped(huge, 240);
    EXPECT_EQ(kept.size(), 240U);
    EXPECT_TRUE(kept.starts_with("begin"));
    EXPECT_TRUE(kept.ends_with("end.exe"));
    EXPECT_LE(host_key(huge).size(), most_name + 3);
    EXPECT_EQ(program_name("C:\\Windows\\System32\\CMD.EXE"), "cmd.exe");
    EXPECT_EQ(path_key("C:\\A\\b"), "c:/a/b");
}

}  // namespace
}  // namespace shoji::incident
