// What is pinned to the BPF file system watches on when the keeper is killed, and the next one's
// analyst reads it.
#include "watch/station/station_fixture_test.h"

#include <csignal>

#include <sys/mount.h>

namespace shoji::station {
namespace {

class PinsProgram : public StationTest {
  protected:
    void SetUp() override {
        StationTest::SetUp();
        if (IsSkipped()) return;
        std::filesystem::create_directory(folder_.at("bpf"));
        ASSERT_EQ(::mount("bpf", folder_.at("bpf").c_str(), "bpf", 0, "mode=0700"), 0) << errno;
    }
    void TearDown() override {
        // Nothing where the test was skipped before the mount.
        ::umount2(folder_.at("bpf").c_str(), MNT_DETACH);
    }

    [[nodiscard]] std::string pins() const { return folder_.at("bpf/sensor"); }
    [[nodiscard]] std::string pinning_policy() const {
        return policy({}, fmt::format("[keeper]\npins = \"{}\"\n", pins()));
    }
    [[nodiscard]] std::size_t pinned() const {
        std::error_code none;
        const std::filesystem::directory_iterator begin(pins(), none);
        return none ? 0 : static_cast<std::size_t>(std::distance(begin, {}));
    }
    // With its parts, which go on their own.
    static void kill_all(RunningSensor& sensor) {
        const pid_t analyst = process_of(sensor, "analyst");
        ASSERT_GT(analyst, 1);
        ASSERT_GT(signal_part(sensor, "keeper", SIGKILL), 1);
        EXPECT_EQ(sensor.stop(), -SIGKILL);
        ASSERT_TRUE(eventually([&] { return ::kill(analyst, 0) != 0; }));
    }
    // An alert of what is done while no sensor runs.
    bool sees_what_happens_between(const std::string& text) {
        {
            RunningSensor killed(text);
            kill_all(killed);
        }
        say(word_);
        RunningSensor next(text);
        // Of what happens now: all before it has been read.
        say("later-" + word_);
        EXPECT_TRUE(alert(next, "rule-two"));
        EXPECT_EQ(next.stop(), 0);
        return count(next, "rule-one") > 0;
    }
};

TEST_F(PinsProgram, WhatHappensWhileNoSensorRunsIsSeenByTheNext) {
    write_file(folder_.at("rules/two.yml"), rule_for("rule-two", "later-" + word_));
    EXPECT_FALSE(sees_what_happens_between(policy())) << "without pins nothing sees it";
    EXPECT_TRUE(sees_what_happens_between(pinning_policy()));
    EXPECT_EQ(pinned(), 0U) << "an end by itself leaves nothing";
}

TEST_F(PinsProgram, PinsThatAreRemovedAreToldAndMadeAgain) {
    RunningSensor sensor(pinning_policy());
    const auto before = pinned();
    ASSERT_GT(before, 3U);
    std::filesystem::remove_all(pins());
    const auto told = alert(sensor, "sensor.programs_detached");
    ASSERT_TRUE(told);
    EXPECT_EQ(told->at("Values").at("programs").as_string(), "pins");
    EXPECT_TRUE(eventually([&] { return pinned() == before; }));
    say(word_);
    EXPECT_TRUE(alert(sensor, "rule-one"));
    EXPECT_EQ(sensor.stop(), 0);
}

// Another thing of the same name stands there: as good as removed.
TEST_F(PinsProgram, PinsThatAreReplacedAreToldAndMadeAgain) {
    RunningSensor sensor(pinning_policy());
    const auto before = pinned();
    const auto pin = std::filesystem::path(pins()) / "process_exec";
    ASSERT_TRUE(std::filesystem::remove(pin));
    std::filesystem::create_directory(pin);
    ASSERT_TRUE(alert(sensor, "sensor.programs_detached"));
    EXPECT_TRUE(eventually([&] { return std::filesystem::is_regular_file(pin); }));
    std::filesystem::create_directory(std::filesystem::path(pins()) / "other");
    EXPECT_EQ(pinned(), before + 1);
    EXPECT_EQ(sensor.stop(), 0);
    EXPECT_EQ(pinned(), 0U) << "whatever else stands there";
}

// Where others could put or lead anything.
TEST_F(PinsProgram, OnlyAFolderOfItsOwnIsUsed) {
    const auto theirs = folder_.at("bpf/theirs");
    std::filesystem::create_directory(theirs);
    std::filesystem::create_directory(theirs + "/kept");
    const auto refused = [&] {
        RunningSensor sensor(pinning_policy());
        return alert(sensor, "sensor.not_pinned").has_value();
    };
    std::filesystem::create_directory_symlink(theirs, pins());
    EXPECT_TRUE(refused());
    EXPECT_TRUE(std::filesystem::exists(theirs + "/kept"));
    std::filesystem::remove(pins());
    std::filesystem::create_directory(pins());
    std::filesystem::permissions(pins(), std::filesystem::perms(0777));
    EXPECT_TRUE(refused());
}

TEST_F(PinsProgram, WithoutSuchAFileSystemItWatchesAllTheSameAndTells) {
    RunningSensor sensor(
        policy({}, fmt::format("[keeper]\npins = \"{}\"\n", folder_.at("no-bpf"))));
    EXPECT_TRUE(alert(sensor, "sensor.not_pinned"));
    say(word_);
    EXPECT_TRUE(alert(sensor, "rule-one"));
    EXPECT_EQ(sensor.stop(), 0);
}

}  // namespace
}  // namespace shoji::station
