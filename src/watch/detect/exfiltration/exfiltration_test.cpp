#include "watch/detect/exfiltration/exfiltration.h"

#include "core/guard/my_number.h"
#include "watch/detect/exfiltration/testing/days.h"

#include <random>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::exfiltration {
namespace {

using event::ActivityKind;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace testing;

TEST(Exfiltration, UsualDaysAreNoAlert) {
    Watch watch;
    watch.usual_weeks();
    EXPECT_THAT(watch.alerts, IsEmpty());
}

TEST(Exfiltration, ALoudUploadSaysHowMuchFromWhatToWhereAgainstWhat) {
    Watch watch;
    watch.usual_weeks();
    for (int i = 0; i < 50; ++i) {
        watch.see(upload(third_monday + 10 * hour + i * minute, "a.new.example.org", 10'000'000));
    }
    // Once, and again when it has become much more.
    ASSERT_GE(watch.alerts.size(), 1U);
    ASSERT_LE(watch.alerts.size(), 2U);
    const auto& alert = watch.alerts[0];
    EXPECT_EQ(alert.host, "pc1");
    EXPECT_EQ(alert.user, "sato");
    EXPECT_EQ(alert.process, R"(C:\a.exe)");
    EXPECT_EQ(alert.destination, "example.org");
    EXPECT_GT(alert.amount, 20'000'000U);
    EXPECT_GT(alert.amount, alert.baseline.limit);
}

TEST(Exfiltration, WhatWasDeniedOrStaysInsideIsNone) {
    Watch watch;
    watch.usual_weeks();
    auto denied = upload(third_monday, "new.example.org", 900'000'000);
    denied.denied = true;
    watch.see(denied);
    watch.see(upload(third_monday, "backup.city.lg.jp", 900'000'000));
    auto local = upload(third_monday, "", 900'000'000);
    watch.see(local);
    EXPECT_THAT(watch.alerts, IsEmpty());
}

TEST(Exfiltration, AtNightLessIsTooMuch) {
    Watch watch;
    watch.usual_weeks();
    for (int i = 0; i < 5; ++i) {
        watch.see(upload(third_monday + 26 * hour + i * minute,
                         fmt::format("n{}.example-{}.org", i, i), 5'000'000));
    }
    EXPECT_EQ(watch.count(Kind::volume_hour), 1U);
    EXPECT_EQ(watch.alerts.at(0).baseline.median, 0U);
}

TEST(Exfiltration, WhatOneSendsEveryDayIsUsual) {
    Watch watch;
    for (int d = 0; d < 28; ++d) {
        watch.see(upload(monday + d * day + 10 * hour, "partner.example.org", 25'000'000));
    }
    const auto learnt = watch.alerts.size();
    watch.see(upload(monday + 28 * day + 10 * hour, "partner.example.org", 27'000'000));
    EXPECT_EQ(watch.alerts.size(), learnt);
    watch.see(upload(monday + 29 * day + 10 * hour, "partner.example.org", 900'000'000));
    ASSERT_EQ(watch.count(Kind::pair_day), 1U);
    EXPECT_EQ(watch.alerts.back().baseline.from, Baseline::From::own);
    EXPECT_GE(watch.alerts.back().baseline.samples, 20U);
}

TEST(Exfiltration, StorageAndPasteSitesAreAllowedLess) {
    Watch watch;
    watch.usual_weeks();
    for (int d = 0; d < 5; ++d) {
        for (int i = 0; i < 40; ++i) {
            watch.see(upload(third_monday + d * day + 9 * hour + i * 10 * minute,
                             "up.drive.example", 600'000));
        }
    }
    watch.see(upload(third_monday + 4 * day, "paste.example", 400'000, "pc2"));
    EXPECT_EQ(watch.count(Kind::pair_day), 0U) << "the fixed limit is ten floors";
    watch.see(upload(third_monday + 4 * day, "up.drive.example", 120'000'000));
    EXPECT_GE(watch.alerts.size(), 1U);
    EXPECT_EQ(watch.alerts.back().medium, Medium::storage);
    EXPECT_EQ(watch.alerts.back().destination, "drive.example");
}

TEST(Exfiltration, WhatNoDayShowsAWeekDoes) {
    Watch watch;
    watch.usual_weeks();
    for (int d = 0; d < 7; ++d) {
        for (int i = 0; i < 90; ++i) {
            watch.see(
                upload(third_monday + d * day + i * 10 * minute, "up.drive.example", 700'000));
        }
    }
    EXPECT_EQ(watch.count(Kind::pair_day) + watch.count(Kind::volume_day), 0U);
    ASSERT_EQ(watch.count(Kind::pair_week), 1U);
    EXPECT_GT(watch.alerts.back().amount, 300'000'000U);
    EXPECT_EQ(watch.alerts.back().destination, "drive.example");
}

TEST(Exfiltration, WhatComesInAsWellIsNoHandingOver) {
    Watch watch;
    watch.usual_weeks();
    for (int i = 0; i < 20; ++i) {
        auto meeting = upload(third_monday + 10 * hour + i * minute, "m.meeting-maker.org", 30'000);
        meeting.bytes_out = 8'000'000;
        meeting.bytes_in = 9'000'000;
        watch.see(meeting);
    }
    EXPECT_EQ(watch.count(Kind::pair_day) + watch.count(Kind::volume_day), 0U);
}

TEST(Exfiltration, AByteASecondAddsUp) {
    Watch watch;
    watch.usual_weeks();
    for (int i = 0; i < 6 * 48; ++i) {
        auto drip = upload(third_monday + i * 10 * minute, "drip.example.org", 600 + 1200);
        drip.bytes_in = 3000;
        watch.see(drip);
    }
    ASSERT_EQ(watch.count(Kind::leak), 1U);
    EXPECT_EQ(watch.alerts[0].destination, "example.org");
    EXPECT_LT(watch.alerts[0].amount, 600'000U);
}

TEST(Exfiltration, ReadingWebPagesDoesNotAddUp) {
    Watch watch;
    watch.usual_weeks();
    for (int i = 0; i < 6 * 100; ++i) {
        auto page = upload(third_monday + i * 10 * minute, "pages.example.org", 1800);
        page.bytes_in = 30'000;
        watch.see(page);
    }
    EXPECT_THAT(watch.alerts, IsEmpty());
}

void read_classified(Watch& watch, event::Time at, int files, std::uint64_t bytes) {
    for (int i = 0; i < files; ++i) {
        auto read = activity(ActivityKind::file_read, at + i * second);
        read.path = R"(\\fs01\mynumber\2026\0001.xlsx)";
        read.bytes_in = bytes;
        watch.see(read);
    }
}

TEST(Exfiltration, ReadPackedAndSentIsAChain) {
    Watch watch;
    watch.usual_weeks();
    read_classified(watch, third_monday + 10 * hour, 20, 400'000);
    auto packed = activity(ActivityKind::file_write, third_monday + 11 * hour);
    packed.path = R"(C:\Users\sato\a.7z)";
    packed.bytes_out = 2'800'000;
    packed.entropy = 7.99;
    watch.see(packed);
    for (int i = 0; i < 7; ++i) {
        watch.see(upload(third_monday + 12 * hour + i * minute, "new.example.org", 430'000));
    }
    ASSERT_EQ(watch.count(Kind::chain), 1U);
    EXPECT_EQ(watch.alerts[0].source, R"(C:\Users\sato\a.7z)");
    EXPECT_EQ(watch.alerts[0].count, 20U);
}

TEST(Exfiltration, ReadAndSentMuchLaterOrMuchLessIsNone) {
    Watch watch;
    watch.usual_weeks();
    read_classified(watch, third_monday + 10 * hour, 20, 1'000'000);
    watch.see(upload(third_monday + 11 * hour, "new.example.org", 5'000'000));
    watch.see(upload(third_monday + 34 * hour, "other.example-2.org", 19'000'000));
    EXPECT_EQ(watch.count(Kind::chain), 0U);
    read_classified(watch, third_monday + 35 * hour, 20, 1'000'000);
    watch.see(upload(third_monday + 36 * hour, "third.example-3.org", 19'000'000));
    EXPECT_EQ(watch.count(Kind::chain), 1U);
}

event::Activity query(event::Time time, std::string_view name, std::string_view host = "pc1") {
    auto one = activity(ActivityKind::query, time, host);
    one.domain = name;
    one.peer = "10.0.0.3";
    return one;
}

std::string chance_name(std::mt19937& random, std::size_t length) {
    std::string name;
    while (name.size() < length) name += static_cast<char>('a' + random() % 26);
    return name;
}

TEST(Exfiltration, NamesThatCarryInformationAreATunnel) {
    std::mt19937 random(1);
    Watch fast;
    Watch slow;
    for (int i = 0; i < 1000; ++i) {
        const auto name = chance_name(random, 50) + ".t.example.org";
        fast.see(query(monday + i * second, name));
    }
    for (int i = 0; i < 7 * 24 * 12; ++i) {
        slow.see(query(monday + i * 5 * minute, chance_name(random, 50) + ".t.example.org"));
    }
    ASSERT_EQ(fast.count(Kind::tunnel), 1U);
    EXPECT_EQ(fast.alerts[0].destination, "example.org");
    EXPECT_EQ(slow.count(Kind::tunnel), 1U);
}

TEST(Exfiltration, TheSameNamesAndManyHostsNamesAreNoTunnel) {
    std::mt19937 random(2);
    Watch watch;
    for (int i = 0; i < 20'000; ++i) {
        watch.see(
            query(monday + i * minute, "a-rather-long-name-that-does-not-change.example.org"));
        watch.see(query(monday + i * minute, chance_name(random, 60) + ".lookups.example"));
    }
    for (int i = 0; i < 2000; ++i) {
        const auto host = fmt::format("pc{}", i % 200);
        watch.see(query(monday + i * minute, chance_name(random, 30) + ".cdn.example.net", host));
    }
    EXPECT_THAT(watch.alerts, IsEmpty());
}

TEST(Exfiltration, SshOnThePortOfHttps) {
    Watch watch;
    auto one = upload(monday, "new.example.org", 30'000);
    one.kind = ActivityKind::connection;
    one.peer = "203.0.113.9";
    one.protocol = "ssh";
    watch.see(one);
    ASSERT_EQ(watch.count(Kind::protocol), 1U);
    watch.see(one);
    EXPECT_THAT(watch.alerts, SizeIs(1));
}

// `per_day` of it for two weeks, then `burst`.
std::vector<Alert> medium_burst(event::Activity one, std::uint64_t per_day, std::uint64_t burst) {
    Watch watch;
    const auto set = [&](std::uint64_t amount) {
        one.bytes_out = amount;
        one.pages = static_cast<std::uint32_t>(amount);
    };
    for (int d = 0; d < 14; ++d) {
        one.time = monday + d * day + 10 * hour;
        set(per_day);
        watch.see(one);
    }
    EXPECT_THAT(watch.alerts, IsEmpty());
    one.time = third_monday + 10 * hour;
    set(burst);
    watch.see(one);
    return watch.alerts;
}

TEST(Exfiltration, SticksSharesMailPaperAndIcmpHaveTheirOwnPast) {
    auto write = activity(ActivityKind::file_write, 0);
    write.path = R"(E:\a.zip)";
    EXPECT_EQ(medium_burst(write, 1'000'000, 500'000'000).at(0).medium, Medium::stick);
    write.path = R"(\\other\share\x\a.zip)";
    const auto share = medium_burst(write, 1'000'000, 500'000'000);
    EXPECT_EQ(share.at(0).medium, Medium::share);
    EXPECT_EQ(share.at(0).destination, R"(\\other\share)");
    auto mail = activity(ActivityKind::mail, 0);
    mail.peer = "example.org";
    EXPECT_EQ(medium_burst(mail, 100'000, 50'000'000).at(0).medium, Medium::mail);
    mail.peer = "other-city.lg.jp";
    EXPECT_THAT(medium_burst(mail, 100'000, 50'000'000), IsEmpty());
    EXPECT_EQ(medium_burst(activity(ActivityKind::print, 0), 10, 2000).at(0).medium, Medium::print);
    auto icmp = activity(ActivityKind::icmp, 0);
    icmp.peer = "203.0.113.5";
    EXPECT_EQ(medium_burst(icmp, 1000, 9'000'000).at(0).medium, Medium::icmp);
}

std::string my_number(std::mt19937& random) {
    std::array<std::uint8_t, 11> digits{};
    std::string text;
    for (auto& digit : digits) {
        digit = static_cast<std::uint8_t>(random() % 10);
        text += static_cast<char>('0' + digit);
    }
    return text + static_cast<char>('0' + guard::check_digit(digits));
}

TEST(Exfiltration, MyNumbersTypedKeyByKeyAndPasted) {
    std::mt19937 random(3);
    Watch watch;
    auto input = activity(ActivityKind::screen_input, monday);
    input.domain = "form.example.org";
    std::string secrets;
    for (int i = 0; i < 2; ++i) {
        const auto number = my_number(random);
        secrets += number;
        for (const char c : number + "\t") {
            input.text = std::string_view(&c, 1);
            input.time += second / 5;
            watch.see(input);
        }
    }
    EXPECT_THAT(watch.alerts, IsEmpty());
    const auto pasted = "番号は" + my_number(random) + "です";
    input.text = pasted;
    watch.see(input);
    ASSERT_EQ(watch.count(Kind::my_number), 1U);
    EXPECT_EQ(watch.alerts[0].count, 3U);
    EXPECT_EQ(watch.alerts[0].destination, "form.example.org");
}

TEST(Exfiltration, MyNumbersThatTheGatewayCounted) {
    Watch watch;
    auto input = activity(ActivityKind::screen_input, monday);
    input.domain = "form.example.org";
    input.bytes_out = 40;
    input.my_numbers = 2;
    watch.see(input);
    input.time += 10 * minute;
    input.my_numbers = 0;
    watch.see(input);
    EXPECT_EQ(watch.count(Kind::my_number), 0U);
    input.time += 10 * minute;
    input.my_numbers = 1;
    watch.see(input);
    ASSERT_EQ(watch.count(Kind::my_number), 1U);
    EXPECT_EQ(watch.alerts[0].count, 3U);
}

}  // namespace
}  // namespace shoji::exfiltration
