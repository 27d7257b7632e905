// File systems over the sensor's folders, and the one of its pins.
#include "watch/shield/shielded_test.h"

#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/mount.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::shield {
namespace {

// <sys/mount.h> and <linux/mount.h> are at odds.
constexpr unsigned long bind = 1 << 12, recursive = 1 << 14, is_private = 1 << 18,
                        is_shared = 1 << 20;
constexpr int lazily = 2;

int mount(const std::string& what, const std::filesystem::path& where, const char* type,
          unsigned long flags) {
    return ::syscall(SYS_mount, what.c_str(), where.c_str(), type, flags, nullptr) == 0 ? 0 : errno;
}

int unmount(const std::filesystem::path& where) {
    return ::syscall(SYS_umount2, where.c_str(), lazily) == 0 ? 0 : errno;
}

int cover(const std::filesystem::path& folder) {
    const int failed = mount("shield-test", folder, "tmpfs", 0);
    return failed != 0 ? failed : unmount(folder);
}

// By the newer calls.
int cover_by_descriptor(const std::filesystem::path& folder) {
    const base::FileDescriptor made(
        static_cast<int>(::syscall(SYS_fsopen, "tmpfs", static_cast<unsigned>(FSOPEN_CLOEXEC))));
    ::syscall(SYS_fsconfig, made.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0);
    const base::FileDescriptor top(
        static_cast<int>(::syscall(SYS_fsmount, made.get(), FSMOUNT_CLOEXEC, 0)));
    if (::syscall(SYS_move_mount, top.get(), "", AT_FDCWD, folder.c_str(),
                  MOVE_MOUNT_F_EMPTY_PATH) != 0) {
        return errno;
    }
    return unmount(folder);
}

// In a namespace of mounts of its own, whose mounts are made to be such.
int elsewhere(unsigned long kind, const std::function<int()>& act) {
    const pid_t process = ::fork();
    if (process == 0) {
        if (::unshare(CLONE_NEWNS) != 0 || mount("none", "/", nullptr, recursive | kind) != 0) {
            ::_exit(255);
        }
        ::_exit(act());
    }
    int status = 0;
    ::waitpid(process, &status, 0);
    return WEXITSTATUS(status);
}

class ShieldMountsTest : public ShieldTest {
  protected:
    ShieldMountsTest() { mounts_bpf_ = true; }
};

TEST_F(ShieldMountsTest, NobodyElseCoversItsFolders) {
    const auto above = held_.parent_path();
    for (const auto& folder : {held_, held_ / "spool", above, named_, top_}) {
        EXPECT_EQ(cover(folder), EPERM) << folder;
        EXPECT_TRUE(is_told(Act::file, 0)) << folder;
        EXPECT_EQ(cover_by_descriptor(folder), EPERM) << folder;
        EXPECT_EQ(mount("/etc", folder, nullptr, bind), EPERM) << folder;
        EXPECT_TRUE(is_told(Act::file, 0)) << folder;
        EXPECT_EQ(elsewhere(is_shared, [&] { return cover(folder); }), EPERM) << folder;
        static_cast<void>(take_refusals());
        EXPECT_EQ(elsewhere(is_private, [&] { return cover(folder); }), 0) << folder;
    }
    const auto other = top_ / "other";
    std::filesystem::create_directory(other);
    EXPECT_EQ(cover(other), 0);
    EXPECT_TRUE(take_refusals().empty());
    lower();
    for (const auto& folder : {held_, held_ / "spool", above, named_, top_}) {
        EXPECT_EQ(cover(folder), 0) << folder;
        EXPECT_EQ(cover_by_descriptor(folder), 0) << folder;
        EXPECT_EQ(elsewhere(is_shared, [&] { return cover(folder); }), 0) << folder;
    }
}

TEST_F(ShieldMountsTest, NobodyElseTakesTheFileSystemOfItsPinsAway) {
    const auto bpf = pins_.parent_path();
    const auto aside = top_ / "other";
    std::filesystem::create_directory(aside);
    const auto move = [&] {
        const base::FileDescriptor from(static_cast<int>(::syscall(
            SYS_open_tree, AT_FDCWD, bpf.c_str(), static_cast<unsigned>(OPEN_TREE_CLOEXEC))));
        return ::syscall(SYS_move_mount, from.get(), "", AT_FDCWD, aside.c_str(),
                         MOVE_MOUNT_F_EMPTY_PATH) == 0
                   ? 0
                   : errno;
    };
    EXPECT_EQ(unmount(bpf), EPERM);
    EXPECT_TRUE(is_told(Act::file, 0));
    EXPECT_EQ(elsewhere(is_shared, [&] { return unmount(bpf); }), EPERM);
    EXPECT_EQ(elsewhere(is_private, [&] { return unmount(bpf); }), 0);
    EXPECT_EQ(move(), EPERM);
    EXPECT_EQ(cover(bpf), EPERM);
    lower();
    EXPECT_EQ(unmount(bpf), 0);
}

}  // namespace
}  // namespace shoji::shield
