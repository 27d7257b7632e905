// The pieces that need no machine.
#include "core/base/unix_socket.h"
#include "watch/sensor/sensor_fixture_test.h"
#include "watch/station/acts.h"
#include "watch/station/detection.h"
#include "watch/station/outbox.h"
#include "watch/station/own_alerts.h"
#include "watch/station/own_files.h"
#include "watch/station/part.h"
#include "watch/station/policy.h"

#include <fstream>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/socket.h>

namespace shoji::station {
namespace {

constexpr event::Time second = 1'000'000'000;

TEST(StationPart, AnEndByItselfIsNewsOnceUntilItHasWorkedForAMinute) {
    using namespace std::chrono_literals;
    Part part;
    auto now = Clock::time_point(1h);
    const auto ends_after = [&](std::chrono::seconds time, bool by_force) {
        part.began = now;
        return part.is_news(by_force, now += time);
    };
    EXPECT_TRUE(ends_after(1s, false));
    EXPECT_FALSE(ends_after(1s, false));
    EXPECT_FALSE(ends_after(59s, false));
    EXPECT_TRUE(ends_after(1s, true)) << "somebody ended it";
    EXPECT_FALSE(ends_after(1s, false));
    EXPECT_TRUE(ends_after(60s, false)) << "it could be read meanwhile";
    EXPECT_FALSE(ends_after(1s, false));
}

TEST(StationPart, WhatItSaysIsThatItIsAliveAndThatAnIsolationWasUndone) {
    auto link = base::unix_socket_pair(base::SocketKind::packet);
    ASSERT_TRUE(link);
    Part part;
    part.socket = std::move(link->first);
    const auto says = [&](PartSays what) {
        const auto byte = static_cast<std::uint8_t>(what);
        EXPECT_TRUE(base::send_packet(link->second.get(), {&byte, 1}));
        part.hear(Clock::now());
    };
    part.hear(Clock::now());
    EXPECT_FALSE(part.ready);
    says(PartSays::alive);
    EXPECT_TRUE(part.ready);
    EXPECT_FALSE(part.isolation_undone);
    says(PartSays::isolation_undone);
    EXPECT_TRUE(part.isolation_undone);
}

TEST(StationPart, HearsOfResponsesFromTheAnswererAlone) {
    auto link = base::unix_socket_pair(base::SocketKind::packet);
    ASSERT_TRUE(link);
    Part part;
    part.socket = std::move(link->first);
    const auto says = [&](letters::Note note) {
        auto bytes = encode(letters::Notice{note, "r it is gone", 2});
        bytes.insert(bytes.begin(), static_cast<std::uint8_t>(PartSays::response_news));
        EXPECT_TRUE(base::send_packet(link->second.get(), bytes));
        part.hear(Clock::now());
    };
    part.name = PartName::analyst;
    says(letters::Note::response_failed);
    EXPECT_TRUE(part.news.empty());
    part.name = PartName::answerer;
    says(letters::Note::ended_uncleanly);
    EXPECT_TRUE(part.news.empty());
    says(letters::Note::response_failed);
    ASSERT_EQ(part.news.size(), 1U);
    EXPECT_EQ(part.news[0].subject, "r it is gone");
    for (int i = 0; i < 1000; ++i) says(letters::Note::response_waits);
    EXPECT_EQ(part.news.size(), 64U);
}

TEST(StationAlerts, OfResponsesNameTheRuleAndWhatBecameOfThem) {
    const auto values = [](letters::Note note) {
        std::string all;
        const auto alert = alert_of({note, "r-1 it is gone", 2}, second, "here");
        for (const auto& value : alert.values) all += value.name + "=" + value.value + ";";
        return alert.rule + ":" + all;
    };
    EXPECT_EQ(values(letters::Note::response_failed),
              "sensor.response_failed:rule=r-1;message=it is gone;count=2;host=here;");
    EXPECT_EQ(values(letters::Note::response_waits),
              "sensor.response_waits:rule=r-1;id=it is gone;count=2;host=here;");
}

TEST(StationAlerts, AnIsolationThatWasUndoneIsCritical) {
    const auto alert = alert_of({letters::Note::isolation_undone, {}, 0}, second, "here");
    EXPECT_EQ(alert.rule, "sensor.isolation_undone");
    EXPECT_EQ(alert.what, "sensor.alert.isolation_undone");
    EXPECT_EQ(alert.level, incident::Level::critical);
}

TEST(StationPolicy, IsReadAndItsMistakesAreTold) {
    const auto policy = parse_policy(R"(
state = "/var/lib/shoji/sensor"
runtime = "/run/shoji-sensor"
analyst_user = 1001
[keeper]
silent_seconds = 5
[detection]
rules = ["/etc/shoji/rules"]
[delivery]
hub = "[2001:db8::1]:8444"
identity = "/etc/shoji/sensor.pem"
user = 1002
events = ["process_creation"]
pulse_seconds = 2
[response]
policy = "/etc/shoji/response.toml"
)",
                                     "sensor.toml");
    ASSERT_TRUE(policy) << policy.error().message;
    EXPECT_EQ(policy->watch.analyst_user, 1001U);
    EXPECT_EQ(policy->keeper.silent_seconds, 5U);
    EXPECT_EQ(policy->delivery->address, "2001:db8::1");
    EXPECT_EQ(policy->delivery->port, 8444);
    EXPECT_EQ(policy->spool_folder(), "/var/lib/shoji/sensor/spool");
    EXPECT_TRUE(policy->response);
    const auto refused = [](const std::string& text) {
        const auto read = parse_policy(text, "x");
        return read ? std::string() : read.error().message;
    };
    using testing::HasSubstr;
    EXPECT_THAT(refused("[detection]\nrules = []\n"), HasSubstr("need a folder 'state'"));
    EXPECT_THAT(refused("state = \"/s\"\n[detection]\nruels = []\n"), HasSubstr("ruels"));
    EXPECT_THAT(refused("state = \"/s\"\n[detection]\nrules = [\"x\"]\n"), HasSubstr("line 3"));
    EXPECT_THAT(refused("state = \"/s\"\n[detection]\npipelines = [\"x\"]\n"),
                HasSubstr("pipelines must be absolute paths"));
    EXPECT_THAT(refused("state = \"/s\"\n[detection]\nplaceholders = \"x\"\n"),
                HasSubstr("placeholders must be an absolute path"));
    EXPECT_THAT(refused("[local]\ngroup = \"\"\n"), HasSubstr("must be a group's name"));
    EXPECT_THAT(refused("[local]\ngruop = \"x\"\n"), HasSubstr("gruop"));
    EXPECT_THAT(refused("state = \"s\"\n"), HasSubstr("state must be an absolute path"));
    EXPECT_THAT(refused("keeper = 1\n"), HasSubstr("keeper must be a table"));
    const std::string delivery = "state = \"/s\"\n[delivery]\nidentity = \"/i\"\n";
    EXPECT_THAT(refused(delivery), HasSubstr("hub"));
    for (const auto* hub : {"10.0.0.1", "10.0.0.1:0", "host:8444", "10.0.0.1:8444x",
                            "2001:db8::1:8444", "[10.0.0.1]:8444", "10.0.0.1:70000"}) {
        EXPECT_THAT(refused(delivery + "hub = \"" + hub + "\"\n"), HasSubstr("hub")) << hub;
    }
    EXPECT_THAT(refused(delivery + "hub = \"10.0.0.1:1\"\nuser = 65534\n"), HasSubstr("two users"));
    EXPECT_THAT(refused("[logons]\njournal_user = 65534\n"), HasSubstr("a user of its own"));
    EXPECT_THAT(refused(delivery + "hub = \"10.0.0.1:1\"\nuser = 65532\n"),
                HasSubstr("a user of its own"));
    EXPECT_EQ(refused(delivery + "hub = \"10.0.0.1:1\"\n"), "");
}

// A part that is stopped reads nothing: the keeper goes on, and the part gets the newest link
// later.
TEST(Part, GetsItsLinksWhenItTakesThem) {
    auto sockets = base::unix_socket_pair(base::SocketKind::packet);
    auto older = base::unix_socket_pair(base::SocketKind::packet);
    auto newer = base::unix_socket_pair(base::SocketKind::packet);
    ASSERT_TRUE(sockets && older && newer);
    Part part;
    part.socket = std::move(sockets->first);
    ASSERT_EQ(::fcntl(part.socket.get(), F_SETFL, O_RDWR | O_NONBLOCK), 0);
    const std::uint8_t byte = 0;
    while (base::send_packet(part.socket.get(), {&byte, 1})) continue;
    part.give({LinkTo::deliverer, {1}, std::move(older->first)});
    part.give({LinkTo::deliverer, {2}, std::move(newer->first)});
    EXPECT_EQ(part.links.size(), 1U);
    while (base::receive_packet(sockets->second.get(), 1)->bytes.front() == byte) {
        part.give_links();
        if (part.links.empty()) break;
    }
    ASSERT_TRUE(part.links.empty());
    auto got = base::receive_packet(sockets->second.get(), 1);
    while (got && got->bytes.front() == byte) got = base::receive_packet(sockets->second.get(), 1);
    ASSERT_TRUE(got);
    EXPECT_EQ(got->bytes.front(), 2);
    ASSERT_EQ(got->descriptors.size(), 1U);
    ASSERT_TRUE(base::send_packet(got->descriptors.front().get(), {&byte, 1}));
    EXPECT_TRUE(base::receive_packet(newer->second.get(), 1));
}

TEST(HourlyLimit, CountsWhatItHoldsBackAndTellsItOnce) {
    HourlyLimit limit(2);
    incident::Alert alert;
    alert.rule = "r";
    alert.host = "h";
    alert.values = {{"title", "Strange"}};
    alert.time = 1000 * second;
    EXPECT_TRUE(limit.admit(alert));
    EXPECT_TRUE(limit.admit(alert));
    EXPECT_FALSE(limit.admit(alert));
    EXPECT_FALSE(limit.admit(alert));
    std::vector<incident::Alert> told;
    limit.tell(alert.time + second, false, told);
    EXPECT_TRUE(told.empty()) << "the hour is not over";
    limit.tell(alert.time + incident::hour, false, told);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].values[0].value, "Strange");
    EXPECT_EQ(told[0].values[1].value, "2");
    limit.tell(alert.time + 2 * incident::hour, true, told);
    EXPECT_EQ(told.size(), 1U);
    alert.time += 2 * incident::hour;
    EXPECT_TRUE(limit.admit(alert)) << "a new hour";
}

