#include "watch/event/event_time.h"

#include "watch/event/json_reader.h"
#include "watch/event/time.h"

#include <cstdlib>
#include <ctime>
#include <string>

#include <gtest/gtest.h>

namespace shoji::event {
namespace {

class EventTimeTest : public ::testing::Test {
  protected:
    // The time of a document, "-" for none, "local …" where it says no offset.
    std::string time_of(std::string_view text, const TimeZone& zone = {}) {
        JsonReader reader(names_, windows_, JsonReader::Way::scanned, zone);
        Event event;
        std::string padded(text);
        padded.resize(text.size() + json_padding);
        EXPECT_TRUE(reader.read({padded.data(), text.size()}, event)) << text;
        if (event.time == 0) return "-";
        return (event.local_time ? "local " : "") + format_time(event.time);
    }

    Names names_;
    WindowsSources windows_{names_};
};

TEST_F(EventTimeTest, ReadsAllWaysOfWritingOne) {
    const std::string is = "2021-02-03T09:54:38.000000000Z";
    for (const auto* text :
         {R"({"TimeCreated":"/Date(1612346078000)/"})",
          R"({"TimeCreated":"/Date(1612346078000+0900)/"})",
          R"({"TimeCreated":{"SystemTime":"2021-02-03T09:54:38Z"}})",
          R"({"TimeCreated.SystemTime":"2021-02-03T09:54:38Z"})",
          R"({"System":{"TimeCreated":{"SystemTime":"2021-02-03T09:54:38Z"}}})",
          R"({"TimeGenerated":"2021-02-03T09:54:38Z"})", R"({"ts":1612346078.000})",
          R"({"ts":"1612346078"})", R"({"time":1612346078000})", R"({"time":1612346078000000})",
          R"({"time":1612346078000000000})", R"({"time":"2021-02-03T18:54:38+09:00"})",
          R"({"Timestamp":"2021-02-03 09:54:38Z"})", R"({"_time":"2021-02-03T09:54:38.000+00:00"})",
          R"({"eventTime":"2021-02-03T09:54:38Z"})", R"({"@timestamp":1612346078000})",
          R"({"CreationTime":"2021-02-03T09:54:38"})",
          R"({"requestReceivedTimestamp":"2021-02-03T09:54:38Z"})"}) {
        EXPECT_EQ(time_of(text), is) << text;
    }
    EXPECT_EQ(time_of(R"({"ts":1612346078.123456})"), "2021-02-03T09:54:38.123456000Z");
    EXPECT_EQ(time_of(R"({"time":1612346078123.5})"), "2021-02-03T09:54:38.123500000Z");
}

TEST_F(EventTimeTest, NumbersThatAreNone) {
    for (const auto* text :
         {R"({"time":12})", R"({"time":99999999})", R"({"ts":-1612346078})", R"({"ts":"16x"})",
          R"({"ts":1.6e9})", R"({"time":"/Date(99999999999999999999)/"})", R"({"time":"/Date()/"})",
          R"({"time":99999999999999999999999})", R"({"time":18446744073709551615})",
          R"({"time":null})"}) {
        EXPECT_EQ(time_of(text), "-") << text;
    }
}

TEST_F(EventTimeTest, OneWithAnOffsetIsBetterThanALocalOne) {
    EXPECT_EQ(time_of(R"({"EventTime":"2026-11-20 10:02:03","time":"2026-11-20T10:02:03+09:00"})"),
              "2026-11-20T01:02:03.000000000Z");
    EXPECT_EQ(time_of(R"({"EventTime":"2026-11-20 10:02:03","UtcTime":"2026-11-20 01:02:03.100"})"),
              "2026-11-20T01:02:03.100000000Z");
    EXPECT_EQ(time_of(R"({"EventTime":"2026-11-20 10:02:03","time":17})"),
              "local 2026-11-20T10:02:03.000000000Z")
        << "a duration is no time";
    EXPECT_EQ(time_of(R"({"@timestamp":"?","time":"2026-11-20T10:02:03Z"})"),
              "2026-11-20T10:02:03.000000000Z");
}

TEST_F(EventTimeTest, LocalTimesAreOfTheZone) {
    const auto zone = TimeZone::named("+09:00");
    ASSERT_TRUE(zone);
    EXPECT_EQ(time_of(R"({"EventTime":"2026-11-20 10:02:03"})", *zone),
              "local 2026-11-20T01:02:03.000000000Z");
    EXPECT_EQ(time_of(R"({"SystemTime":"2026-11-20 10:02:03"})", *zone),
              "2026-11-20T10:02:03.000000000Z")
        << "UTC by its definition";
}

TEST(TimeZoneTest, KnowsOffsets) {
    constexpr Time minute = 60'000'000'000;
    EXPECT_EQ(TimeZone::named("UTC")->offset_at(0), 0);
    EXPECT_EQ(TimeZone::named("+09:00")->offset_at(0), 540 * minute);
    EXPECT_EQ(TimeZone::named("-0330")->offset_at(0), -210 * minute);
    EXPECT_EQ(TimeZone::named("+09")->offset_at(0), 540 * minute);
    for (const auto* name : {"", "09:00", "+9", "+09:60", "+25:00", "+09:0", "+0900x",
                             "Asia/Nowhere", "../zoneinfo/Asia/Tokyo",
                             "/usr/share/zoneinfo/Asia/Tokyo", "Asia", ":UTC", "tzdata.zi"}) {
        EXPECT_FALSE(TimeZone::named(name)) << name;
    }
}

TEST(TimeZoneTest, KnowsPlaces) {
    const auto tokyo = TimeZone::named("Asia/Tokyo");
    if (!tokyo) GTEST_SKIP() << "this machine has no time zone database";
    EXPECT_EQ(tokyo->to_utc(*parse_time("2026-11-20T10:02:03")),
              *parse_time("2026-11-20T01:02:03Z"));
    const auto berlin = TimeZone::named("Europe/Berlin");
    ASSERT_TRUE(berlin);
    const auto utc = [&](std::string_view local) {
        return format_time(berlin->to_utc(*parse_time(local))).substr(0, 16);
    };
    EXPECT_EQ(utc("2026-01-01T12:00"), "2026-01-01T11:00");
    EXPECT_EQ(utc("2026-07-01T12:00"), "2026-07-01T10:00");
    EXPECT_EQ(utc("2026-03-29T01:59"), "2026-03-29T00:59");
    EXPECT_EQ(utc("2026-03-29T03:00"), "2026-03-29T01:00");
    EXPECT_EQ(utc("2026-10-25T01:59"), "2026-10-24T23:59");
    EXPECT_EQ(utc("2026-10-25T02:30"), "2026-10-25T01:30") << "shown twice";
    EXPECT_EQ(utc("2026-10-25T03:00"), "2026-10-25T02:00");
}

TEST(TimeZoneTest, OfTimesWithoutOffsetTakesTheZone) {
    const auto zone = *TimeZone::named("+09:00");
    EXPECT_EQ(parse_time("2026-11-20T10:02:03", zone), parse_time("2026-11-20T01:02:03Z"));
    EXPECT_EQ(parse_time("2026-11-20T10:02:03Z", zone), parse_time("2026-11-20T10:02:03Z"));
    EXPECT_FALSE(parse_time("yesterday", zone));
}

TEST(TimeZoneTest, SaysItsOffset) {
    EXPECT_EQ(TimeZone().offset_text_at(0), "UTC");
    EXPECT_EQ(TimeZone::named("+09:00")->offset_text_at(0), "+09:00");
    EXPECT_EQ(TimeZone::named("-0330")->offset_text_at(0), "-03:30");
}

// As the C library has it.
TEST(TimeZoneTest, KnowsThisMachines) {
    const auto zone = TimeZone::local();
    for (const std::time_t seconds : {std::time_t{0}, std::time_t{1'784'000'000}}) {
        std::tm local{};
        ASSERT_NE(::localtime_r(&seconds, &local), nullptr);
        EXPECT_EQ(zone.offset_at(Time{seconds} * 1'000'000'000),
                  Time{local.tm_gmtoff} * 1'000'000'000);
    }
}

TEST(TimeZoneTest, LeavesTheProcessAsItWas) {
    const char* before = std::getenv("TZ");
    const std::string value = before == nullptr ? "-" : before;
    static_cast<void>(TimeZone::named("Asia/Tokyo"));
    const char* after = std::getenv("TZ");
    EXPECT_EQ(after == nullptr ? "-" : std::string(after), value);
}

}  // namespace
}  // namespace shoji::event
