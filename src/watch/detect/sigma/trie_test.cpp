#include "watch/detect/sigma/trie.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::sigma {
namespace {

std::vector<std::uint32_t> found(const Trie& trie, std::string_view text) {
    std::vector<std::uint32_t> all;
    trie.walk(text, [&](std::uint32_t value) { all.push_back(value); });
    return all;
}

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST(Trie, FindsBeginningsAndWholes) {
    Trie trie;
    trie.add("ab", false, 1);
    trie.add("abc", false, 2);
    trie.add("abc", true, 3);
    trie.add("abd", true, 4);
    trie.add("", true, 5);
    trie.add("ab", false, 6);
    trie.build(Trie::Direction::forward);
    EXPECT_THAT(found(trie, "abc"), UnorderedElementsAre(1, 2, 3, 6));
    EXPECT_THAT(found(trie, "abcd"), UnorderedElementsAre(1, 2, 6));
    EXPECT_THAT(found(trie, "abd"), UnorderedElementsAre(1, 4, 6));
    EXPECT_THAT(found(trie, ""), UnorderedElementsAre(5));
    EXPECT_THAT(found(trie, "b"), IsEmpty());
}

TEST(Trie, FindsEnds) {
    Trie trie;
    trie.add("\\cmd.exe", false, 1);
    trie.add(".exe", false, 2);
    trie.add("\xff", false, 3);
    trie.build(Trie::Direction::backward);
    EXPECT_THAT(found(trie, "c:\\cmd.exe"), UnorderedElementsAre(1, 2));
    EXPECT_THAT(found(trie, "cmd.exe"), UnorderedElementsAre(2));
    EXPECT_THAT(found(trie, "x\xff"), UnorderedElementsAre(3));
    EXPECT_THAT(found(trie, ""), IsEmpty());
}

TEST(Trie, MayBeEmpty) {
    Trie trie;
    trie.build(Trie::Direction::forward);
    EXPECT_THAT(found(trie, "x"), IsEmpty());
}

}  // namespace
}  // namespace shoji::sigma
