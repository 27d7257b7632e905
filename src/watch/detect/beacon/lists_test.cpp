#include "watch/detect/beacon/lists.h"

#include <gtest/gtest.h>

namespace shoji::beacon {
namespace {

TEST(DomainList, reads_names_with_and_without_a_day) {
    const auto list = DomainList::read(
        "# young ones\n"
        "fresh.example\n"
        "New.Example.COM, 2026-06-01\r\n"
        "other.example 2026-05-30  # seen by many\n"
        "\n");
    ASSERT_TRUE(list);
    EXPECT_EQ(list->size(), 3U);
    EXPECT_EQ(list->bad_lines(), 0U);
    EXPECT_EQ(list->find("fresh.example")->registered, 0);
    EXPECT_EQ(list->find("new.example.com")->registered, 1'780'272'000);
}

TEST(DomainList, finds_what_is_under_a_domain_and_nothing_beside_it) {
    const auto list = DomainList::read("fresh.example\n");
    EXPECT_TRUE(list->find("a.b.fresh.example"));
    EXPECT_FALSE(list->find("notfresh.example"));
    EXPECT_FALSE(list->find("example"));
    EXPECT_FALSE(list->find(""));
}

TEST(DomainList, counts_lines_that_are_no_domains) {
    const auto list = DomainList::read(
        "good.example\n"
        "two words here\n"
        ".leading.dot\n"
        "empty..label\n"
        "sl/ash\n"
        "bad.date 2026-99-99\n" +
        std::string(10'000'000, 'a') + "\n");
    ASSERT_TRUE(list);
    EXPECT_EQ(list->size(), 1U);
    EXPECT_EQ(list->bad_lines(), 6U);
}

TEST(DomainList, refuses_more_than_it_may_hold) {
    std::string text;
    for (std::size_t i = 0; i <= DomainList::most_domains; ++i) text += std::to_string(i) + ".jp\n";
    EXPECT_FALSE(DomainList::read(text));
}

}  // namespace
}  // namespace shoji::beacon
