#include "watch/detect/exfiltration/name_list.h"

#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::exfiltration {
namespace {

using ::testing::HasSubstr;

TEST(NameList, FindsTheLongestListedName) {
    const auto list =
        NameList::parse("edition one\nstorage example.com # a\nwebmail Mail.Example.com\n\n");
    ASSERT_TRUE(list);
    EXPECT_EQ(list->edition(), "one");
    EXPECT_EQ(list->find("a.b.example.com").category, Category::storage);
    EXPECT_EQ(list->find("a.b.example.com").name, "example.com");
    EXPECT_EQ(list->find("x.mail.example.com").category, Category::webmail);
    EXPECT_EQ(list->find("notexample.com").category, Category::none);
    EXPECT_EQ(list->find("com").category, Category::none);
    EXPECT_EQ(list->find("").category, Category::none);
}

TEST(NameList, ErrorsNameTheLine) {
    const auto message = [](std::string_view text) {
        const auto list = NameList::parse(text);
        return list ? std::string("no error") : list.error().message;
    };
    EXPECT_THAT(message("storage example.com\n"), HasSubstr("line 1: the edition"));
    EXPECT_THAT(message(""), HasSubstr("no edition"));
    EXPECT_THAT(message("edition 1\ncloud example.com\n"), HasSubstr("line 2: no such category"));
    EXPECT_THAT(message("edition 1\n\nstorage example\n"), HasSubstr("line 3: no name"));
    EXPECT_THAT(message("edition 1\nstorage\n"), HasSubstr("line 2: no name"));
    EXPECT_THAT(message("edition 1\nstorage a.b\npaste A.b\n"), HasSubstr("line 3: stands there"));
}

TEST(NameList, TheCommittedEditionIsRight) {
    std::ifstream file(SHOJI_NAME_LIST);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto list = NameList::parse(text);
    ASSERT_TRUE(list) << list.error().message;
    EXPECT_EQ(list->edition(), "2026-11");
    EXPECT_GT(list->size(), 100U);
    EXPECT_EQ(list->find("www.gigafile.nu").category, Category::storage);
    EXPECT_EQ(list->find("pastebin.com").category, Category::paste);
}

}  // namespace
}  // namespace shoji::exfiltration