// A rule that goes on and on, with the sensor's tick behind it each second.
TEST(HourlyLimit, EachHourTellsAnew) {
    HourlyLimit limit(60);
    incident::Alert alert;
    alert.rule = "r";
    std::uint64_t held = 0;
    std::uint64_t held_told = 0;
    const auto tell = [&](event::Time now, bool all) {
        std::vector<incident::Alert> told;
        limit.tell(now, all, told);
        for (const auto& one : told) held_told += std::stoull(one.values[1].value);
        return told.size();
    };
    constexpr event::Time begin = 10 * incident::hour;
    for (int hour = 0; hour < 4; ++hour) {
        int told = 0;
        std::size_t counts = 0;
        for (event::Time at = 0; at < incident::hour; at += second) {
            const auto now = begin + hour * incident::hour + at;
            for (const auto part : {event::Time{0}, second / 2}) {
                alert.time = now + part;
                if (limit.admit(alert)) {
                    ++told;
                } else {
                    ++held;
                }
            }
            counts += tell(now + second * 9 / 10, false);
        }
        EXPECT_EQ(told, 60) << hour;
        EXPECT_EQ(counts, hour == 0 ? 0U : 1U) << hour;
    }
    tell(begin + 4 * incident::hour, true);
    EXPECT_EQ(held_told, held);
}

