// What processes may do, and what changes the kernel, as real calls change it.
#include "watch/sensor/sensor_fixture_test.h"

#include <array>
#include <cstring>
#include <fstream>

#include <boost/json/serialize.hpp>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::sensor {
namespace {

class PrivilegeEvents : public testing::Test {
  protected:
    void SetUp() override { SHOJI_NEEDS_ROOT(); }

    // A child does it; the child's number.
    static pid_t in_child(const std::function<bool()>& act) {
        const pid_t child = ::fork();
        if (child == 0) ::_exit(act() ? 0 : 1);
        int status = 0;
        ::waitpid(child, &status, 0);
        EXPECT_EQ(status, 0) << "the child could not do it";
        return child;
    }
    static std::optional<Object> find(RunningSensor& sensor, std::string_view type, pid_t process) {
        return sensor.find([=](const Object& event) {
            return text_of(event, "EventType") == type && number_of(event, "ProcessId") == process;
        });
    }
    static void expect_told(const std::optional<Object>& event) {
        ASSERT_TRUE(event);
        EXPECT_EQ(text_of(*event, "Category"), "privilege_change");
        EXPECT_EQ(text_of(*event, "Image"),
                  std::filesystem::read_symlink("/proc/self/exe").native());
    }
    static bool own_mounts() {
        return ::unshare(CLONE_NEWNS) == 0 &&
               ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
    }
};

TEST_F(PrivilegeEvents, AnotherUserAndBack) {
    RunningSensor sensor(with_family("privileges"));
    const pid_t child = in_child([] {
        return ::syscall(SYS_setresuid, -1, 12345, -1) == 0 &&
               ::syscall(SYS_setresuid, -1, 0, -1) == 0;
    });
    const auto away = sensor.find([=](const Object& event) {
        return text_of(event, "EventType") == "users" && number_of(event, "ProcessId") == child &&
               number_of(event, "UserId") == 12345;
    });
    ASSERT_TRUE(away);
    expect_told(away);
    EXPECT_EQ(text_of(*away, "FormerUser"), "root");
    EXPECT_EQ(number_of(*away, "RealUserId"), 0);
    const auto back = sensor.find([=](const Object& event) {
        return text_of(event, "EventType") == "users" && number_of(event, "ProcessId") == child &&
               number_of(event, "UserId") == 0;
    });
    ASSERT_TRUE(back);
    expect_told(back);
    EXPECT_EQ(number_of(*back, "FormerUser"), 12345);
    EXPECT_TRUE(back->contains("CapabilitiesGained"));
}

TEST_F(PrivilegeEvents, WhatChangesNothingIsNotTold) {
    RunningSensor sensor(with_family("privileges"));
    const pid_t child = in_child([] {
        return ::syscall(SYS_setuid, 0) == 0 && ::syscall(SYS_setresuid, -1, 54321, -1) == 0;
    });
    ASSERT_TRUE(find(sensor, "users", child));
    EXPECT_EQ(sensor
                  .all([=](const Object& event) {
                      return text_of(event, "EventType") == "users" &&
                             number_of(event, "ProcessId") == child;
                  })
                  .size(),
              1U);
}

TEST_F(PrivilegeEvents, Capabilities) {
    RunningSensor sensor(with_family("privileges"));
    const pid_t child = in_child([] {
        __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
        std::array<__user_cap_data_struct, 2> data{};
        data[0].permitted = data[0].effective = 1U << CAP_CHOWN;
        return ::syscall(SYS_capset, &header, data.data()) == 0;
    });
    const auto event = find(sensor, "capabilities", child);
    ASSERT_TRUE(event);
    expect_told(event);
    EXPECT_EQ(text_of(*event, "Capabilities"), "1");
    EXPECT_FALSE(event->contains("CapabilitiesGained"));
}

TEST_F(PrivilegeEvents, NamespacesOfOnesOwn) {
    RunningSensor sensor(with_family("privileges"));
    const pid_t child = in_child([] { return ::unshare(CLONE_NEWUTS | CLONE_NEWNET) == 0; });
    const auto event = find(sensor, "namespaces", child);
    ASSERT_TRUE(event);
    expect_told(event);
    EXPECT_EQ(boost::json::serialize(event->at("Namespaces")), R"(["network","uts"])");
    EXPECT_EQ(text_of(*event, "Result"), "success");
}

TEST_F(PrivilegeEvents, NamespacesOfAnother) {
    RunningSensor sensor(with_family("privileges"));
    const pid_t child = in_child([] {
        const int space = ::open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
        return ::setns(space, CLONE_NEWUTS) == 0;
    });
    const auto event = find(sensor, "namespaces", child);
    ASSERT_TRUE(event);
    expect_told(event);
    EXPECT_EQ(text_of(*event, "Namespaces"), "uts");
}

TEST_F(PrivilegeEvents, NamespacesFromBirth) {
    RunningSensor sensor(with_family("privileges"));
    const auto child = static_cast<pid_t>(
        ::syscall(SYS_clone, CLONE_NEWIPC | CLONE_NEWNET | SIGCHLD, nullptr, nullptr, nullptr, 0));
    if (child == 0) ::_exit(0);
    ASSERT_GT(child, 0);
    ::waitpid(child, nullptr, 0);
    const auto event = find(sensor, "namespaces", child);
    ASSERT_TRUE(event);
    expect_told(event);
    EXPECT_EQ(boost::json::serialize(event->at("Namespaces")), R"(["network","ipc"])");
}

TEST_F(PrivilegeEvents, MountsAndTheRoot) {
    RunningSensor sensor(with_family("privileges"));
    const TestFolder folder;
    const pid_t child = in_child([&] {
        return own_mounts() &&
               ::mount("shoji-test", folder.path().c_str(), "tmpfs", MS_NOSUID, nullptr) == 0 &&
               ::umount2(folder.path().c_str(), MNT_DETACH) == 0 &&
               ::chroot(folder.path().c_str()) == 0 &&
               ::syscall(SYS_pivot_root, "/no-new-root", "/no-old-root") != 0 &&
               ::syscall(429, -1, "/from-here", -1, "/to-there", 0) != 0;
    });
    const auto mounted = sensor.find("mount", "MountSource", "shoji-test");
    ASSERT_TRUE(mounted);
    expect_told(mounted);
    EXPECT_EQ(text_of(*mounted, "MountPoint"), folder.path());
    EXPECT_EQ(text_of(*mounted, "FileSystem"), "tmpfs");
    EXPECT_EQ(number_of(*mounted, "Flags"), MS_NOSUID);
    EXPECT_EQ(text_of(*mounted, "Incomplete"), "asked");
    EXPECT_EQ(text_of(*mounted, "Result"), "success");
    expect_told(sensor.find("unmount", "MountPoint", folder.path()));
    expect_told(sensor.find("chroot", "RootDirectory", folder.path()));
    const auto pivot = find(sensor, "pivot_root", child);
    ASSERT_TRUE(pivot);
    expect_told(pivot);
    EXPECT_EQ(text_of(*pivot, "MountPoint"), "/no-new-root");
    EXPECT_EQ(text_of(*pivot, "Result"), "ENOENT");
    const auto moved = find(sensor, "move_mount", child);
    ASSERT_TRUE(moved);
    expect_told(moved);
    EXPECT_EQ(text_of(*moved, "MountPoint"), "/to-there");
    EXPECT_NE(text_of(*moved, "Result"), "success");
}

// A kernel without modules refuses them in another way, and the attempt is told all the same.
TEST_F(PrivilegeEvents, Modules) {
    RunningSensor sensor(with_family("privileges"));
    const TestFolder folder;
    const auto path = folder.at("evil.ko");
    std::ofstream(path) << "no module";
    const pid_t child = in_child([&] {
        const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        // In memory already: a kernel without modules does not fetch it from the program's file.
        char name[] = "shoji_no_such";
        return ::syscall(SYS_finit_module, file, "", 0) != 0 &&
               ::syscall(SYS_init_module, "no module", 9, "") != 0 &&
               ::syscall(SYS_delete_module, name, O_NONBLOCK) != 0;
    });
    const auto from_file = sensor.find("module_load", "ImageLoaded", path);
    ASSERT_TRUE(from_file);
    EXPECT_EQ(text_of(*from_file, "Category"), "driver_load");
    EXPECT_EQ(number_of(*from_file, "ProcessId"), child);
    EXPECT_NE(text_of(*from_file, "Result"), "success");
    EXPECT_TRUE(sensor.find("module_load", "ImageLoaded", "memory"));
    EXPECT_TRUE(sensor.find("module_unload", "ImageLoaded", "shoji_no_such"));
}

TEST_F(PrivilegeEvents, ProgramsOfOthersInTheKernel) {
    RunningSensor sensor(with_family("privileges"));
    const pid_t child = in_child([] {
        const std::array<std::uint64_t, 2> code{0xb7, 0x95};  // r0 = 0; exit
        bpf_attr attr{};
        attr.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
        attr.insns = reinterpret_cast<std::uint64_t>(code.data());
        attr.insn_cnt = code.size();
        attr.license = reinterpret_cast<std::uint64_t>("GPL");
        std::strcpy(attr.prog_name, "shoji_test");
        return ::syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof attr) >= 0;
    });
    const auto event = find(sensor, "bpf", child);
    ASSERT_TRUE(event);
    expect_told(event);
    EXPECT_EQ(text_of(*event, "BpfCommand"), "prog_load");
    EXPECT_EQ(text_of(*event, "BpfProgramType"), "socket_filter");
    EXPECT_EQ(text_of(*event, "BpfProgramName"), "shoji_test");
    EXPECT_GT(number_of(*event, "BpfProgramId"), 0);
}

