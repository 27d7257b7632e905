// Alerts of data taken out and of talk to the outside have words for whatever they tell.
#include "cli/incident_page.h"
#include "watch/detect/analysis/beacon_alert.h"
#include "watch/detect/analysis/exfiltration_alert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using text::Language;

constexpr std::array languages{Language::ja, Language::en};

exfiltration::Alert upload() {
    exfiltration::Alert alert;
    alert.time = 1'793'581'200'000'000'000;
    alert.since = 1'793'545'200'000'000'000;
    alert.host = "pc1";
    alert.user = "sato";
    alert.process = R"(C:\a.exe)";
    alert.destination = "example.org";
    alert.amount = 123'000'000;
    alert.count = 3;
    alert.baseline = {exfiltration::Baseline::From::own, 12, 2'000'000, 30'000'000, 0};
    return alert;
}

void expect_words(const incident::Alert& alert) {
    for (const auto language : languages) {
        const auto words = alert_words(alert, language);
        EXPECT_THAT(words, Not(HasSubstr("exfiltration.")));
        EXPECT_THAT(words, Not(HasSubstr("beacon.")));
        EXPECT_THAT(words, Not(HasSubstr("{")));
        EXPECT_NE(alert_title(alert, language), alert.rule) << "it has a title";
        for (const auto& technique : alert.techniques) {
            EXPECT_NE(technique_words(technique, language), technique) << "it has a name";
        }
    }
}

TEST(AlertWords, EveryKindOfDataTakenOutHasThem) {
    using exfiltration::Baseline;
    for (std::size_t kind = 0; kind < exfiltration::kinds; ++kind) {
        for (std::size_t medium = 0; medium < exfiltration::media; ++medium) {
            for (const auto from : {Baseline::From::own, Baseline::From::peers,
                                    Baseline::From::city, Baseline::From::fixed}) {
                auto alert = upload();
                alert.kind = static_cast<exfiltration::Kind>(kind);
                alert.medium = static_cast<exfiltration::Medium>(medium);
                alert.baseline.from = from;
                expect_words(analysis::alert_of(alert, {}, {"a.evtx", 7}));
            }
        }
    }
}

incident::Alert refused(std::string act, std::string file) {
    incident::Alert alert;
    alert.detector = incident::Detector::sensor;
    alert.rule = "sensor.act_refused";
    alert.what = "sensor.alert.act_refused";
    alert.values = {
        {"act", std::move(act)}, {"process", "7"}, {"user", "0"},  {"file", std::move(file)},
        {"program", "p"},        {"count", "2"},   {"host", "pc1"}};
    return alert;
}

TEST(AlertWords, OfARefusedActSayWhichAndOnWhichFile) {
    const auto english = [](const char* act, const char* file) {
        return alert_words(refused(act, file), Language::en);
    };
    EXPECT_EQ(english("file", "sensor.json"),
              "p (process 7, user 0) on pc1 tried an act against the sensor, which the kernel "
              "refused (changing the file 'sensor.json', 2 times)");
    EXPECT_THAT(english("file", ""), HasSubstr("(changing files, 2 times)"));
    EXPECT_THAT(english("signal-9", ""), HasSubstr("(sending signal 9, 2 times)"));
    EXPECT_THAT(english("signal", ""), HasSubstr("(sending signals, 2 times)"));
    EXPECT_THAT(english("of another version", ""), HasSubstr("(of another version, 2 times)"));
    EXPECT_EQ(alert_words(refused("file", "sensor.json"), Language::ja),
              "pc1 で p（プロセス 7、利用者 0）がセンサーに手を出そうとし、カーネルが拒否しました"
              "（ファイル「sensor.json」の変更、2 回）");
    for (const auto* act : {"file", "signal", "signal-9", "trace", "limit", "map", "program"}) {
        EXPECT_THAT(alert_words(refused(act, ""), Language::ja), Not(HasSubstr(act))) << act;
    }
}

