// A vault whose process is killed at any moment.
#include "watch/response/quarantine_fixture_test.h"

#include <csignal>
#include <random>
#include <thread>

#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

namespace shoji::response {
namespace {

class QuarantineCrashTest : public QuarantineTest {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "needs root";
        QuarantineTest::SetUp();
    }
    void TearDown() override {
        if (folder_.empty()) return;
        flag(false);
        QuarantineTest::TearDown();
    }
    void flag(bool on) const {
        const base::FileDescriptor file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
        int flags = 0;
        if (::ioctl(file.get(), FS_IOC_GETFLAGS, &flags) != 0) return;
        flags = on ? flags | FS_APPEND_FL : flags & ~FS_APPEND_FL;
        (void)::ioctl(file.get(), FS_IOC_SETFLAGS, &flags);
    }
    // Takes it and puts it back, until it is killed; says a byte for each.
    [[noreturn]] void take_and_restore(int told) const {
        for (;;) {
            const auto opened = Vault::open(folder_ / "vault");
            if (!opened) ::_exit(1);
            const auto taken = opened->take(path_, {});
            if (!taken || ::write(told, "t", 1) != 1) ::_exit(2);
            if (!opened->restore(taken->id) || ::write(told, "r", 1) != 1) ::_exit(3);
        }
    }
    // Kills it after `delay`, or where that is none as soon as it has said `heard` bytes.
    void run(std::optional<std::chrono::microseconds> delay, unsigned heard) const {
        std::array<int, 2> pipe{};
        ASSERT_EQ(::pipe(pipe.data()), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            ::close(pipe[0]);
            take_and_restore(pipe[1]);
        }
        ::close(pipe[1]);
        std::jthread killer([&] {
            if (!delay) return;
            std::this_thread::sleep_for(*delay);
            ::kill(child, SIGKILL);
        });
        char byte = 0;
        for (unsigned count = 1; ::read(pipe[0], &byte, 1) == 1; ++count) {
            if (!delay && count == heard) ::kill(child, SIGKILL);
        }
        ::close(pipe[0]);
        killer.join();
        int status = 0;
        ::waitpid(child, &status, 0);
        ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);
    }
    [[nodiscard]] std::size_t files_of_the_vault() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(folder_ / "vault"), fs::directory_iterator()));
    }
};

TEST_F(QuarantineCrashTest, KilledAtAnyMomentTheFileIsThereOrInTheVault) {
    ASSERT_EQ(::setxattr(path_.c_str(), "user.note", "kept", 4, 0), 0)
        << "needs a file system with attributes";
    ASSERT_EQ(::chown(path_.c_str(), 12, 34), 0);
    ASSERT_EQ(::chmod(path_.c_str(), 04755), 0);
    std::mt19937 random(31);  // NOLINT(cert-msc51-cpp): the same inputs in each run
    for (unsigned round = 0; round < 60; ++round) {
        const bool linked = round % 3 == 0;
        if (round % 4 == 0) flag(true);
        if (linked && !fs::exists(folder_ / "here/spare")) {
            flag(false);
            fs::create_hard_link(path_, folder_ / "here/spare");
        }
        const auto before = snapshot();
        const std::chrono::microseconds delay(random() % 200'000);
        run(round % 2 == 0 ? std::optional(delay) : std::nullopt, 1 + random() % 4);
        const auto after = vault().list();
        ASSERT_TRUE(after);
        EXPECT_TRUE(after->problems.empty());
        ASSERT_LE(after->files.size(), 1U);
        EXPECT_EQ(files_of_the_vault(), 1 + 2 * after->files.size()) << round;
        if (!after->files.empty()) {
            EXPECT_FALSE(fs::exists(path_)) << round;
            const auto back = vault().restore(after->files[0].id);
            ASSERT_TRUE(back) << back.error().message;
            EXPECT_TRUE(back->joined) << round;
        }
        ASSERT_EQ(snapshot(), before) << round;
        flag(false);
        if (!linked) fs::remove(folder_ / "here/spare");
    }
}

}  // namespace
}  // namespace shoji::response