TEST(OwnAlerts, OfARefusedActNameTheFileAndTheProgram) {
    const auto values = [](const char* subject) {
        std::string all;
        const letters::Notice notice{letters::Note::act_refused, subject, 3};
        for (const auto& value : alert_of(notice, second, "h").values) {
            all += value.name + "=" + value.value + ";";
        }
        return all;
    };
    EXPECT_EQ(values("file 7 1000 a b.json//usr/bin/rm"),
              "act=file;process=7;user=1000;file=a b.json;program=/usr/bin/rm;count=3;host=h;");
    EXPECT_EQ(values("signal-9 0 - /-"),
              "act=signal-9;process=0;user=-;file=;program=-;count=3;host=h;");
}

TEST(OwnAlerts, OfProcessesWithoutShieldHaveTheirNumber) {
    const auto alert = alert_of({letters::Note::not_shielded, {}, 7}, second, "here");
    EXPECT_EQ(alert.rule, "sensor.not_shielded");
    EXPECT_EQ(alert.values[0].value, "7");
}

TEST(ClockWatch, TellsAJumpAndNoDrift) {
    ClockWatch clock;
    EXPECT_FALSE(clock.look(100 * second, 10 * second));
    EXPECT_FALSE(clock.look(102 * second, 11 * second)) << "as time servers do it";
    EXPECT_EQ(clock.look(4000 * second, 12 * second), 3897 * second);
    EXPECT_FALSE(clock.look(4001 * second, 13 * second));
    EXPECT_EQ(clock.look(4001 * second - 3600 * second, 13 * second), -3600 * second);
}

