// For tests: a sensor with detection in a folder of its own.
#pragma once

#include "watch/sensor/sensor_fixture_test.h"

#include <algorithm>
#include <csignal>
#include <fstream>
#include <string>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

namespace shoji::station {

using sensor::Object;
using sensor::RunningSensor;
using sensor::TestFolder;

inline void write_file(const std::string& path, const std::string& text) {
    std::ofstream(path) << text;
}

// A rule for programs whose command line has `word` in it.
inline std::string rule_for(const std::string& id, const std::string& word) {
    return fmt::format(R"(title: {1} was said
id: {0}
name: {1}
logsource:
  product: linux
  category: process_creation
detection:
  selection:
    CommandLine|endswith: ' {1}'
  condition: selection
level: high
)",
                       id, word);
}

class StationTest : public testing::Test {
  protected:
    void SetUp() override {
        SHOJI_NEEDS_ROOT();
        // The parts' users pass through it.
        std::filesystem::permissions(folder_.path(), std::filesystem::perms(0711));
        std::filesystem::create_directory(folder_.at("rules"));
        write_file(log_, "");
        write_file(folder_.at("rules/one.yml"), rule_for("rule-one", word_));
    }

    // `detection`: further lines of that table; `rest`: further tables.
    [[nodiscard]] std::string policy(const std::string& detection = {},
                                     const std::string& rest = {}) const {
        // What tests do to a sensor the shield would refuse, where the kernel takes it.
        const std::string table = "[keeper]\n";
        auto tables = rest;
        if (!shielded_) {
            const auto at = tables.find(table);
            if (at == std::string::npos) tables += table + "shield = false\n";
            if (at != std::string::npos) tables.insert(at + table.size(), "shield = false\n");
        }
        return fmt::format(R"(state = "{0}"
runtime = "{1}"
{3}
[files]
rate = 0
[logons]
source = "files"
files = ["{5}"]
[detection]
rules = ["{2}"]
{4}
)",
                           folder_.at("state"), folder_.at("run"), folder_.at("rules"), tables,
                           detection, log_);
    }
    void say(const std::string& word) { sensor::run({"/bin/true", word}); }

    static std::optional<Object> alert(RunningSensor& sensor, const std::string& rule) {
        return sensor.find([&](const Object& event) {
            return sensor::text_of(event, "Category") == "alert" &&
                   sensor::text_of(event, "Rule") == rule;
        });
    }
    static std::size_t count(const RunningSensor& sensor, const std::string& rule) {
        return sensor
            .all([&](const Object& event) {
                return sensor::text_of(event, "Category") == "alert" &&
                       sensor::text_of(event, "Rule") == rule;
            })
            .size();
    }
    // What the sensor's state says of a part now; 0: nothing.
    static std::int64_t part_number(const RunningSensor& sensor, const std::string& part,
                                    const char* name) {
        std::ifstream file(sensor.state_file());
        const std::string text((std::istreambuf_iterator<char>(file)), {});
        boost::json::error_code broken;
        const auto state = boost::json::parse(text, broken);
        if (broken) return 0;
        for (const auto& one : state.at("parts").as_array()) {
            if (one.at("part") == part.c_str()) return one.at(name).as_int64();
        }
        return 0;
    }
    // The number of a part's process now; 0: none.
    static pid_t process_of(const RunningSensor& sensor, const std::string& part) {
        return static_cast<pid_t>(std::max<std::int64_t>(part_number(sensor, part, "process"), 0));
    }
    // The part's process, which got the signal; 0: it does not run. A number that is no process's
    // must never come to kill(2): with -1 it would end everything on the machine.
    static pid_t signal_part(const RunningSensor& sensor, const std::string& part, int signal) {
        pid_t process = 0;
        const bool runs = eventually([&] { return (process = process_of(sensor, part)) > 1; });
        if (!runs || ::kill(process, signal) != 0) return 0;
        return process;
    }
    static bool eventually(const std::function<bool()>& holds) {
        for (int tries = 0; tries < 2000 * sensor::slowness(); ++tries) {
            if (holds()) return true;
            ::usleep(10'000);
        }
        return false;
    }

    TestFolder folder_;
    bool shielded_ = false;
    std::string log_ = folder_.at("auth.log");  // of logons
    std::string word_ = "shoji-test-word-" + std::to_string(::getpid());
};

}  // namespace shoji::station