// Written as it is already.
TEST_F(PrivilegeEvents, KernelParameters) {
    RunningSensor sensor(with_family("privileges"));
    std::string value;
    std::getline(std::ifstream("/proc/sys/fs/lease-break-time"), value);
    ASSERT_FALSE(value.empty());
    std::ofstream("/proc/sys/fs/lease-break-time") << value << std::flush;
    const auto event = sensor.find("kernel_parameter", "Parameter", "fs/lease-break-time");
    ASSERT_TRUE(event);
    expect_told(event);
    EXPECT_EQ(text_of(*event, "Value"), value);
    EXPECT_EQ(number_of(*event, "ProcessId"), ::getpid());
}

TEST_F(PrivilegeEvents, TheSensorsOwnActsAreNotTold) {
    RunningSensor sensor(with_family("privileges"));
    in_child([] { return ::unshare(CLONE_NEWUTS) == 0; });
    ASSERT_TRUE(sensor.find(
        [](const Object& event) { return text_of(event, "EventType") == "namespaces"; }));
    EXPECT_THAT(sensor.all([&](const Object& event) {
        return text_of(event, "EventType") == "bpf" &&
               number_of(event, "ProcessId") == sensor.process();
    }),
                testing::IsEmpty());
}

}  // namespace
}  // namespace shoji::sensor
