// Floods of events, by control group.
#include "watch/sensor/record.h"
#include "watch/sensor/sensor_fixture_test.h"

#include <fstream>
#include <optional>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::sensor {
namespace {

class Floods : public testing::Test {
  protected:
    void SetUp() override { SHOJI_NEEDS_ROOT(); }
};

TEST_F(Floods, AreHeldBackAndCountedButNoProcessIs) {
    const TestFolder folder;
    const TestGroup group;
    ASSERT_FALSE(group.name().empty());
    RunningSensor sensor(with_family("file", "[files]\nrate = 50\n"));
    constexpr int many = 1000;
    const pid_t child = ::fork();
    if (child == 0) {
        if (!group.enter()) ::_exit(1);
        for (int i = 0; i < many; ++i) std::ofstream(folder.at("flood")) << "x";
        ::execl("/bin/true", "true", nullptr);
        ::_exit(1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_EQ(status, 0);
    const auto of_group = [&](std::string_view type) {
        return sensor.find([&](const Object& event) {
            return text_of(event, "EventType") == type && text_of(event, "Cgroup") == group.name();
        });
    };
    EXPECT_TRUE(of_group("flood_begins"));
    const auto ends = of_group("flood_ends");
    ASSERT_TRUE(ends);
    const auto told = sensor.all([&](const Object& event) {
        return text_of(event, "TargetFilename") == folder.at("flood");
    });
    // Two records for each file, all told or counted.
    EXPECT_GE(static_cast<std::int64_t>(told.size()) + number_of(*ends, "Count"), many);
    EXPECT_LT(told.size(), std::size_t{many});
    EXPECT_TRUE(sensor.find([&](const Object& event) {
        return text_of(event, "Category") == "process_creation" &&
               number_of(event, "ProcessId") == child;
    }));
}

// Where a group would stand if places were to be had by a number that everybody knows.
std::uint64_t guessed_place(const TestGroup& group) {
    struct stat folder {};
    if (::stat(group.path().c_str(), &folder) != 0) return SENSOR_THROTTLES;
    return ((folder.st_ino ^ std::uint64_t{SENSOR_FILE_OPEN >> 8} << 56) * 0x9e3779b97f4a7c15U) >>
           52;
}

TEST_F(Floods, NobodyChoosesWhoseEventsTheirsHoldBack) {
    constexpr int rounds = 5;
    const TestFolder folder;
    const TestGroup flooding;
    ASSERT_FALSE(flooding.name().empty());
    const auto place = guessed_place(flooding);
    std::optional<TestGroup> beside;
    int tried = 0;
    do {
        beside.emplace();
    } while (guessed_place(*beside) != place && ++tried < 20 * SENSOR_THROTTLES);
    ASSERT_EQ(guessed_place(*beside), place);
    RunningSensor sensor(with_family("file", "[files]\nrate = 50\n"));
    const pid_t child = ::fork();
    if (child == 0) {
        for (int round = 0; round < rounds; ++round) {
            if (!flooding.enter()) ::_exit(1);
            for (int i = 0; i < 500; ++i) std::ofstream(folder.at("flood")) << "x";
            if (!beside->enter()) ::_exit(1);
            std::ofstream(folder.at("beside-" + std::to_string(round))) << "x";
        }
        ::execl("/bin/true", "true", nullptr);
        ::_exit(1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_EQ(status, 0);
    ASSERT_TRUE(sensor.find([&](const Object& event) {
        return text_of(event, "Category") == "process_termination" &&
               number_of(event, "ProcessId") == child;
    }));
    for (int round = 0; round < rounds; ++round) {
        const auto path = folder.at("beside-" + std::to_string(round));
        EXPECT_FALSE(
            sensor
                .all([&](const Object& event) { return text_of(event, "TargetFilename") == path; })
                .empty())
            << path;
    }
}

}  // namespace
}  // namespace shoji::sensor
