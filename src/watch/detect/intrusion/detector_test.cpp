#include "watch/detect/intrusion/detector.h"

#include "watch/detect/intrusion/testing/watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::intrusion {
namespace {

using event::ActivityKind;
using incident::day;
using incident::hour;
using incident::minute;
using incident::second;
using testing::activity;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Watch;

std::string value_of(const Alert& alert, std::string_view name) {
    for (const auto& value : alert.values) {
        if (value.name == name) return value.value;
    }
    return "(none)";
}

event::Activity service(std::string_view host, std::string_view name, event::Time time,
                        std::string_view path = "C:\\Program Files\\a.exe") {
    auto made = activity(ActivityKind::service, host, "C:\\Windows\\services.exe", time);
    made.protocol = "service";
    made.target = name;
    made.path = path;
    return made;
}

event::Activity logon(std::string_view from, std::string_view to, event::Time time,
                      std::uint8_t type = 3) {
    auto made = activity(ActivityKind::logon, to, "", time);
    made.domain = from;
    made.logon_type = type;
    return made;
}

event::Activity started(std::string_view host, std::string_view parent, std::string_view child,
                        event::Time time) {
    auto made = activity(ActivityKind::process, host, child, time);
    made.parent = parent;
    return made;
}

TEST(Persistence, WhatIsNewIsToldOnceAHostAndWithItsBaseline) {
    Watch watch;
    EXPECT_THAT(watch.see(service("pc1", "Known 1", watch.now)), IsEmpty()) << "it is learning";
    watch.learn();
    EXPECT_THAT(watch.see(service("pc2", "Known 2", watch.now)), IsEmpty()) << "it has learnt";
    const auto alerts = watch.see(service("pc1", "Evil", watch.now));
    ASSERT_EQ(alerts.size(), 1U);
    EXPECT_EQ(alerts[0].rule, "persistence");
    EXPECT_EQ(alerts[0].level, Level::medium);
    EXPECT_THAT(alerts[0].techniques, ElementsAre("T1543.003"));
    EXPECT_EQ(alerts[0].baseline, "intrusion.baseline.never");
    EXPECT_EQ(value_of(alerts[0], "days"), "8");
    EXPECT_THAT(watch.see(service("pc1", "Evil", watch.now)), IsEmpty());
    const auto second_host = watch.see(service("pc2", "Evil", watch.now));
    ASSERT_EQ(second_host.size(), 1U);
    EXPECT_EQ(second_host[0].level, Level::low);
    EXPECT_EQ(second_host[0].baseline, "intrusion.baseline.few");
    const auto writable = watch.see(service("pc1", "Worse", watch.now, "C:\\Users\\a\\x.exe"));
    ASSERT_EQ(writable.size(), 1U);
    EXPECT_EQ(writable[0].level, Level::high);
}

TEST(Persistence, WhatManyHostsHadForAWeekIsUsual) {
    Watch watch;
    watch.learn();
    for (const auto* host : {"pc1", "pc2", "pc3"}) watch.see(service(host, "Agent", watch.now));
    EXPECT_EQ(watch.see(service("pc4", "Agent", watch.now)).size(), 1U);
    watch.pass(watch.now + 8 * day);
    EXPECT_THAT(watch.see(service("pc5", "Agent", watch.now)), IsEmpty());
}

TEST(Persistence, NamesThatDifferByNumbersAreOne) {
    EXPECT_EQ(shape_of("Task-S-1-5-21-4711"), shape_of("Task-S-1-5-21-99"));
    EXPECT_EQ(shape_of("{0A1B2C3D-1111-2222-3333-444455556666}"),
              shape_of("{FEDC9876-9999-8888-7777-666655554444}"));
    EXPECT_NE(shape_of("face"), shape_of("beef")) << "words stay words";
}

TEST(Credentials, WhoReadsThemAndDoesNotOwnThemIsTold) {
    Watch watch;
    auto antivirus = activity(ActivityKind::file_read, "pc1", "C:\\AV\\scan.exe", watch.now);
    antivirus.path = "C:\\Windows\\NTDS\\ntds.dit";
    auto told = watch.see(antivirus);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].level, Level::medium) << "one less, with little to compare with";
    EXPECT_EQ(told[0].baseline, "intrusion.baseline.learning");
    EXPECT_THAT(watch.see(antivirus), IsEmpty());
    watch.learn();
    antivirus.time = watch.now;
    EXPECT_THAT(watch.see(antivirus), IsEmpty());

    auto thief = activity(ActivityKind::file_read, "pc1", "C:\\Temp\\x.exe", watch.now);
    thief.path = "C:\\Windows\\System32\\lsass.exe";
    thief.protocol = "memory";
    told = watch.see(thief);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].rule, "credential");
    EXPECT_EQ(told[0].what, "intrusion.credential.lsass");
    EXPECT_EQ(told[0].level, Level::high);
    EXPECT_THAT(told[0].techniques, ElementsAre("T1003.001"));
    EXPECT_THAT(told[0].evidence, ElementsAre(incident::Evidence{"log", watch.record}));

    thief.process = "C:\\Windows\\System32\\csrss.exe";
    EXPECT_THAT(watch.see(thief), IsEmpty()) << "it owns them";
    thief.process = "C:\\Temp\\csrss.exe";
    EXPECT_EQ(watch.see(thief).size(), 1U) << "a name alone owns nothing";
}

