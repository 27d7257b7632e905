#include "watch/detect/incident/alert.h"

#include <gtest/gtest.h>

namespace shoji::incident {
namespace {

Alert sample() {
    Alert alert;
    alert.time = 1'800'000'000'000'000'000;
    alert.host = "srv-01";
    alert.user = "CITY\\田中";
    alert.process = "/usr/bin/curl";
    alert.process_id = 77;
    alert.peer = "192.0.2.1";
    alert.file = "/tmp/x";
    alert.linked = {"srv-02"};
    alert.detector = Detector::sensor;
    alert.rule = "sensor.lost";
    alert.what = "sensor.alert.lost";
    alert.baseline = "b";
    alert.values = {{"host", "srv-01"}, {"count", "3"}};
    alert.level = Level::critical;
    alert.techniques = {"T1041"};
    alert.evidence = {{"audit.log", 12}};
    return alert;
}

TEST(AlertBytes, ComeBackWhole) {
    const auto bytes = to_bytes(sample());
    const auto back = alert_from(bytes);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->host, "srv-01");
    EXPECT_EQ(back->user, "CITY\\田中");
    EXPECT_EQ(back->values, sample().values);
    EXPECT_EQ(back->linked, sample().linked);
    EXPECT_EQ(back->evidence, sample().evidence);
    EXPECT_EQ(back->level, Level::critical);
    EXPECT_EQ(back->detector, Detector::sensor);
    EXPECT_EQ(to_bytes(*back), bytes);
}

TEST(AlertBytes, NoneFromFewerOrMoreBytesOrFromValuesThatNothingMeans) {
    auto bytes = to_bytes(sample());
    bytes.push_back(0);
    EXPECT_FALSE(alert_from(bytes));
    bytes.pop_back();
    while (!bytes.empty()) {
        bytes.pop_back();
        EXPECT_FALSE(alert_from(bytes));
    }
    auto wrong = sample();
    wrong.level = static_cast<Level>(levels);
    EXPECT_FALSE(alert_from(to_bytes(wrong)));
    wrong = sample();
    wrong.detector = static_cast<Detector>(detectors);
    EXPECT_FALSE(alert_from(to_bytes(wrong)));
    wrong = sample();
    wrong.time = -1;
    EXPECT_FALSE(alert_from(to_bytes(wrong)));
}

TEST(AlertBytes, AreNeverMoreThanARecordMayHave) {
    Alert large = sample();
    const std::string text(100'000, 'x');
    large.host = large.user = large.process = large.peer = large.file = large.rule = text;
    large.what = large.baseline = text;
    large.linked.assign(100, text);
    large.values.assign(100, {text, text});
    large.evidence.assign(100, {text, 1});
    const auto bytes = to_bytes(large);
    EXPECT_LE(bytes.size(), most_alert_bytes);
    EXPECT_TRUE(alert_from(bytes));
}

}  // namespace
}  // namespace shoji::incident
