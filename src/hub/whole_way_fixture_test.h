// For tests: the real shoji-hub and the real shoji-sensor of the host "host-1", which delivers to
// it.
#pragma once

#include "hub/program_fixture_test.h"
#include "hub/programs_test.h"
#include "watch/channel/context.h"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>

namespace shoji::hub {

namespace json = boost::json;

class WholeWay : public HubProgramTest {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "needs root";
        settings_.hub.silence_seconds = 4;
        HubProgramTest::SetUp();
        // The parts' users pass through it.
        fs::permissions(folder_, fs::perms(0711));
        std::ofstream(folder_ / "sensor.pem") << channel::bundle_of(enrol("host-1"));
        fs::permissions(folder_ / "sensor.pem", fs::perms(0600));
        fs::create_directory(folder_ / "rules");
        std::ofstream(folder_ / "rules/one.yml") << fmt::format(R"(title: A strange word was said
id: rule-one
logsource:
  product: linux
  category: process_creation
detection:
  selection:
    CommandLine|contains: '{}'
  condition: selection
level: high
)",
                                                                word_);
        std::ofstream(folder_ / "sensor.toml")
            << fmt::format(R"(state = "{0}/sensor"
runtime = "{0}/sensor-run"
{2}[detection]
rules = ["{0}/rules"]
beyond_rules = false
[delivery]
hub = "127.0.0.1:{1}"
identity = "{0}/sensor.pem"
events = ["process_creation"]
spool_megabytes = 16
pulse_seconds = 1
)",
                           folder_.native(), settings_.hub.sensor_port, rest_);
    }
    void TearDown() override {
        end_sensor(SIGTERM);
        HubProgramTest::TearDown();
    }

    void start_sensor() {
        sensor_.emplace(
            std::vector<std::string>{SHOJI_SENSOR_PROGRAM, "--policy", folder_ / "sensor.toml"});
        // It answers once it watches.
        ASSERT_TRUE(
            eventually([&] { return !process_of("analyst").empty() && !status().is_null(); }));
    }
    int end_sensor(int signal) { return sensor_ ? sensor_->end(signal) : -1; }
    [[nodiscard]] std::string process_of(const std::string& part) const {
        std::ifstream file(folder_ / "sensor-run/sensor.json");
        const std::string text((std::istreambuf_iterator<char>(file)), {});
        json::error_code broken;
        const auto state = json::parse(text, broken);
        if (broken) return {};
        for (const auto& one : state.at("parts").as_array()) {
            const auto number = one.at("process").as_int64();
            if (one.at("part") == part.c_str() && number > 1) return std::to_string(number);
        }
        return {};
    }
    // What the analyst says at the local socket.
    [[nodiscard]] json::value status() const {
        const auto socket =
            base::connect_unix(folder_ / "sensor-run/sensor.sock", base::SocketKind::packet);
        if (!socket) return {};
        const std::vector<std::uint8_t> wish{0, 0, 0, 0, 0};
        if (!base::send_packet(socket->get(), wish)) return {};
        const auto answer = base::receive_packet(socket->get(), 1 << 17);
        if (!answer) return {};
        json::error_code broken;
        auto read =
            json::parse(std::string_view(reinterpret_cast<const char*>(answer->bytes.data()),
                                         answer->bytes.size()),
                        broken);
        return broken ? json::value() : read;
    }
    void say() const { output_of({"/bin/true", word_ + std::to_string(++said_)}); }
    // Of the rule and the host, as `shoji alerts --json` shows them.
    [[nodiscard]] std::size_t shown(const std::string& rule) const {
        const auto text =
            output_of({SHOJI_PROGRAM, "--state", folder_.native(), "--json", "alerts"}).output;
        std::size_t count = 0;
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);) {
            json::error_code broken;
            const auto alert = json::parse(line, broken);
            if (broken || !alert.is_object()) continue;
            const auto& object = alert.as_object();
            const auto* host = object.if_contains("host");
            const auto* its_rule = object.if_contains("rule");
            if (host != nullptr && its_rule != nullptr && *host == "host-1" &&
                *its_rule == rule.c_str()) {
                ++count;
            }
        }
        return count;
    }

    std::string rest_;  // further tables of the sensor's policy
    std::optional<RunningProgram> sensor_;
    mutable int said_ = 0;
    std::string word_ = "shoji-whole-way-" + base::random_hex(4);
};

}  // namespace shoji::hub
