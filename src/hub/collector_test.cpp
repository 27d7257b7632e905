#include "hub/collector.h"

#include "hub/collector_fixture_test.h"
#include "watch/line/batch.h"

#include <random>

#include <gmock/gmock.h>

namespace shoji::hub {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

using CollectorTest = CollectorFixture;

TEST_F(CollectorTest, StoresWhatItAcknowledgesAndTheSpoolLetsItGo) {
    open();
    auto& side = enrol("srv-01");
    for (int i = 0; i < 3000; ++i) put_event(side, "event " + std::to_string(i));
    put_alert(side, "one");
    put_alert(side, "two");
    deliver(side);
    EXPECT_THAT(rules("srv-01"), ElementsAre("one", "two")) << "and they are of the sensor's host";
    EXPECT_EQ(number("SELECT sum(count) FROM batch"), 3000);
    EXPECT_EQ(number("SELECT last_event FROM sensor"), 3000);
    EXPECT_EQ(collector_->sensors()[0].sensor.lost, 0U);
}

TEST_F(CollectorTest, AlertsGoBeforeADayOfEvents) {
    open();
    auto& side = enrol("srv-01");
    for (int i = 0; i < 4000; ++i) put_event(side, std::string(1000, 'x'));
    put_alert(side, "late");
    ASSERT_TRUE(side.spool->sync());
    ASSERT_TRUE(connect(side));
    ASSERT_TRUE(exchange(side));
    ASSERT_TRUE(exchange(side));
    EXPECT_THAT(rules("srv-01"), ElementsAre("late"));
    EXPECT_TRUE(waits(side));
}

// With the clock in the test's hand: attempts that fail for a day, records all the while.
TEST_F(CollectorTest, NothingIsLostWhenTheLineIsCutForADay) {
    open();
    auto& side = enrol("srv-01");
    put_event(side, "before");
    deliver(side);
    disconnect(side);
    const auto end = now_.steady + 24h;
    int attempts = 0;
    int records = 1;
    while (now_.steady < end) {
        pass(10s);
        put_event(side, "event " + std::to_string(records++));
        if (records % 1000 == 0) put_alert(side, "alert");
        ASSERT_TRUE(side.spool->tick(now_.steady));
        collector_->tick(now_);
        if (now_.steady < side.courier->next_attempt()) continue;
        ++attempts;
        side.courier->disconnected(sensor_now());
    }
    EXPECT_GT(attempts, 1000) << "it goes on trying";
    EXPECT_LT(attempts, 3000) << "not more than about once a minute";
    deliver(side);
    EXPECT_EQ(number("SELECT sum(count) FROM batch"), records);
    EXPECT_EQ(count("alert"), 8U);
    EXPECT_EQ(count("sensor.silent"), 1U);
    EXPECT_EQ(count("sensor.back"), 1U);
    EXPECT_EQ(count("sensor.lost"), 0U);
}

// Connections break anywhere, either side restarts: each record is stored once, in order.
TEST_F(CollectorTest, EachRecordIsStoredOnceHoweverOftenItBreaks) {
    std::mt19937 random(17);  // NOLINT(cert-msc51-cpp): the same inputs in each run
    open();
    auto& side = enrol("srv-01");
    const auto lost = [&] { return random() % 5 == 0; };
    int events = 0;
    int alerts = 0;
    for (int round = 0; round < 300; ++round) {
        for (int i = 0; i < 20; ++i) put_event(side, "event " + std::to_string(++events));
        put_alert(side, "rule " + std::to_string(++alerts));
        pass(1s);
        ASSERT_TRUE(side.spool->tick(now_.steady));
        if (side.link == 0) {
            ASSERT_TRUE(connect(side));
        }
        if (!exchange(side, lost)) disconnect(side);
        if (random() % 20 == 0) open();
        if (random() % 20 == 0) start(side);
    }
    deliver(side);
    std::vector<std::string> expected;
    for (int i = 1; i <= alerts; ++i) expected.push_back("rule " + std::to_string(i));
    auto stored = rules("srv-01");
    std::erase_if(stored, [](const std::string& rule) { return rule.starts_with("sensor."); });
    EXPECT_EQ(stored, expected);
    SQLite::Statement rows(database_->connection(),
                           "SELECT first, count, packed, size, body FROM batch ORDER BY id");
    int next = 1;
    while (rows.executeStep()) {
        line::Batch batch;
        EXPECT_EQ(rows.getColumn(0).getInt(), next);
        batch.first = static_cast<std::uint64_t>(rows.getColumn(0).getInt64());
        batch.count = rows.getColumn(1).getUInt();
        batch.packed = rows.getColumn(2).getInt() == 1;
        batch.size = rows.getColumn(3).getUInt();
        batch.body = store::bytes_of(rows.getColumn(4));
        const auto body = line::unpack(batch);
        ASSERT_TRUE(body);
        ASSERT_TRUE(line::for_each_record(batch.first, batch.count, *body, [&](auto, auto record) {
            EXPECT_EQ(std::string(record.begin(), record.end()), "event " + std::to_string(next));
            ++next;
        }));
    }
    EXPECT_EQ(next - 1, events);
    EXPECT_EQ(collector_->sensors()[0].sensor.lost, 0U);
    EXPECT_EQ(count("sensor.lost"), 0U);
}

TEST_F(CollectorTest, SaysWhatASpoolHadToDrop) {
    open();
    auto& side = enrol("srv-01");
    put_event(side, "first");
    deliver(side);
    disconnect(side);
    for (int i = 0; i < 20'000; ++i) put_event(side, std::string(1000, 'x'));
    const auto dropped = side.spool->losses().dropped[2];
    ASSERT_GT(dropped, 1000U);
    deliver(side);
    EXPECT_EQ(count("sensor.lost"), 1U);
    EXPECT_EQ(collector_->sensors()[0].sensor.lost, dropped);
    EXPECT_EQ(number("SELECT sum(count) FROM batch"), 20'001 - static_cast<std::int64_t>(dropped));
}

TEST_F(CollectorTest, ASilentSensorIsAnAlertWithinAMinuteAndOnlyOnce) {
    open();
    auto& side = enrol("srv-01");
    collector_->tick(now_);
    pass(1h);
    collector_->tick(now_);
    EXPECT_THAT(rules(), Not(Contains("sensor.silent"))) << "it was never there";
    put_alert(side, "here");
    deliver(side);
    for (int i = 0; i < 20; ++i) {
        pass(15s);
        ASSERT_TRUE(exchange(side));
        collector_->tick(now_);
    }
    EXPECT_EQ(count("sensor.silent"), 0U) << "pulses are enough";
    for (int i = 0; i < 300; ++i) {
        pass(1s);
        collector_->tick(now_);
        if (i == 58 || i == 60) {
            EXPECT_EQ(count("sensor.silent"), i == 58 ? 0U : 1U);
        }
    }
    EXPECT_EQ(count("sensor.silent"), 1U);
    disconnect(side);
    put_alert(side, "again");
    deliver(side);
    EXPECT_EQ(count("sensor.back"), 1U);
}

TEST_F(CollectorTest, ARestartOfTheSensorIsToldAndOneOfTheMachineApart) {
    open();
    auto& side = enrol("srv-01");
    put_alert(side, "a");
    deliver(side);
    start(side);
    put_alert(side, "b");
    deliver(side);
    EXPECT_EQ(count("sensor.restarted"), 1U);
    EXPECT_EQ(count("sensor.booted"), 0U);
}

TEST_F(CollectorTest, AnOlderCopyOfASpoolGoesOnAsANewOne) {
    open();
    auto& side = enrol("srv-01");
    put_alert(side, "before the copy");
    deliver(side);
    disconnect(side);
    side.courier.reset();
    side.spool.reset();
    const auto copy = folder_ / "copy";
    std::filesystem::copy(side.folder, copy);
    start(side);
    for (int i = 0; i < 5; ++i) put_alert(side, "lost with the machine");
    deliver(side);
    disconnect(side);
    side.courier.reset();
    side.spool.reset();
    std::filesystem::remove_all(side.folder);
    std::filesystem::rename(copy, side.folder);
    start(side);
    put_alert(side, "after the copy");
    deliver(side);
    EXPECT_EQ(count("after the copy"), 1U);
    EXPECT_EQ(count("sensor.copy"), 1U);
}

TEST_F(CollectorTest, TakesNothingFromWhomItDoesNotKnowOrNoLonger) {
    open();
    auto& side = enrol("srv-01");
    store::Digest other{};
    const auto stranger = collector_->admit("srv-02", other, now_);
    EXPECT_EQ(stranger.refused, line::Reason::unknown);
    ASSERT_TRUE(connect(side));
    ASSERT_TRUE(collector_->revoke_sensor("srv-01", now_));
    EXPECT_TRUE(collector_->ends(side.link));
    EXPECT_THAT(collector_->take_answers(side.link),
                ElementsAre(line::Message(line::Bye{line::Reason::revoked})));
    disconnect(side);
    EXPECT_EQ(collector_->admit("srv-01", side.fingerprint, now_).refused, line::Reason::revoked);
    EXPECT_EQ(count("sensor.refused"), 2U);
    collector_->admit("srv-01", side.fingerprint, now_);
    EXPECT_EQ(count("sensor.refused"), 2U) << "once an hour is enough";
    open();
    EXPECT_EQ(collector_->admit("srv-01", side.fingerprint, now_).refused, line::Reason::revoked);
    EXPECT_TRUE(collector_->add_sensor("srv-01", other, 1, now_)) << "the name is free again";
    EXPECT_FALSE(collector_->add_sensor("srv-01", store::Digest{1}, 1, now_));
}

TEST_F(CollectorTest, AFloodOfOneSensorStarvesNobody) {
    open();
    auto& flood = enrol("flood");
    auto& quiet = enrol("quiet");
    for (int i = 0; i < 4000; ++i) put_event(flood, std::string(1000, 'x'));
    ASSERT_TRUE(flood.spool->sync());
    ASSERT_TRUE(connect(flood));
    ASSERT_TRUE(connect(quiet));
    ASSERT_TRUE(exchange(flood));
    ASSERT_TRUE(exchange(quiet));
    // All that the flood may have on its way, at once.
    const auto bytes = flood.courier->send(sensor_now(), 1 << 24);
    ASSERT_TRUE(bytes);
    line::Splitter splitter;
    splitter.add(*bytes);
    std::size_t batches = 0;
    for (;;) {
        auto message = splitter.next();
        ASSERT_TRUE(message);
        if (!*message) break;
        collector_->receive(flood.link, std::move(**message), now_);
        ++batches;
    }
    EXPECT_EQ(batches, line::maximum_unanswered);
    EXPECT_TRUE(collector_->is_full(flood.link)) << "the server reads no more of it";
    put_alert(quiet, "important");
    const auto few = quiet.courier->send(sensor_now(), 1 << 20);
    ASSERT_TRUE(few);
    splitter.add(*few);
    auto message = splitter.next();
    ASSERT_TRUE(message && *message);
    collector_->receive(quiet.link, std::move(**message), now_);
    ASSERT_TRUE(collector_->turn(now_));
    EXPECT_EQ(number("SELECT count(*) FROM alert"), 1) << "in the very next turn";
    EXPECT_EQ(number("SELECT count(*) FROM batch"), 1);
}

TEST_F(CollectorTest, IncidentsSpanHostsAndSurviveAKill) {
    open();
    auto& one = enrol("srv-01");
    auto& two = enrol("srv-02");
    auto alert = sample_alert("lateral", incident::Level::critical);
    alert.linked = {"srv-02"};
    ASSERT_TRUE(one.spool->append(line::Class::alert, incident::to_bytes(alert), now_.steady));
    put_alert(two, "what follows", incident::Level::high);
    deliver(one);
    deliver(two);
    const auto check = [&] {
        const auto incidents = collector_->gatherer().incidents();
        ASSERT_EQ(incidents.size(), 1U);
        EXPECT_THAT(incidents[0]->host_names(), ElementsAre("srv-01", "srv-02"));
        EXPECT_EQ(incidents[0]->alerts, 2U);
    };
    check();
    open();  // nothing was saved: gathered again from the alerts
    check();
    collector_->save(now_);
    open();
    check();
    const auto id = collector_->gatherer().incidents()[0]->id;
    const auto excerpt = collector_->gatherer().excerpt(id);
    ASSERT_TRUE(excerpt);
    incident::Gatherer shown{incident::Settings{}};
    ASSERT_TRUE(shown.load(*excerpt));
    EXPECT_EQ(shown.find(id)->alerts, 2U);
    EXPECT_FALSE(collector_->gatherer().excerpt(id + 100));
}

TEST_F(CollectorTest, ALieEndsTheConnectionAndIsAnAlert) {
    open();
    auto& side = enrol("srv-01");
    ASSERT_TRUE(connect(side));
    ASSERT_TRUE(exchange(side));
    line::Batch lie;
    lie.first = 1;
    lie.count = 2;
    lie.size = 3;
    lie.body = {1, 2, 3};
    collector_->receive(side.link, lie, now_);
    collector_->turn(now_);
    EXPECT_TRUE(collector_->ends(side.link));
    EXPECT_EQ(count("sensor.nonsense"), 1U);
    disconnect(side);
    // What is a record, but no alert, is left out and told.
    ASSERT_TRUE(
        side.spool->append(line::Class::alert, std::vector<std::uint8_t>{1, 2}, now_.steady));
    put_alert(side, "sound");
    deliver(side);
    EXPECT_EQ(count("sound"), 1U);
    EXPECT_EQ(count("sensor.nonsense"), 2U);
}

TEST_F(CollectorTest, WhoSpeaksOutOfTurnIsLetGo) {
    open();
    auto& side = enrol("srv-01");
    const std::vector<line::Message> wrong{line::Batch{},           line::Welcome{}, line::Pulse{},
                                           line::Acknowledgement{}, line::Echo{},    line::Hold{}};
    for (const auto& message : wrong) {
        ASSERT_TRUE(connect(side));
        collector_->receive(side.link, message, now_);
        EXPECT_TRUE(collector_->ends(side.link)) << message.index();
        disconnect(side);
    }
}

TEST_F(CollectorTest, ANewConnectionOfASensorReplacesItsOlder) {
    open();
    auto& side = enrol("srv-01");
    ASSERT_TRUE(connect(side));
    const auto older = side.link;
    const auto admission = collector_->admit("srv-01", side.fingerprint, now_);
    EXPECT_FALSE(admission.refused);
    EXPECT_TRUE(collector_->ends(older));
    collector_->leave(older);
    EXPECT_FALSE(collector_->ends(admission.link));
    collector_->leave(admission.link);
}

TEST_F(CollectorTest, TheOldestEventsGoFirstAndAlertsByTheirOwnAge) {
    keep_.event_bytes = 100'000;
    open();
    auto& side = enrol("srv-01");
    put_alert(side, "old");
    for (int day = 0; day < 40; ++day) {
        for (int i = 0; i < 20; ++i) put_event(side, base::random_hex(200));
        deliver(side);
        pass(24h);
        collector_->tick(now_);
    }
    EXPECT_LE(number("SELECT sum(length(body)) FROM batch"), 100'000);
    EXPECT_EQ(number("SELECT max(first + count) FROM batch"), 801);
    EXPECT_EQ(count("old"), 1U);
    pass(24h * 31);
    collector_->tick(now_);
    EXPECT_EQ(number("SELECT count(*) FROM batch"), 0);
    EXPECT_EQ(count("old"), 1U);
    pass(24h * 1100);
    collector_->tick(now_);
    EXPECT_EQ(count("old"), 0U);
}

TEST_F(CollectorTest, AFloodOfEventsDrivesOutNobodyElses) {
    keep_.event_bytes = 100'000;
    open();
    auto& flood = enrol("flood");
    auto& quiet = enrol("quiet");
    put_event(quiet, "what happened first");
    deliver(quiet);
    for (int i = 0; i < 20; ++i) {
        for (int one = 0; one < 100; ++one) put_event(flood, base::random_hex(200));
        deliver(flood);
        pass(1h);
        collector_->tick(now_);
    }
    EXPECT_LE(number("SELECT sum(length(body)) FROM batch"), 100'000);
    EXPECT_EQ(number("SELECT sum(count) FROM batch WHERE sensor = 2"), 1);
}

TEST_F(CollectorTest, AlertsOfOneSensorLeaveRoomForThoseOfOthers) {
    keep_.alert_bytes = 20'000;
    open();
    auto& flood = enrol("flood");
    auto& quiet = enrol("quiet");
    const auto exchange_for_a_while = [&](SensorSide& side) {
        ASSERT_TRUE(side.spool->sync());
        for (int i = 0; i < 14; ++i) {
            if (side.link == 0) {
                ASSERT_TRUE(connect(side));
            }
            ASSERT_TRUE(exchange(side));
            pass(5s);
        }
    };
    for (int round = 0; round < 20; ++round) {
        for (int i = 0; i < 20; ++i) put_alert(flood, "flood " + std::to_string(i));
        exchange_for_a_while(flood);
    }
    const auto full = [&] {
        return number("SELECT coalesce(sum(length(body)), 0) FROM alert WHERE sensor = 1");
    };
    EXPECT_GT(full(), 10'000);
    EXPECT_LE(full(), 22'000) << "about: a host's name is put in";
    EXPECT_EQ(count("sensor.share_full"), 1U);
    EXPECT_TRUE(waits(flood)) << "the rest is still there";
    EXPECT_FALSE(collector_->ends(flood.link));
    put_alert(quiet, "important");
    deliver(quiet);
    EXPECT_EQ(count("important"), 1U);
    // Not by a new start either; when the oldest are gone the others come.
    disconnect(flood);
    open();
    exchange_for_a_while(flood);
    EXPECT_LE(full(), 22'000);
    disconnect(flood);
    pass(24h * 1100);
    collector_->tick(now_);
    EXPECT_EQ(full(), 0);
    exchange_for_a_while(flood);
    EXPECT_GT(full(), 0);
}

// A host that somebody else speaks for.
TEST_F(CollectorTest, WhatASensorProvokesIsBounded) {
    open();
    auto& side = enrol("srv-01");
    ASSERT_TRUE(connect(side));
    ASSERT_TRUE(exchange(side));
    const auto quarrel = [&] {
        for (int i = 0; i < 300; ++i) {
            const auto admission = collector_->admit("srv-01", side.fingerprint, now_);
            line::Hello hello;
            base::fill_random(hello.spool);
            collector_->receive(admission.link, hello, now_);
            collector_->leave(admission.link);
            while (collector_->turn(now_)) continue;
        }
    };
    quarrel();
    EXPECT_EQ(number("SELECT count(*) FROM alert"), Collector::most_provoked + 1);
    EXPECT_EQ(count("sensor.unruly"), 1U);
    pass(1h);
    quarrel();
    EXPECT_EQ(count("sensor.unruly"), 2U);
}

TEST_F(CollectorTest, AClockThatIsOffIsToldOnceAndNothingDependsOnIt) {
    open();
    auto& side = enrol("srv-01");
    now_.wall += 3'600'000'000'000;
    delivery::Moment late{now_.steady, now_.wall - 7'200'000'000'000};
    ASSERT_TRUE(connect(side));
    const auto bytes = side.courier->send(late, 1000);
    line::Splitter splitter;
    splitter.add(*bytes);
    collector_->receive(side.link, std::move(**splitter.next()), now_);
    for (const auto& answer : collector_->take_answers(side.link)) {
        ASSERT_TRUE(side.courier->receive(answer, late));
    }
    EXPECT_EQ(count("sensor.clock"), 1U);
    EXPECT_EQ(collector_->sensors()[0].clock_difference, 7'200'000'000'000);
    put_alert(side, "a");
    deliver(side);
    EXPECT_EQ(count("a"), 1U);
}

}  // namespace
}  // namespace shoji::hub
