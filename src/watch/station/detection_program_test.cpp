// Real acts, and the alerts that the sensor raises where it stands.
#include "watch/station/station_fixture_test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace shoji::station {
namespace {

using sensor::number_of;
using sensor::text_of;

class DetectionProgram : public StationTest {};

TEST_F(DetectionProgram, AnActThatMeetsARuleIsAnAlert) {
    RunningSensor sensor(policy());
    const pid_t process = sensor::run({"/bin/true", word_});
    const auto told = alert(sensor, "rule-one");
    ASSERT_TRUE(told);
    EXPECT_EQ(text_of(*told, "Detector"), "sigma");
    EXPECT_EQ(text_of(*told, "Level"), "high");
    EXPECT_EQ(number_of(*told, "ProcessId"), process);
    EXPECT_EQ(text_of(*told, "Image"), std::filesystem::canonical("/bin/true").native());
    EXPECT_EQ(text_of(*told, "User"), "root");
    EXPECT_EQ(told->at("Values").at("title").as_string(), word_ + " was said");
    EXPECT_EQ(sensor.stop(), 0);
    EXPECT_EQ(count(sensor, "rule-one"), 1U);
}

// What is for other systems is not kept.
TEST_F(DetectionProgram, RulesForOtherSourcesAreLeftOut) {
    auto other = rule_for("rule-windows", word_);
    other.replace(other.find("linux"), 5, "windows");
    write_file(folder_.at("rules/two.yml"), other);
    RunningSensor sensor(policy());
    say(word_);
    ASSERT_TRUE(alert(sensor, "rule-one"));
    EXPECT_EQ(sensor.stop(), 0);
    EXPECT_EQ(count(sensor, "rule-windows"), 0U);
}

// Two before the end of one sensor and one after the start of the next are three.
TEST_F(DetectionProgram, WhatItLearntSurvivesARestart) {
    write_file(folder_.at("rules/three.yml"),
               "title: Said often\nid: rule-often\ncorrelation:\n"
               "  type: event_count\n  rules: [" +
                   word_ +
                   "]\n  generate: true\n  group-by: [User]\n"
                   "  timespan: 1h\n  condition:\n    gte: 3\n");
    {
        RunningSensor sensor(policy());
        say(word_);
        say(word_);
        EXPECT_EQ(sensor.stop(), 0);
        EXPECT_EQ(count(sensor, "rule-one"), 2U);
        EXPECT_EQ(count(sensor, "rule-often"), 0U);
    }
    RunningSensor sensor(policy());
    say(word_);
    EXPECT_TRUE(alert(sensor, "rule-often"));
    EXPECT_EQ(sensor.stop(), 0);
    EXPECT_EQ(count(sensor, "sensor.state_lost"), 0U);
}

TEST_F(DetectionProgram, ADamagedStateIsToldAndItBeginsAnew) {
    {
        RunningSensor sensor(policy());
        EXPECT_EQ(sensor.stop(), 0);
    }
    const auto state = folder_.at("state/analyst/analysis.state");
    ASSERT_GT(std::filesystem::file_size(state), 100U);
    std::filesystem::resize_file(state, 100);
    RunningSensor sensor(policy());
    EXPECT_TRUE(alert(sensor, "sensor.state_lost"));
    say(word_);
    EXPECT_TRUE(alert(sensor, "rule-one"));
    EXPECT_EQ(sensor.stop(), 0);
    EXPECT_GT(std::filesystem::file_size(state), 100U);
}

TEST_F(DetectionProgram, WhatIsHeldBackIsCounted) {
    RunningSensor sensor(policy("alerts_hourly = 2"));
    for (int i = 0; i < 5; ++i) say(word_);
    EXPECT_EQ(sensor.stop(), 0);
    EXPECT_EQ(count(sensor, "rule-one"), 2U);
    const auto held = alert(sensor, "sensor.alerts_held");
    ASSERT_TRUE(held);
    EXPECT_EQ(held->at("Values").at("count").as_string(), "3");
}

// One of the detectors beyond rules: a file that nobody has a reason to change.
TEST_F(DetectionProgram, TheDetectorsBeyondRulesSeeTheSensorsEvents) {
    std::filesystem::create_directory(folder_.at("salary"));
    write_file(folder_.at("salary/list"), "x");
    write_file(folder_.at("analysis.toml"), "canaries = ['" + folder_.at("salary/list") + "']\n");
    RunningSensor sensor(policy("settings = \"" + folder_.at("analysis.toml") + "\""));
    sensor::run({"/bin/sh", "-c", "echo y >> " + folder_.at("salary/list")});
    const auto told =
        sensor.find([](const Object& event) { return text_of(event, "Detector") == "intrusion"; });
    ASSERT_TRUE(told);
    EXPECT_EQ(text_of(*told, "TargetFilename"), folder_.at("salary/list"));
    EXPECT_EQ(text_of(*told, "Rule"), "canary");
    EXPECT_EQ(text_of(*told, "Image"), std::filesystem::canonical("/bin/sh").native());
}

// A question of DNS for an address.
std::string question_for(const std::string& name) {
    std::string message("\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00", 12);
    for (std::size_t at = 0; at < name.size();) {
        const auto end = std::min(name.find('.', at), name.size());
        message += static_cast<char>(end - at);
        message += name.substr(at, end - at);
        at = end + 1;
    }
    return message.append("\x00\x00\x01\x00\x01", 5);
}

// What is taken out as names of questions that nobody need answer.
TEST_F(DetectionProgram, DataInNamesOfDnsIsAnAlert) {
    RunningSensor sensor(policy());
    sockaddr_in server{};
    server.sin_family = AF_INET;
    server.sin_addr.s_addr = htonl(0x7f003535);  // 127.0.53.53
    server.sin_port = htons(53);
    const base::FileDescriptor client(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    constexpr int questions = 120;
    for (int i = 0; i < questions; ++i) {
        std::string data;
        for (int part = 0; part < 3; ++part) {
            data += fmt::format("{:04x}{:x>54}.", i, part);
        }
        const auto question = question_for(data + "carried-out.net");
        ASSERT_EQ(::sendto(client.get(), question.data(), question.size(), 0,
                           reinterpret_cast<const sockaddr*>(&server), sizeof server),
                  static_cast<ssize_t>(question.size()));
    }
    const auto told = alert(sensor, "tunnel");
    ASSERT_TRUE(told);
    EXPECT_EQ(text_of(*told, "Detector"), "exfiltration");
    EXPECT_EQ(text_of(*told, "Image"), std::filesystem::read_symlink("/proc/self/exe").native());
    EXPECT_EQ(sensor.stop(), 0);
    EXPECT_EQ(count(sensor, "tunnel"), 1U);
}

// A rule in the words of another product, with a name that the place fills in.
TEST_F(DetectionProgram, RulesGoThroughPipelinesAndTheirPlaceholdersAreFilled) {
    write_file(folder_.at("rules/foreign.yml"), R"(title: Told in other words
id: rule-foreign
logsource:
  product: elsewhere
  category: start
detection:
  selection:
    its_words|expand|contains: '%forbidden%'
  condition: selection
level: high
)");
    write_file(folder_.at("pipeline.yml"), R"(name: Other words
priority: 10
transformations:
  - type: field_name_mapping
    mapping: {its_words: CommandLine}
  - type: change_logsource
    product: linux
    category: process_creation
    rule_conditions:
      - type: logsource
        product: elsewhere
)");
    write_file(folder_.at("lists.yml"), "forbidden: ['" + word_ + "-hidden']\n");
    const auto lists = "placeholders = \"" + folder_.at("lists.yml") + "\"\n";
    {
        RunningSensor sensor(
            policy(lists + "pipelines = [\"" + folder_.at("pipeline.yml") + "\"]"));
        say(word_ + "-hidden");
        EXPECT_TRUE(alert(sensor, "rule-foreign"));
        EXPECT_EQ(sensor.stop(), 0);
    }
    // Without the pipeline the rule is for something else.
    RunningSensor sensor(policy(lists));
    say(word_ + "-hidden");
    say(word_);
    ASSERT_TRUE(alert(sensor, "rule-one"));
    EXPECT_EQ(sensor.stop(), 0);
    EXPECT_EQ(count(sensor, "rule-foreign"), 0U);
}

TEST_F(DetectionProgram, RulesThatAreNotThereStopTheStart) {
    std::filesystem::remove_all(folder_.at("rules"));
    RunningSensor sensor(policy());
    EXPECT_EQ(sensor.stop(), 1);
}

// What sshd says meets rules for its log source, and correlations count it; an analyst that is
// killed in between loses none of it.
TEST_F(DetectionProgram, RefusedLogonsAreCountedByACorrelation) {
    write_file(folder_.at("rules/refused.yml"), R"(title: refused
name: refused
logsource:
    product: linux
    service: sshd
detection:
    selection:
        Outcome: failure
    condition: selection
---
title: many refused
id: 2b6a4b1e-65a1-4f7a-9f43-0d60b3a70ad1
correlation:
    type: event_count
    rules: [refused]
    group-by: [SourceIp]
    timespan: 10m
    condition:
        gte: 4
level: high
)");
    RunningSensor sensor(policy());
    const auto refuse = [&](int number) {
        std::ofstream(log_, std::ios::app) << fmt::format(
            "2026-11-20T10:02:0{}+09:00 here sshd[5]: Failed password for root from "
            "192.0.2.7 port {} ssh2\n",
            number, 4000 + number);
    };
    refuse(1);
    refuse(2);
    ASSERT_TRUE(sensor.find("authentication", "SourceIp", "192.0.2.7"));
    refuse(3);
    refuse(4);
    EXPECT_TRUE(alert(sensor, "2b6a4b1e-65a1-4f7a-9f43-0d60b3a70ad1"));
}

}  // namespace
}  // namespace shoji::station
