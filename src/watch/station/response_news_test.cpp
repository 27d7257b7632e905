#include "watch/station/response_news.h"

#include <vector>

#include <gtest/gtest.h>

namespace shoji::station {
namespace {

using namespace std::chrono_literals;
using letters::Note;

TEST(ResponseNews, TellsOfEachRuleAtOnceAndThenOnceAMinute) {
    ResponseNews news;
    std::vector<letters::Notice> said;
    bool hears = true;
    const auto tell = [&](std::chrono::seconds at) {
        news.tell(ResponseNews::Time(at), [&](const letters::Notice& notice) {
            if (hears) said.push_back(notice);
            return hears;
        });
    };
    news.add(Note::response_failed, "a rule", "it is gone");
    news.add(Note::response_waits, "other", "00");
    EXPECT_TRUE(news.waits());
    hears = false;
    tell(100s);
    EXPECT_TRUE(news.waits()) << "nobody heard it";
    hears = true;
    tell(101s);
    ASSERT_EQ(said.size(), 2U);
    EXPECT_EQ(said[0], (letters::Notice{Note::response_failed, "a_rule it is gone", 1}));
    EXPECT_EQ(said[1], (letters::Notice{Note::response_waits, "other 00", 1}));
    EXPECT_FALSE(news.waits());
    for (int i = 0; i < 1000; ++i) news.add(Note::response_failed, "a rule", "it is protected");
    tell(160s);
    EXPECT_EQ(said.size(), 2U);
    tell(161s);
    ASSERT_EQ(said.size(), 3U);
    EXPECT_EQ(said[2], (letters::Notice{Note::response_failed, "a_rule it is protected", 1000}));
    tell(1000s);
    EXPECT_EQ(said.size(), 3U);
}

}  // namespace
}  // namespace shoji::station
