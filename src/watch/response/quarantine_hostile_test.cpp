// Files whose owner, or root, does not want them taken.
#include "watch/response/quarantine_fixture_test.h"

#include <csignal>

#include <gmock/gmock.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/wait.h>

namespace shoji::response {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class QuarantineHostileTest : public QuarantineTest {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "needs root";
        QuarantineTest::SetUp();
    }
    void TearDown() override {
        if (mounted_) ::umount2((folder_ / "here").c_str(), MNT_DETACH);
        if (!folder_.empty()) QuarantineTest::TearDown();
    }
    // On a file system that keeps attributes of any size; false where this kernel's does not.
    bool on_tmpfs() {
        const auto here = folder_ / "here";
        mounted_ = ::mount("shoji", here.c_str(), "tmpfs", 0, "size=64m,mode=0755") == 0;
        write("evil");
        return mounted_ && ::setxattr(path_.c_str(), "user.note", "kept", 4, 0) == 0;
    }
    void attribute(const std::string& name, std::size_t size) const {
        const std::string value(size, 'v');
        ASSERT_EQ(::setxattr(path_.c_str(), name.c_str(), value.data(), size, 0), 0) << name;
    }
    // Their names and sizes.
    [[nodiscard]] std::map<std::string, ssize_t> attributes() const {
        std::string names(65536, '\0');
        const ssize_t size = ::listxattr(path_.c_str(), names.data(), names.size());
        std::map<std::string, ssize_t> all;
        for (std::size_t at = 0; size > 0 && at < static_cast<std::size_t>(size);) {
            const std::string name(names.c_str() + at);
            all[name] = ::getxattr(path_.c_str(), name.c_str(), nullptr, 0);
            at += name.size() + 1;
        }
        return all;
    }
    void set_flag(int flag, bool on) const {
        const base::FileDescriptor file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
        int flags = 0;
        flagged_ = ::ioctl(file.get(), FS_IOC_GETFLAGS, &flags) == 0;
        flags = on ? flags | flag : flags & ~flag;
        flagged_ = flagged_ && ::ioctl(file.get(), FS_IOC_SETFLAGS, &flags) == 0;
    }
    [[nodiscard]] int flags() const {
        const base::FileDescriptor file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
        int flags = 0;
        EXPECT_EQ(::ioctl(file.get(), FS_IOC_GETFLAGS, &flags), 0);
        return flags & (FS_IMMUTABLE_FL | FS_APPEND_FL);
    }

    bool mounted_ = false;
    mutable bool flagged_ = false;
};