TEST(RoomWatch, TellsAFullDiskOnceAnHour) {
    RoomWatch room;
    EXPECT_FALSE(room.look(1 * second, 0));
    EXPECT_TRUE(room.look(2 * second, 3));
    EXPECT_FALSE(room.look(3 * second, 9));
    EXPECT_TRUE(room.look(3603 * second, 9));
    EXPECT_FALSE(room.look(9000 * second, 9)) << "there was room since";
    EXPECT_TRUE(room.look(9001 * second, 1)) << "another process, another count";
}

TEST(ReportAlerts, TellALossAtOnceAndThenOnceAMinute) {
    event::Names names;
    ReportAlerts reports(names);
    event::Event event;
    event.source.categories[0] = names.add_source("sensor_report");
    const auto lose = [&](const char* count) {
        event.clear();
        event.source.categories[0] = names.source("sensor_report");
        event.add({names.field("EventType"), event::Type::text, "EventType", "loss"});
        event.add({names.field("Cause"), event::Type::text, "Cause", "ring_full"});
        event.add({names.field("Count"), event::Type::number, "Count", count});
        std::vector<incident::Alert> none;
        reports.take(event, none);
        EXPECT_TRUE(none.empty());
    };
    std::vector<incident::Alert> told;
    lose("12");
    reports.tick(100 * second, "h", false, told);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].rule, "sensor.events_lost");
    EXPECT_EQ(told[0].values[0].value, "12");
    lose("1");
    lose("2");
    reports.tick(101 * second, "h", false, told);
    EXPECT_EQ(told.size(), 1U);
    reports.tick(160 * second, "h", false, told);
    ASSERT_EQ(told.size(), 2U);
    EXPECT_EQ(told[1].values[0].value, "3");
    EXPECT_EQ(reports.lost(), 15U);
}