TEST(Canaries, AChangeIsCriticalAndAReadIsNot) {
    Settings settings;
    settings.canaries = {"*\\0000-canary.*"};
    Watch watch(settings);
    auto touch = activity(ActivityKind::file_rename, "pc1", "C:\\x.exe", watch.now);
    touch.path = "C:\\Share\\0000-canary.xlsx";
    touch.target = "C:\\Share\\0000-canary.xlsx.locked";
    auto told = watch.see(touch);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].level, Level::critical);
    EXPECT_THAT(told[0].techniques, ElementsAre("T1486"));
    touch.kind = ActivityKind::file_read;
    told = watch.see(touch);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].level, Level::low);
    touch.path = "C:\\Share\\other.xlsx";
    touch.kind = ActivityKind::file_write;
    EXPECT_THAT(watch.see(touch), IsEmpty());
}

TEST(Parents, OfficeStartsNoShellUnlessItDoesSoHere) {
    Watch watch;
    const auto macro = [&] {
        return started("pc9", "C:\\EXCEL.EXE", "C:\\Windows\\cmd.exe", watch.now);
    };
    auto told = watch.see(macro());
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].level, Level::medium);
    watch.learn();
    EXPECT_THAT(watch.see(macro()), IsEmpty()) << "the accountants' macro was learnt";
    told = watch.see(started("pc1", "C:\\winword.exe", "C:\\PowerShell.exe", watch.now));
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].rule, "odd_parent");
    EXPECT_EQ(told[0].what, "intrusion.odd_parent.office");
    EXPECT_EQ(told[0].level, Level::high);
    EXPECT_THAT(told[0].techniques, ElementsAre("T1059.001", "T1204.002"));
    told = watch.see(started("srv", "/usr/sbin/nginx", "/bin/sh", watch.now));
    ASSERT_EQ(told.size(), 1U);
    EXPECT_THAT(told[0].techniques, Contains("T1505.003"));
    EXPECT_THAT(watch.see(started("pc1", "C:\\winword.exe", "C:\\splwow64.exe", watch.now)),
                IsEmpty());
}

TEST(Parents, AWellKnownProgramThatNeverStartedAShell) {
    Watch watch;
    for (int i = 0; i < 150; ++i) {
        watch.see(started("pc1", "C:\\ledger.exe", "C:\\print.exe", watch.now));
    }
    watch.learn();
    const auto told = watch.see(started("pc1", "C:\\ledger.exe", "C:\\cmd.exe", watch.now));
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].rule, "rare_parent");
    EXPECT_EQ(told[0].level, Level::low);
    EXPECT_EQ(value_of(told[0], "starts"), "150");
    EXPECT_THAT(watch.see(started("pc1", "C:\\other.exe", "C:\\cmd.exe", watch.now)), IsEmpty());
}

TEST(Lateral, AServiceAfterALogonIsAMoveAndThreeAreAChain) {
    Watch watch;
    watch.learn();
    std::vector<Alert> told;
    const char* from = "pc1";
    const char* hosts[] = {"pc2", "pc3", "pc4", "pc5", "pc6"};
    for (int i = 0; i < 5; ++i) {
        EXPECT_THAT(watch.see(logon(from, hosts[i], watch.now)), IsEmpty());
        told = watch.see(service(hosts[i], "psx", watch.now + minute));
        ASSERT_EQ(told.size(), i < 2 ? 2U : 3U) << i;
        EXPECT_EQ(told[1].rule, "lateral_move");
        EXPECT_THAT(told[1].linked, ElementsAre(from));
        EXPECT_THAT(told[1].techniques, ElementsAre("T1021.002", "T1543.003"));
        if (i == 2) {
            EXPECT_EQ(told[2].level, Level::high);
        }
        from = hosts[i / 2];  // it goes on from where it came to
    }
    EXPECT_EQ(told[2].rule, "lateral_chain");
    EXPECT_EQ(told[2].host, "pc1");
    EXPECT_EQ(told[2].level, Level::critical);
    EXPECT_EQ(value_of(told[2], "targets"), "5");
    EXPECT_EQ(value_of(told[2], "names"), "pc2, pc3, pc4, pc5, pc6");
    EXPECT_NE(value_of(told[2], "depth"), "1");
}

