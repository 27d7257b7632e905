#include "watch/sensor/journal_place.h"

#include <gtest/gtest.h>

namespace shoji::sensor {
namespace {

const std::string real =
    "s=0639ab25f4f348e1a2d40f54a07bc8a7;i=1f40;b=6c7c6013a8c94f0bb2c2bd0a5fd22f8d;m=2b3c4d5;"
    "t=5f1a2b3c4d5e6;x=9f8e7d6c5b4a3921";

TEST(JournalPlace, WhatIsSaidIsHeard) {
    for (const auto& report :
         {JournalReport{}, JournalReport{true, {}}, JournalReport{true, {5, {}}},
          JournalReport{false, {1'700'000'000'000'001, real}},
          JournalReport{false, {INT64_MAX, std::string(most_cursor, 'f')}}}) {
        const auto heard = decode_journal_report(encode(report));
        ASSERT_TRUE(heard);
        EXPECT_EQ(*heard, report);
    }
}

TEST(JournalPlace, ACursorHasNothingThatAWordOfACommandLineCouldMean) {
    EXPECT_TRUE(is_cursor(real));
    for (const auto& text : {std::string(), std::string("s=1 --file=/x"), std::string("s=1\n"),
                             std::string("s=1\0", 4), std::string("s=/etc"), std::string("s=\xff"),
                             std::string(most_cursor + 1, 'f')}) {
        EXPECT_FALSE(is_cursor(text)) << text;
        EXPECT_EQ(encode({false, {5, text}}).size(), journal_report_head) << "it is left out";
    }
}

TEST(JournalPlace, WhatIsNoReportIsRefused) {
    const auto good = encode({true, {5, "s=1"}});
    ASSERT_TRUE(decode_journal_report(good));
    const auto with = [&](std::size_t at, std::uint8_t value) {
        auto bytes = good;
        bytes.at(at) = value;
        return bytes;
    };
    EXPECT_FALSE(decode_journal_report({}));
    EXPECT_FALSE(decode_journal_report(std::span(good).first(journal_report_head - 1)));
    EXPECT_FALSE(decode_journal_report(with(0, 2)));
    EXPECT_FALSE(decode_journal_report(with(8, 0x80))) << "a time before 1970";
    EXPECT_FALSE(decode_journal_report(with(1, 0))) << "a cursor of no entry";
    EXPECT_FALSE(decode_journal_report(with(journal_report_head, ' ')));
    auto longer = good;
    longer.resize(most_journal_report + 1, 'f');
    EXPECT_FALSE(decode_journal_report(longer));
}

}  // namespace
}  // namespace shoji::sensor