class OutboxTest : public testing::Test {
  protected:
    void SetUp() override { connect(); }
    void connect() {
        auto pair = base::unix_socket_pair(base::SocketKind::packet);
        ASSERT_TRUE(pair);
        outbox_.connect(std::move(pair->first));
        end_ = std::move(pair->second);
    }
    // The numbers of the alerts that came.
    std::vector<std::uint64_t> received() {
        std::vector<std::uint64_t> numbers;
        std::vector<std::uint8_t> bytes(letters::most_consignment);
        while (true) {
            const auto count = ::recv(end_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
            if (count <= 0) return numbers;
            const auto letter = letters::decode_consignment(
                letters::View(bytes).first(static_cast<std::size_t>(count)));
            EXPECT_TRUE(letter);
            numbers.push_back(letter->number);
        }
    }
    void acknowledge(std::uint64_t number) {
        letters::Receipt receipt;
        receipt.alerts = number;
        const auto bytes = encode(receipt);
        EXPECT_GT(::send(end_.get(), bytes.data(), bytes.size(), 0), 0);
    }
    void put(std::size_t size = 10) {
        outbox_.put(spool::Class::alert, std::vector<std::uint8_t>(size));
    }

    Outbox outbox_;
    base::FileDescriptor end_;
};

TEST_F(OutboxTest, SaysAgainWhatIsNotKnownToBeOnDisk) {
    for (int i = 0; i < 3; ++i) put();
    outbox_.turn();
    EXPECT_THAT(received(), testing::ElementsAre(1, 2, 3));
    acknowledge(2);
    outbox_.turn();
    EXPECT_FALSE(outbox_.empty());
    end_.reset();
    put();
    outbox_.turn();
    EXPECT_FALSE(outbox_.connected());
    connect();
    outbox_.turn();
    EXPECT_THAT(received(), testing::ElementsAre(3, 4));
    acknowledge(4);
    outbox_.turn();
    EXPECT_TRUE(outbox_.empty());
}

TEST_F(OutboxTest, AReceiptForWhatWasNeverSentSettlesNothing) {
    acknowledge(100);
    put();
    outbox_.turn();
    EXPECT_FALSE(outbox_.empty());
    end_.reset();
    outbox_.turn();
    EXPECT_FALSE(outbox_.empty());
}

TEST_F(OutboxTest, IsBoundedAndCounts) {
    end_.reset();
    outbox_.turn();
    const std::vector<std::uint8_t> record(spool::maximum_record);
    const auto most_alerts = Outbox::most_alert_bytes / spool::maximum_record;
    for (std::size_t i = 0; i < most_alerts + 3; ++i) outbox_.put(spool::Class::alert, record);
    EXPECT_EQ(outbox_.alerts_refused(), 3U);
    const auto most_events = Outbox::most_event_bytes / spool::maximum_record;
    for (std::size_t i = 0; i < most_events + 5; ++i) outbox_.put(spool::Class::event, record);
    EXPECT_EQ(outbox_.events_left_out(), 5U);
    EXPECT_FALSE(outbox_.put(spool::Class::event, {})) << "no record";
}

TEST(OwnFiles, TellWhatIsNewGoneOrOther) {
    const sensor::TestFolder folder;
    Policy policy;
    policy.detection.emplace().rules = {folder.path()};
    const auto write = [&](const char* name, const char* text) {
        std::ofstream(folder.at(name)) << text;
    };
    write("a.yml", "a");
    write("b.yml", "b");
    OwnFiles files(policy, {});
    EXPECT_TRUE(files.changed().empty());
    std::filesystem::last_write_time(folder.at("a.yml"),
                                     std::filesystem::file_time_type::clock::now());
    EXPECT_TRUE(files.changed().empty()) << "touched, the same content";
    write("a.yml", "x");
    write("c.yml", "c");
    std::filesystem::remove(folder.at("b.yml"));
    EXPECT_THAT(files.changed(), testing::UnorderedElementsAre(
                                     folder.at("a.yml"), folder.at("b.yml"), folder.at("c.yml")));
    EXPECT_TRUE(files.changed().empty()) << "told once";
}

class ActsTest : public testing::Test {
  protected:
    void act(const std::string& category, std::uint64_t process, std::uint64_t parent,
             const std::string& file = {}) {
        event_.clear();
        event_.time = ++now_;
        event_.source.categories[0] = names_.source(category);
        const auto add = [&](const char* name, const std::string& value) {
            event_.add({names_.field(name), event::Type::text, name, event_.keep(value)});
        };
        add("ProcessGuid", "b-" + std::to_string(process) + "-1");
        add("ParentProcessGuid", "b-" + std::to_string(parent) + "-1");
        add("ProcessId", std::to_string(process));
        add("Image", "/bin/" + std::to_string(process));
        if (!file.empty()) add("TargetFilename", file);
        acts_.take(event_);
    }

    event::Names names_;
    event::SourceId file_event_ = names_.add_source("file_event");
    Acts acts_{names_};
    event::Event event_;
    event::Time now_ = 0;
};

TEST_F(ActsTest, TellTheAncestorsAndWhatEachDid) {
    act("process_creation", 1, 0);
    act("process_creation", 2, 1);
    act("process_creation", 3, 2);
    for (std::size_t i = 0; i < Acts::most_acts + 4; ++i) {
        act("file_event", 3, 2, "/tmp/" + std::to_string(i));
    }
    const auto all = acts_.ancestry(3);
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0]->image, "/bin/3");
    EXPECT_EQ(all[0]->acts.size(), Acts::most_acts);
    EXPECT_EQ(all[0]->acts.back().object, "/tmp/" + std::to_string(Acts::most_acts + 3));
    EXPECT_EQ(all[0]->left_out, 5U);
    EXPECT_EQ(all[2]->process, 1U);
    EXPECT_TRUE(acts_.ancestry(9).empty());
}

TEST_F(ActsTest, AreBoundedAndKeepWhatRuns) {
    act("process_creation", 1, 0);
    for (std::uint64_t i = 2; i < 2 + 2 * Acts::most_processes; ++i) {
        act("process_creation", i, 1);
        act("process_termination", i, 1);
    }
    EXPECT_EQ(acts_.size(), Acts::most_processes);
    EXPECT_EQ(acts_.ancestry(1).size(), 1U) << "it still runs";
    EXPECT_TRUE(acts_.ancestry(2).empty());
}

// Whatever events say of parents.
TEST_F(ActsTest, ACircleEnds) {
    act("process_creation", 1, 2);
    act("process_creation", 2, 1);
    EXPECT_LE(acts_.ancestry(1).size(), Acts::most_ancestry);
}

}  // namespace
}  // namespace shoji::station