TEST(Lateral, ALogonLongBeforeOrALocalOneIsNoMove) {
    Watch watch;
    watch.learn();
    watch.see(logon("pc1", "pc2", watch.now));
    EXPECT_EQ(watch.see(service("pc2", "a", watch.now + 11 * minute)).size(), 1U);
    watch.see(logon("pc1", "pc3", watch.now, 2));
    EXPECT_EQ(watch.see(service("pc3", "b", watch.now)).size(), 1U);
    auto refused = logon("pc1", "pc4", watch.now);
    refused.denied = true;
    watch.see(refused);
    EXPECT_EQ(watch.see(service("pc4", "c", watch.now)).size(), 1U);
}

TEST(Lateral, AShellByWmiIsAMove) {
    Watch watch;
    watch.learn();
    watch.see(logon("pc1", "pc2", watch.now));
    const auto told = watch.see(
        started("pc2", "C:\\Windows\\System32\\wbem\\WmiPrvSE.exe", "C:\\cmd.exe", watch.now));
    ASSERT_FALSE(told.empty());
    EXPECT_EQ(told.back().rule, "lateral_move");
    EXPECT_THAT(told.back().techniques, Contains("T1047"));
}

TEST(Lateral, WhoRollsOutByRoutineIsNoChain) {
    Watch watch;
    for (int i = 0; i < 20; ++i) {
        const auto host = "pc" + std::to_string(i);
        watch.see(logon("mgmt", host, watch.now));
        watch.see(service(host, "agent", watch.now));
    }
    watch.learn();
    for (int i = 0; i < 20; ++i) {
        const auto host = "pc" + std::to_string(i);
        watch.see(logon("mgmt", host, watch.now));
        for (const auto& alert : watch.see(service(host, "new agent", watch.now))) {
            EXPECT_NE(alert.rule, "lateral_chain");
            EXPECT_THAT(alert.linked, IsEmpty());
        }
    }
}

TEST(Lateral, FanOutIsHeldAgainstTheSourcesPast) {
    Watch watch;
    const auto spread = [&](std::string_view from, std::string prefix, int hosts) {
        std::vector<Alert> all;
        for (int i = 0; i < hosts; ++i) {
            const auto to = prefix + std::to_string(i);
            for (auto& one : watch.see(logon(from, to, watch.now))) all.push_back(std::move(one));
        }
        return all;
    };
    EXPECT_THAT(spread("scanner", "a", 30), IsEmpty());
    watch.learn();
    EXPECT_THAT(spread("scanner", "b", 60), IsEmpty()) << "twice what it did before";
    EXPECT_THAT(spread("pc1", "a", 10), IsEmpty());
    const auto told = spread("pc1", "c", 30);
    ASSERT_EQ(told.size(), 1U) << "once an hour";
    EXPECT_EQ(told[0].rule, "fan_out");
    EXPECT_EQ(told[0].host, "pc1");
    EXPECT_EQ(value_of(told[0], "limit"), "10");
}

TEST(Detector, AFloodIsToldOnceAndCounted) {
    Watch watch;
    watch.learn();
    std::size_t told = 0;
    std::size_t floods = 0;
    for (int i = 0; i < 1000; ++i) {
        const auto name = std::string(1, static_cast<char>('a' + i % 26)) + "x" +
                          std::string(static_cast<std::size_t>(i / 26 + 1), 'y');
        for (const auto& alert : watch.see(service("pc1", name, watch.now))) {
            ++told;
            floods += alert.rule == "flood" ? 1 : 0;
        }
    }
    EXPECT_EQ(told, 61U);
    EXPECT_EQ(floods, 1U);
    EXPECT_EQ(watch.detector.losses().held, 940U);
}

}  // namespace
}  // namespace shoji::intrusion