TEST(AlertWords, TellASpanShorterThanAnHourInMinutesOrSeconds) {
    auto alert = upload();
    alert.kind = exfiltration::Kind::leak;
    const auto words = [&](event::Time seconds, Language language) {
        alert.time = alert.since + seconds * 1'000'000'000;
        return alert_words(analysis::alert_of(alert, {}, {}), language);
    };
    EXPECT_THAT(words(36'000, Language::en), HasSubstr("in 3 h since"));
    alert.count = 0;
    EXPECT_THAT(words(2'400, Language::en), HasSubstr("in 40 min since"));
    EXPECT_THAT(words(2'400, Language::ja), HasSubstr("から 40 分にわたり"));
    EXPECT_THAT(words(20, Language::en), HasSubstr("in 20 s since"));

    beacon::Alert talk;
    talk.kind = beacon::AlertKind::long_connection;
    talk.destination = "example.org";
    talk.open_hours = 4.5;
    talk.known_days = 0.05;
    talk.observed_days = 12;
    const auto told = alert_words(analysis::alert_of(talk, event::Activity(), {}), Language::en);
    EXPECT_THAT(told, HasSubstr("open for 4.5 h of"));
    EXPECT_THAT(told, HasSubstr("first seen 2.4 h ago; 12 d are known"));
}

TEST(AlertWords, SayHowMuchFromWhatToWhereAgainstWhichBaseline) {
    const auto alert = analysis::alert_of(upload(), {}, {"a.evtx", 7});
    EXPECT_EQ(alert_words(alert, Language::en),
              "123 MB left by the web in the day since 2026-11-01T15:00Z (last to example.org, by "
              R"(C:\a.exe). (usually 2000 kB, the limit is 30 MB: from its own past, 12 samples))");
    EXPECT_EQ(alert_words(alert, Language::ja),
              "2026-11-01T15:00Z からの一日にウェブで 123 MB が出ました（直近の宛先 example.org、"
              R"(プログラム C:\a.exe）。（普段は 2000 kB、限度は 30 MB。自身の過去 12 件による）)");
    auto pages = upload();
    pages.medium = exfiltration::Medium::print;
    pages.process.clear();
    EXPECT_THAT(alert_words(analysis::alert_of(pages, {}, {}), Language::en),
                HasSubstr("123000000 pages left on paper"));
    EXPECT_THAT(alert_words(analysis::alert_of(pages, {}, {}), Language::en),
                HasSubstr("by (unknown)"));
}

TEST(AlertWords, EveryKindOfTalkToTheOutsideHasThem) {
    using beacon::AlertKind;
    for (const auto kind : {AlertKind::beacon, AlertKind::long_connection,
                            AlertKind::rare_destination, AlertKind::young_domain,
                            AlertKind::generated_names, AlertKind::denied, AlertKind::flood}) {
        for (const auto* destination : {"example.org", "dns:example.org", "denied:192.0.2.1",
                                        "a.org as b.org", "a.org without a header"}) {
            beacon::Alert alert;
            alert.kind = kind;
            alert.host = "pc1";
            alert.destination = destination;
            const auto made = analysis::alert_of(alert, {}, {"a.evtx", 7});
            expect_words(made);
            EXPECT_THAT(made.peer, ::testing::AnyOf("example.org", "192.0.2.1", "a.org"));
            EXPECT_THAT(alert_words(made, Language::ja), Not(HasSubstr(" header")));
            EXPECT_THAT(alert_words(made, Language::ja), Not(HasSubstr("dns:")));
        }
    }
}

TEST(AlertWords, OfABeaconTellItsRhythm) {
    beacon::Alert alert;
    alert.time = alert.last = 1'793'581'200'000'000'000;
    alert.first = 1'793'545'200'000'000'000;
    alert.host = "pc1";
    alert.destination = "example.org";
    alert.contacts = 40;
    alert.threat = 0.97;
    alert.middle_pause = 900.4;
    alert.middle_size = 12'345;
    alert.hosts = 1;
    alert.network = 300;
    alert.known_days = 0.4;
    alert.observed_days = 20;
    event::Activity activity;
    activity.user = "sato";
    activity.process = R"(C:\a.exe)";
    activity.process_id = 12;
    const auto made = analysis::alert_of(alert, activity, {"a.evtx", 7});
    auto unsized = alert;
    unsized.middle_size = 0;
    expect_words(analysis::alert_of(unsized, activity, {}));
    EXPECT_THAT(alert_words(analysis::alert_of(unsized, activity, {}), Language::en),
                Not(HasSubstr("0 B")));
    EXPECT_EQ(made.level, incident::Level::high);
    EXPECT_EQ(made.user, "sato");
    EXPECT_EQ(made.process_id, 12U);
    EXPECT_EQ(made.evidence, std::vector({incident::Evidence{"a.evtx", 7}}));
    EXPECT_EQ(alert_words(made, Language::en),
              "40 contacts with example.org since 2026-11-01T15:00Z, as regular as a program's: "
              "one every 900 s, 12 kB out each (medians; threat 0.97). (1 of 300 hosts talk to it, "
              "first seen 9.6 h ago; 20 d are known)");
}

}  // namespace
}  // namespace shoji::cli
