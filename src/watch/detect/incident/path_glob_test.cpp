#include "watch/detect/incident/path_glob.h"

#include "watch/detect/incident/names.h"

#include <gtest/gtest.h>

namespace shoji::incident {
namespace {

bool matches(std::string_view pattern, std::string_view path) {
    return PathGlob(pattern).matches(path_key(path));
}

TEST(PathGlob, ABackslashBeforeAStarIsAFolder) {
    EXPECT_TRUE(matches("C:\\Backup\\*", "c:\\backup\\agent.exe"));
    EXPECT_TRUE(matches("c:/backup/*", "C:\\Backup\\agent.exe"));
    EXPECT_FALSE(matches("C:\\Backup\\*", "C:\\Backup2\\agent.exe"));
    EXPECT_TRUE(matches("*\\lsass.exe", "C:\\Windows\\System32\\lsass.exe"));
    EXPECT_TRUE(matches("/etc/sh?dow", "/etc/shadow"));
    EXPECT_FALSE(matches("/etc/shadow", "/etc/shadow-"));
    EXPECT_TRUE(matches("*", ""));
    EXPECT_FALSE(matches("?", ""));
    EXPECT_TRUE(matches("*資料*", "C:\\資料\\a.txt"));
}

}  // namespace
}  // namespace shoji::incident
