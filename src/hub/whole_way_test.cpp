// The whole way with the real programs: an act on a host, shoji-sensor's rule, shoji-hub, and what
// `shoji alerts` then shows.
#include "hub/whole_way_fixture_test.h"

#include <cerrno>

#include <sys/mount.h>

namespace shoji::hub {
namespace {

TEST_F(WholeWay, AnActOnAHostIsAnAlertAtTheHub) {
    start();
    start_sensor();
    say();
    EXPECT_TRUE(eventually([&] { return shown("rule-one") == 1; }));
    EXPECT_TRUE(eventually([&] { return number("SELECT ifnull(sum(count), 0) FROM batch") > 0; }))
        << "events that policy says go too";
    EXPECT_TRUE(eventually([&] {
        const auto now = status();
        return now.is_object() && now.at("delivery").at("connected") == true;
    }));
    EXPECT_EQ(end_sensor(SIGTERM), 0);
}

// The line is cut, and is back.
TEST_F(WholeWay, WhatHappensWithoutTheHubIsKept) {
    start();
    start_sensor();
    say();
    ASSERT_TRUE(eventually([&] { return shown("rule-one") == 1; }));
    ASSERT_EQ(end(SIGKILL), -SIGKILL);
    for (int i = 0; i < 20; ++i) say();
    // Nor does the sensor's own end lose it.
    ASSERT_TRUE(eventually([&] {
        const auto now = status();
        return now.is_object() && now.at("alerts").to_number<int>() >= 21;
    }));
    EXPECT_EQ(end_sensor(SIGTERM), 0);
    start_sensor();
    for (int i = 0; i < 5; ++i) say();
    start();
    EXPECT_TRUE(eventually([&] { return shown("rule-one") == 26; })) << shown("rule-one");
    EXPECT_EQ(number("SELECT lost FROM sensor"), 0);
}

// Alerts that were handed over are on disk, or with the analyst still.
TEST_F(WholeWay, AKilledDelivererLosesNoAlert) {
    start();
    start_sensor();
    for (int i = 0; i < 10; ++i) {
        say();
        if (i % 3 != 1) continue;
        const auto deliverer = process_of("deliverer");
        ASSERT_FALSE(deliverer.empty());
        const pid_t process = std::stoi(deliverer);
        ASSERT_GT(process, 1);
        ASSERT_EQ(::kill(process, SIGKILL), 0);
        ASSERT_TRUE(eventually([&] {
            const auto now = process_of("deliverer");
            return !now.empty() && now != deliverer;
        }));
    }
    // What was on disk but not confirmed comes twice.
    EXPECT_TRUE(eventually([&] { return shown("rule-one") >= 10; })) << shown("rule-one");
    EXPECT_TRUE(eventually([&] { return shown("sensor.part_ended") >= 3; }));
}

// A file system of its own, gone with its object.
struct SmallDisk {
    explicit SmallDisk(const fs::path& at) : path(at) {
        fs::create_directory(path);
        is_mounted = ::mount("shoji", path.c_str(), "tmpfs", 0, "size=16m,mode=0711") == 0;
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    ~SmallDisk() {
        if (is_mounted) ::umount2(path.c_str(), MNT_DETACH);
    }
    void fill() const {
        std::ofstream filler(path / "filler");
        const std::string block(1 << 12, 'x');
        while (filler.write(block.data(), static_cast<std::streamsize>(block.size())).flush())
            continue;
    }
    void empty() const { fs::remove(path / "filler"); }

    fs::path path;
    bool is_mounted = false;
};

// While there is no hub either: alerts go into the spool's reserve.
TEST_F(WholeWay, AFullDiskIsToldAndLosesNoAlert) {
    const SmallDisk disk(folder_ / "sensor");
    ASSERT_TRUE(disk.is_mounted) << errno;
    start();
    start_sensor();
    say();
    ASSERT_TRUE(eventually([&] { return shown("rule-one") == 1; }));
    EXPECT_EQ(end(SIGKILL), -SIGKILL);
    disk.fill();
    for (int i = 0; i < 20; ++i) say();
    EXPECT_TRUE(eventually([&] {
        output_of({"/bin/true", std::string(2000, 'x')});
        const auto now = status();
        return now.is_object() && now.at("delivery").at("lost").to_number<int>() > 0;
    })) << "events are dropped first";
    disk.empty();
    start();
    EXPECT_TRUE(eventually([&] { return shown("rule-one") == 21; })) << shown("rule-one");
    EXPECT_TRUE(eventually([&] { return shown("sensor.disk_full") == 1; }));
    EXPECT_TRUE(eventually([&] { return shown("sensor.lost") >= 1; }));
    EXPECT_EQ(end_sensor(SIGTERM), 0);
}

TEST_F(WholeWay, AKilledSensorIsAnAlertForItsSilence) {
    start();
    start_sensor();
    say();
    ASSERT_TRUE(eventually([&] { return shown("rule-one") == 1; }));
    EXPECT_EQ(end_sensor(SIGKILL), -SIGKILL);
    EXPECT_TRUE(eventually([&] { return shown("sensor.silent") == 1; }));
    // What it left in its folders does not keep the next one from its work.
    start_sensor();
    EXPECT_TRUE(eventually([&] { return shown("sensor.restarted") == 1; }));
}

}  // namespace
}  // namespace shoji::hub
