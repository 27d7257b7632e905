// For tests: the program itself, started as root, and the events that it prints.
#pragma once

#include "core/base/file_descriptor.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>
#include <gtest/gtest.h>
#include <sys/types.h>

namespace shoji::sensor {

// A folder that goes with its object.
class TestFolder {
  public:
    explicit TestFolder(std::string_view parent = "/var/tmp");
    TestFolder(const TestFolder&) = delete;
    TestFolder& operator=(const TestFolder&) = delete;
    ~TestFolder();
    [[nodiscard]] std::string at(std::string_view name) const {
        return path_ + "/" + std::string(name);
    }
    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    std::string path_;
};

using Object = boost::json::object;
std::string text_of(const Object& event, std::string_view name);
std::int64_t number_of(const Object& event, std::string_view name);

// A policy by which processes and one family more are seen: to attach the programs of all takes
// long where the machine is emulated.
std::string with_family(std::string_view family, std::string_view policy = "[files]\nrate = 0\n");

class RunningSensor {
  public:
    // `policy`: the text of its file. `before`: done in its process before it begins. Returns when
    // the sensor says what it sees.
    explicit RunningSensor(
        const std::string& policy = "[files]\nrate = 0\n",
        const std::function<bool()>& before = [] { return true; });
    RunningSensor(const RunningSensor&) = delete;
    RunningSensor& operator=(const RunningSensor&) = delete;
    ~RunningSensor();

    // The first event that fits, of those printed so far or to come; none after a while.
    std::optional<Object> find(const std::function<bool(const Object&)>& fits);
    std::optional<Object> find(std::string_view type, std::string_view field,
                               std::string_view value);
    std::vector<Object> all(const std::function<bool(const Object&)>& fits) const;
    [[nodiscard]] std::string state_file() const { return folder_.at("state.json"); }
    // The number of its keeper.
    [[nodiscard]] pid_t process() const { return process_; }
    // Ends it; its exit code.
    int stop();
    [[nodiscard]] std::string backend(std::string_view family) const;

  private:
    [[nodiscard]] bool has_ended() const;
    bool read_more(std::chrono::steady_clock::time_point until);

    TestFolder folder_;
    pid_t process_ = -1;
    base::FileDescriptor output_;
    std::string rest_;
    std::vector<Object> events_;
};

// The first event of that category and process.
std::optional<Object> act_of(RunningSensor& sensor, std::string_view category, pid_t process);

// Runs a program to its end; its process number.
pid_t run(const std::vector<std::string>& words, const std::vector<std::string>& environment = {},
          const std::string& directory = {});

// A control group of the unified hierarchy, removed with its object.
class TestGroup {
  public:
    TestGroup();
    TestGroup(const TestGroup&) = delete;
    TestGroup& operator=(const TestGroup&) = delete;
    ~TestGroup();
    // "/NAME"; empty where there is no such hierarchy.
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] std::string path() const { return mount_ + name_; }
    // The calling process moves in.
    [[nodiscard]] bool enter() const;

  private:
    std::string mount_;
    std::string name_;
};

// Waits of tests where everything is slower.
int slowness();

}  // namespace shoji::sensor

#define SHOJI_NEEDS_ROOT() \
    if (::geteuid() != 0) GTEST_SKIP() << "needs root"
