#include "watch/event/time.h"

#include <gtest/gtest.h>

namespace shoji::event {
namespace {

constexpr Time second = 1'000'000'000;

TEST(Time, IsReadInTheFormsOfLogs) {
    constexpr Time expected = 1'764'229'210 * second;
    EXPECT_EQ(parse_time("2025-11-27T07:40:10Z"), expected);
    EXPECT_EQ(parse_time("2025-11-27 07:40:10"), expected);
    EXPECT_EQ(parse_time("2025-11-27T16:40:10+09:00"), expected);
    EXPECT_EQ(parse_time("2025-11-27T16:40:10 +0900"), expected);
    EXPECT_EQ(parse_time("2025-11-27T07:40:10.1653241Z"), expected + 165'324'100);
    EXPECT_EQ(parse_time("2025-11-27T07:40:10.12345678901Z"), expected + 123'456'789);
    EXPECT_EQ(parse_time("2025-11-27"), expected - (7 * 3600 + 40 * 60 + 10) * second);
    EXPECT_EQ(parse_time("1970-01-01T00:00:00Z"), 0);
}

TEST(Time, IsRefusedInAnyOtherForm) {
    for (const auto* text : {"", "2025", "2025-13-01", "2025-02-30", "1969-12-31", "2300-01-01",
                             "2025-11-27T25:00:00Z", "2025-11-27T07:60", "2025-11-27T07:40:10X",
                             "2025-11-27T07:40:10+9", "2025-11-27T07:40:10Zz", "20251127"}) {
        EXPECT_EQ(parse_time(text), std::nullopt) << text;
    }
}

TEST(Time, IsWrittenAsItWasRead) {
    const auto* text = "2026-11-23T22:41:07.000000001Z";
    EXPECT_EQ(format_time(*parse_time(text)), text);
}

TEST(Time, HasWeeksByTheirThursday) {
    const auto week = [](std::string_view text) { return calendar_of(*parse_time(text)).week; };
    EXPECT_EQ(week("2021-01-03"), 53);
    EXPECT_EQ(week("2021-01-04"), 1);
    EXPECT_EQ(week("2024-12-30"), 1);
    EXPECT_EQ(week("2026-11-23"), 48);
}

}  // namespace
}  // namespace shoji::event