TEST_F(QuarantineHostileTest, AttributesAreKeptWithinABound) {
    if (!on_tmpfs()) GTEST_SKIP() << "no attributes on tmpfs";
    attribute("user.large", 20'000);
    for (const char* name : {"user.a", "user.b", "user.c"}) attribute(name, 12'000);
    const auto before = attributes();
    const auto taken = vault().take(path_, {});
    ASSERT_TRUE(taken) << taken.error().message;
    EXPECT_TRUE(taken->attributes_whole);
    EXPECT_EQ(vault().list()->files, std::vector{*taken});
    const auto restored = vault().restore(taken->id);
    ASSERT_TRUE(restored) << restored.error().message;
    EXPECT_EQ(attributes(), before);
}

TEST_F(QuarantineHostileTest, NoAttributesPreventIt) {
    if (!on_tmpfs()) GTEST_SKIP() << "no attributes on tmpfs";
    ASSERT_EQ(::setxattr(path_.c_str(), "security.kept", "x", 1, 0), 0);
    // More than the kernel's own limit of one value, together more than what is kept.
    for (int i = 0; i < 20; ++i) attribute(fmt::format("user.{}", i), 60'000);
    const auto large = vault().take(path_, {});
    ASSERT_TRUE(large) << large.error().message;
    EXPECT_FALSE(large->attributes_whole);
    EXPECT_EQ(vault().list()->files.size(), 1U);
    EXPECT_TRUE(vault().list()->problems.empty());
    const auto restored = vault().restore(large->id);
    ASSERT_TRUE(restored) << restored.error().message;
    EXPECT_EQ(attributes().count("security.kept"), 1U);
    EXPECT_GT(attributes().size(), 10U);
    // More names than the kernel lists.
    for (int i = 0; i < 400; ++i) attribute(fmt::format("user.{}{:0>230}", i, ""), 1);
    const auto many = vault().take(path_, {});
    ASSERT_TRUE(many) << many.error().message;
    EXPECT_FALSE(many->attributes_whole);
    EXPECT_TRUE(vault().restore(many->id));
}

TEST_F(QuarantineHostileTest, WhatCannotBeReadHidesNoOther) {
    const auto taken = vault().take(path_, {});
    ASSERT_TRUE(taken) << taken.error().message;
    const auto damaged = folder_ / "vault" / (std::string(32, '0') + ".about");
    ASSERT_TRUE(replace_file(damaged, "damaged", 0600));
    const auto list = vault().list();
    ASSERT_TRUE(list);
    EXPECT_EQ(list->files, std::vector{*taken});
    EXPECT_THAT(list->problems, ElementsAre(HasSubstr(damaged.native())));
    EXPECT_EQ(vault().restore(std::string(32, '0')).error().kind, base::ErrorKind::corrupt);
    EXPECT_TRUE(vault().restore(taken->id));
}

TEST_F(QuarantineHostileTest, NoFileFillsTheDisk) {
    struct stat state {};
    ::chmod(path_.c_str(), 04755);
    const auto seen = [&] {
        ::stat(path_.c_str(), &state);
        return fmt::format("{:o} {} {} {}", state.st_mode, state.st_size, state.st_mtim.tv_nsec,
                           state.st_ino);
    };
    const auto refused = [&](const VaultLimits& limits, const char* key) {
        const auto before = seen();
        const auto look = vault(limits).look(path_, {});
        const auto take = vault(limits).take(path_, {});
        ASSERT_FALSE(look || take);
        EXPECT_EQ(look.error().key, key);
        EXPECT_EQ(take.error().key, key);
        EXPECT_EQ(take.error().kind, base::ErrorKind::full);
        EXPECT_EQ(seen(), before);
    };
    refused({.file_bytes = 200'002}, "response.quarantine.large");
    refused({.free_bytes = std::uint64_t{1} << 60U}, "response.quarantine.room");
    ASSERT_EQ(::truncate(path_.c_str(), off_t{1} << 40U), 0);
    refused({}, "response.quarantine.large");
    refused({.file_bytes = std::uint64_t{1} << 50U}, "response.quarantine.room");
    ASSERT_EQ(::truncate(path_.c_str(), 1000), 0);
    EXPECT_TRUE(vault({.file_bytes = 1000}).take(path_, {}));
}

// Whoever holds it open gives it its mode back, and has nothing.
TEST_F(QuarantineHostileTest, LeavesNothingToADescriptor) {
    const base::FileDescriptor held(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    ASSERT_TRUE(vault().take(path_, {}));
    ASSERT_EQ(::fchmod(held.get(), 0755), 0);
    struct stat state {};
    ASSERT_EQ(::fstat(held.get(), &state), 0);
    EXPECT_EQ(state.st_size, 0);
}

TEST_F(QuarantineHostileTest, ARunningFilesOtherNamesAreToldAndEmptiedLater) {
    fs::copy_file("/bin/sleep", path_, fs::copy_options::overwrite_existing);
    const auto spare = folder_ / "here/spare";
    fs::create_hard_link(path_, spare);
    std::array<int, 2> started{};
    ASSERT_EQ(::pipe2(started.data(), O_CLOEXEC), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        ::execl(path_.c_str(), "sleep", "600", nullptr);
        ::_exit(1);
    }
    ::close(started[1]);
    char byte = 0;
    EXPECT_EQ(::read(started[0], &byte, 1), 0) << "closed when it runs";
    ::close(started[0]);
    const auto taken = vault().take(path_, {});
    EXPECT_TRUE(taken && taken->step == QuarantineStep::removed && taken->links == 2);
    EXPECT_GT(fs::file_size(spare), 0U);
    EXPECT_EQ(vault().list()->files.at(0).step, QuarantineStep::removed) << "still";
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    EXPECT_EQ(vault().list()->files.at(0).step, QuarantineStep::kept);
    EXPECT_EQ(fs::file_size(spare), 0U);
    EXPECT_TRUE(vault().restore(taken->id));
    EXPECT_EQ(fs::hard_link_count(path_), 2U);
    EXPECT_EQ(digest(spare), digest("/bin/sleep"));
}

TEST_F(QuarantineHostileTest, FlagsDoNotKeepItThere) {
    for (const int flag : {FS_IMMUTABLE_FL, FS_APPEND_FL}) {
        set_flag(flag, true);
        if (!flagged_) GTEST_SKIP() << "no such flags on this file system";
        EXPECT_FALSE(vault().take(path_, {}, journal::digest_of("another")));
        EXPECT_EQ(flags(), flag) << "what is not taken is as it was";
        const auto taken = vault().take(path_, {});
        EXPECT_TRUE(taken) << taken.error().message;
        EXPECT_FALSE(fs::exists(path_));
        const auto restored = taken ? vault().restore(taken->id) : vault().restore("");
        EXPECT_TRUE(restored && restored->flagged);
        EXPECT_EQ(flags(), flag);
        set_flag(flag, false);
    }
}

TEST_F(QuarantineHostileTest, AMountOnItIsTold) {
    const auto before = snapshot();
    ASSERT_EQ(::mount(path_.c_str(), path_.c_str(), nullptr, MS_BIND, nullptr), 0);
    const auto taken = vault().take(path_, {});
    const auto look = vault().look(path_, {});
    ASSERT_EQ(::umount2(path_.c_str(), MNT_DETACH), 0);
    ASSERT_FALSE(taken || look);
    EXPECT_EQ(taken.error().key, "response.quarantine.mount");
    EXPECT_EQ(look.error().key, "response.quarantine.mount");
    EXPECT_EQ(snapshot(), before);
}

}  // namespace
}  // namespace shoji::response
