#include "watch/detect/intrusion/lists.h"

#include "watch/detect/incident/names.h"
#include "watch/detect/intrusion/testing/lists.h"

#include <gtest/gtest.h>

namespace shoji::intrusion {
namespace {

TEST(Lists, TheShippedOnesLoad) {
    const auto lists = testing::lists();
    EXPECT_EQ(lists.edition(), "2026-11");
    const auto* sam = lists.credential(incident::path_key("C:\\Windows\\System32\\config\\SAM"));
    ASSERT_NE(sam, nullptr);
    EXPECT_EQ(sam->technique, "T1003.002");
    const auto* chrome = lists.credential(incident::path_key(
        "C:\\Users\\a\\AppData\\Local\\Google\\Chrome\\User Data\\Profile 1\\Login Data"));
    ASSERT_NE(chrome, nullptr);
    EXPECT_EQ(chrome->sort, "browser");
    EXPECT_EQ(lists.credential(incident::path_key("/home/a/shadow")), nullptr);
    EXPECT_EQ(lists.parent("winword.exe")->name, "office");
    EXPECT_EQ(*lists.child("powershell.exe"), "T1059.001");
    EXPECT_EQ(lists.child("notepad.exe"), nullptr);
    EXPECT_TRUE(lists.is_writable(incident::path_key("C:\\Users\\a\\x.exe")));
    EXPECT_DOUBLE_EQ(*lists.extension("txt"), 4.6);
}

TEST(Lists, WhatIsWrongIsNamedByItsLine) {
    for (const auto* wrong :
         {"colour red", "credential lsass", "credential unknown high T1003 */x",
          "credential lsass grave T1003 */x", "credential lsass high 1003 */x",
          "parent office high T1204", "child T1059", "extension nan txt", "extension 9 txt",
          "extension 1e999 txt", "edition a b", "credential lsass high T1003 \"*/x"}) {
        const auto read = Lists::parse("edition 1\n" + std::string(wrong) + "\n");
        ASSERT_FALSE(read) << wrong;
        EXPECT_NE(read.error().message.find("line 2"), std::string::npos) << wrong;
    }
    EXPECT_FALSE(Lists::parse(""));
    EXPECT_FALSE(Lists::parse(std::string(Lists::most_bytes + 1, '\n')));
    EXPECT_FALSE(Lists::parse("edition 1\nwritable " + std::string(201, 'x')));
}

}  // namespace
}  // namespace shoji::intrusion
