// Every way to run a blocked file that docs/response.md lists, by processes of a control group of
// the test's own, from a file system of the test's own: the rest of the machine is left in peace.
#include "watch/response/guarded_programs.h"

#include "watch/response/file_digest.h"
#include "watch/response/freezer.h"
#include "watch/response/small_file.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <thread>

#include <dlfcn.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::response {
namespace {

namespace fs = std::filesystem;
using ::testing::AnyOf;

constexpr int ran = 0;
constexpr int not_loaded = 96;   // a library
constexpr int refused = 126;     // EPERM
constexpr int unloadable = 127;  // what the dynamic loader ends with
constexpr int killed = 1000;

enum class Backend { lsm, questions, kernel_programs_alone };

class ProgramGuardTest : public ::testing::TestWithParam<Backend> {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "needs root";
        const auto mount =
            unified_mount(read_small_file("/proc/self/mountinfo", 1U << 20U).value());
        if (mount.empty()) GTEST_SKIP() << "needs control groups of version 2";
        group_ = mount / ("shoji-program-test-" + std::to_string(::getpid()));
        ASSERT_TRUE(fs::create_directory(group_));
        std::string name = "/tmp/shoji-program-test.XXXXXX";
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
        ASSERT_EQ(::mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=64m"), 0);
        struct stat state {};
        ASSERT_EQ(::stat(group_.c_str(), &state), 0);
        settings_ = {
            state.st_ino, {folder_}, GetParam() == Backend::questions, GetParam() == Backend::lsm};
        make("evil", "/bin/true", "evil");
        make("good", "/bin/true", "good");  // of the same size
        make("evil.so", "/usr/lib/x86_64-linux-gnu/libz.so.1", "evil");
        make("good.so", "/usr/lib/x86_64-linux-gnu/libz.so.1", "good");
        write("evil.sh", "#!/bin/sh\nexit 0\n# evil\n");
        write("good.sh", "#!/bin/sh\nexit 0\n# good\n");
        if (GetParam() != Backend::lsm) return;
        const auto guard = ProgramGuard::start(settings_, blocks());
        ASSERT_TRUE(guard) << guard.error().message;
        if (guard->choice().kind != GuardKind::lsm) GTEST_SKIP() << "no LSM programs here";
    }
    void TearDown() override {
        if (folder_.empty()) return;
        ::umount2(folder_.c_str(), MNT_DETACH);
        ::rmdir(folder_.c_str());
        constexpr int tries = 10000;
        for (int i = 0; i < tries && ::rmdir(group_.c_str()) != 0; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        EXPECT_FALSE(fs::exists(group_));
    }

    // A copy that still runs with something behind its end.
    void make(const std::string& name, const char* from, const char* tail) const {
        fs::copy_file(from, folder_ / name);
        const base::FileDescriptor file(
            ::open((folder_ / name).c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
        ASSERT_EQ(::write(file.get(), tail, 4), 4);
        ASSERT_EQ(::fchmod(file.get(), 0755), 0);
    }
    void write(const std::string& name, std::string_view text) const {
        ASSERT_TRUE(replace_file(folder_ / name, text, 0755));
    }
    [[nodiscard]] std::string file(const std::string& name) const { return folder_ / name; }
    [[nodiscard]] Block block_of(const std::string& name, bool with_size = true) const {
        const base::FileDescriptor opened(::open(file(name).c_str(), O_RDONLY | O_CLOEXEC));
        Block block;
        block.digest = digest_of_file(opened.get()).value();
        if (with_size) block.size = fs::file_size(file(name));
        return block;
    }
    [[nodiscard]] std::vector<Block> blocks() const {
        return {block_of("evil"), block_of("evil.so"), block_of("evil.sh")};
    }

    // Of a guard that is gone.
    [[nodiscard]] GuardFiles leave_guard() const {
        auto guard = ProgramGuard::start(settings_, blocks());
        if (!guard) return {};
        auto files = guard->files();
        guard->leave();
        return files;
    }

    // What becomes of whoever executes a blocked file by a name.
    static int stopped() { return holds_scripts() ? refused : killed; }
    static bool holds_scripts() { return GetParam() != Backend::kernel_programs_alone; }

    int in_group(const std::function<int()>& body) const {
        const pid_t child = ::fork();
        if (child == 0) {
            if (!write_control_file(group_ / "cgroup.procs", "0")) ::_exit(99);
            ::_exit(body());
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL ? killed : WEXITSTATUS(status);
    }
    static int failed() { return errno == EPERM ? refused : 98; }
    int execute(const std::vector<std::string>& command) const {
        return in_group([&] {
            std::vector<char*> words;
            for (const auto& word : command) words.push_back(const_cast<char*>(word.c_str()));
            words.push_back(nullptr);
            ::execv(words[0], words.data());
            return failed();
        });
    }
    // From a file without a name: a memory file, or one of the test's file system.
    int execute_unnamed(const std::string& name, bool memory) const {
        return in_group([&] {
            const int made =
                memory ? ::memfd_create("x", 0) : ::open(folder_.c_str(), O_TMPFILE | O_RDWR, 0755);
            const int from = ::open(file(name).c_str(), O_RDONLY);
            std::array<char, 65536> part{};
            for (ssize_t count = 1; count > 0;) {
                count = ::read(from, part.data(), part.size());
                if (count > 0 &&
                    ::write(made, part.data(), static_cast<std::size_t>(count)) != count)
                    return 97;
            }
            const std::string link = fmt::format("/proc/self/fd/{}", made);
            const int again = ::open(link.c_str(), O_RDONLY);
            ::close(made);
            std::array<char*, 2> words{const_cast<char*>("x"), nullptr};
            std::array<char*, 1> none{nullptr};
            ::fexecve(again, words.data(), none.data());
            return failed();
        });
    }
    enum class Way { mapped, protected_later, implied, more_bits };
    // By a number of the call that has more bits than the kernel looks at.
    static void* map_by_more_bits(int file) {
        long result = SYS_mmap | 0x1'0000'0000;
        register long flags asm("r10") = MAP_PRIVATE;
        register long descriptor asm("r8") = file;
        register long offset asm("r9") = 0;
        asm volatile("syscall"
                     : "+a"(result)
                     : "D"(0L), "S"(4096L), "d"(static_cast<long>(PROT_READ | PROT_EXEC)),
                       "r"(flags), "r"(descriptor), "r"(offset)
                     : "rcx", "r11", "memory");
        if (result > -4096 && result < 0) {
            errno = static_cast<int>(-result);
            return MAP_FAILED;
        }
        return reinterpret_cast<void*>(result);
    }
    int map(const std::string& name, Way way) const {
        return in_group([&] {
            const int opened = ::open(file(name).c_str(), O_RDONLY);
            if (way == Way::implied) ::personality(READ_IMPLIES_EXEC);
            const int access = way == Way::mapped ? PROT_READ | PROT_EXEC : PROT_READ;
            void* at = way == Way::more_bits
                           ? map_by_more_bits(opened)
                           : ::mmap(nullptr, 4096, access, MAP_PRIVATE, opened, 0);
            if (at == MAP_FAILED) return failed();
            if (way == Way::protected_later && ::mprotect(at, 4096, PROT_READ | PROT_EXEC) != 0)
                return failed();
            return ran;
        });
    }
    int load(const std::string& name) const {
        return in_group(
            [&] { return ::dlopen(file(name).c_str(), RTLD_NOW) != nullptr ? ran : not_loaded; });
    }
    // Without the library the loader goes on, and may keep it mapped to read.
    int preload(const std::string& name) const {
        constexpr int without_it = 1;
        const int result = execute({"/usr/bin/env", "LD_PRELOAD=" + file(name), "/bin/grep", "-q",
                                    "x[ps] .*" + file(name), "/proc/self/maps"});
        return result == without_it ? not_loaded : result;
    }
    // In memory of a size that is blocked, filled after it was mapped.
    int fill_later(const std::string& name) const {
        return in_group([&] {
            const int made = ::memfd_create("x", 0);
            const int from = ::open(file(name).c_str(), O_RDONLY);
            const auto size = fs::file_size(file(name));
            if (::ftruncate(made, static_cast<off_t>(size)) != 0) return 97;
            void* at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, made, 0);
            if (at == MAP_FAILED || ::read(from, at, size) != static_cast<ssize_t>(size)) return 97;
            return ::mprotect(at, size, PROT_READ | PROT_EXEC) == 0 ? ran : failed();
        });
    }

    fs::path group_;
    fs::path folder_;
    ProgramGuardSettings settings_;
};

TEST_P(ProgramGuardTest, StopsWhateverWayABlockedFileIsRun) {
    const auto refuses = [](int instead) { return GetParam() == Backend::lsm ? instead : killed; };
    const int mapped = refuses(refused);
    constexpr const char* loader = "/lib64/ld-linux-x86-64.so.2";
    const auto guard = ProgramGuard::start(settings_, blocks());
    ASSERT_TRUE(guard) << guard.error().message;
    fs::copy_file(file("evil"), file("copied"));
    for (int again = 0; again < 2; ++again) {
        EXPECT_EQ(execute({file("evil")}), stopped());
        EXPECT_EQ(execute({file("copied")}), stopped());
        EXPECT_EQ(execute({file("good")}), ran);
        EXPECT_EQ(execute_unnamed("evil", true), mapped);
        EXPECT_EQ(execute_unnamed("good", true), ran);
        EXPECT_EQ(execute_unnamed("evil", false), stopped());
        EXPECT_EQ(execute_unnamed("good", false), ran);
        EXPECT_EQ(execute({loader, file("evil")}), refuses(unloadable));
        EXPECT_EQ(execute({loader, file("good")}), ran);
        EXPECT_EQ(load("evil.so"), refuses(not_loaded));
        EXPECT_EQ(load("good.so"), ran);
        EXPECT_EQ(preload("evil.so"), refuses(not_loaded));
        EXPECT_EQ(preload("good.so"), ran);
        for (const auto way : {Way::mapped, Way::protected_later, Way::implied, Way::more_bits}) {
            EXPECT_EQ(map("evil", way), mapped) << static_cast<int>(way);
            EXPECT_EQ(map("good", way), ran) << static_cast<int>(way);
        }
        EXPECT_EQ(fill_later("evil"), killed);
        EXPECT_EQ(fill_later("good"), ran);
        // As data a script runs, as stated.
        EXPECT_EQ(execute({file("evil.sh")}), holds_scripts() ? refused : ran);
        EXPECT_EQ(execute({file("good.sh")}), ran);
        EXPECT_EQ(execute({"/bin/sh", file("evil.sh")}), ran);
    }
    const auto counts = guard->counts();
    EXPECT_GT(counts.killed, 0U);
    EXPECT_EQ(counts.refused > 0, holds_scripts());
    EXPECT_EQ(guard->holds_scripts(), holds_scripts());
    EXPECT_EQ(counts.too_long, 0U);
}

TEST_P(ProgramGuardTest, BlocksAFileOfUnknownSize) {
    const auto guard = ProgramGuard::start(settings_, {block_of("evil", false)});
    ASSERT_TRUE(guard) << guard.error().message;
    EXPECT_EQ(execute({file("evil")}), stopped());
    EXPECT_EQ(execute({file("good")}), ran);
    EXPECT_EQ(execute({"/bin/sh", "-c", "/bin/true"}), ran);
}

TEST_P(ProgramGuardTest, BlocksAPathAndTheFileThatIsThere) {
    Block block;
    block.path = file("evil");
    const auto guard = ProgramGuard::start(settings_, {block});
    ASSERT_TRUE(guard) << guard.error().message;
    EXPECT_EQ(execute({file("evil")}), stopped());
    fs::create_hard_link(file("evil"), file("other name"));
    EXPECT_EQ(execute({file("other name")}), stopped());
    fs::create_symlink(file("evil"), file("link"));
    EXPECT_EQ(execute({file("link")}), stopped());
    EXPECT_EQ(execute({file("good")}), ran);
    const int mapped = GetParam() == Backend::lsm ? refused : killed;
    for (const auto way : {Way::mapped, Way::protected_later, Way::implied, Way::more_bits}) {
        EXPECT_EQ(map("evil", way), mapped) << static_cast<int>(way);
        EXPECT_EQ(map("good", way), ran) << static_cast<int>(way);
    }
    if (!holds_scripts()) return;  // a moment passes until the path is looked at again
    fs::rename(file("good"), file("evil"));
    EXPECT_EQ(execute({file("evil")}), refused);
}

// A kernel may leave out an LSM program that waits for another process's file on the same
// processor.
TEST_P(ProgramGuardTest, HoldsWhileOtherFilesAreRead) {
    const auto guard = ProgramGuard::start(settings_, {block_of("evil", false)});
    ASSERT_TRUE(guard) << guard.error().message;
    cpu_set_t before;
    ASSERT_EQ(::sched_getaffinity(0, sizeof before, &before), 0);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(::sched_getcpu(), &one);
    ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
    const pid_t reader = ::fork();
    if (reader == 0) {
        (void)write_control_file(group_ / "cgroup.procs", "0");
        constexpr std::size_t size = 1U << 18U;
        const int long_file = ::open(file("long").c_str(), O_RDWR | O_CREAT, 0755);
        if (::ftruncate(long_file, size) != 0) ::_exit(97);
        for (off_t i = 0;; ++i) {  // another file each time, as far as the guard knows
            if (::pwrite(long_file, "x", 1, i) != 1) ::_exit(97);
            void* at = ::mmap(nullptr, size, PROT_READ | PROT_EXEC, MAP_PRIVATE, long_file, 0);
            if (at != MAP_FAILED) ::munmap(at, size);
        }
    }
    constexpr int times = 20;
    for (int i = 0; i < times; ++i) {
        fs::remove(file("evil"));
        make("evil", "/bin/true", "evil");  // anew, so that no verdict is there
        EXPECT_THAT(map("evil", Way::mapped), AnyOf(refused, killed));
    }
    ::kill(reader, SIGKILL);
    ::waitpid(reader, nullptr, 0);
    ASSERT_EQ(::sched_setaffinity(0, sizeof before, &before), 0);
}

// Such as a container's root: the kernel maps the layer's file in place of the one that was opened.
TEST_P(ProgramGuardTest, HoldsWhereLayersOfFilesLieOverEachOther) {
    for (const auto* layer : {"below", "upper", "aside", "whole"})
        fs::create_directory(file(layer));
    for (const auto* name : {"evil", "good"}) fs::copy_file(file(name), folder_ / "below" / name);
    const auto options =
        "lowerdir=" + file("below") + ",upperdir=" + file("upper") + ",workdir=" + file("aside");
    ASSERT_EQ(::mount("overlay", file("whole").c_str(), "overlay", 0, options.c_str()), 0);
    settings_.file_systems.push_back(file("whole"));
    {
        const auto guard = ProgramGuard::start(settings_, blocks());
        ASSERT_TRUE(guard) << guard.error().message;
        const int mapped = GetParam() == Backend::lsm ? refused : killed;
        for (int again = 0; again < 2; ++again) {
            EXPECT_EQ(execute({file("whole/evil")}), stopped());
            EXPECT_EQ(execute({file("whole/good")}), ran);
            EXPECT_EQ(map("whole/evil", Way::mapped), mapped);
            EXPECT_EQ(map("whole/good", Way::mapped), ran);
            EXPECT_THAT(map("whole/evil", Way::protected_later), AnyOf(mapped, killed));
            EXPECT_EQ(map("whole/good", Way::protected_later), ran);
        }
    }
    EXPECT_EQ(::umount2(file("whole").c_str(), MNT_DETACH), 0);
}

TEST_P(ProgramGuardTest, LetsRunAgainWhatIsNoLongerBlocked) {
    auto guard = ProgramGuard::start(settings_, blocks());
    ASSERT_TRUE(guard) << guard.error().message;
    EXPECT_NE(execute({file("evil")}), ran);
    ASSERT_TRUE(guard->set_blocks({block_of("good")}));
    EXPECT_EQ(execute({file("evil")}), ran);
    EXPECT_NE(execute({file("good")}), ran);
    ASSERT_TRUE(guard->set_blocks({}));
    EXPECT_EQ(execute({file("good")}), ran);
    EXPECT_EQ(load("evil.so"), ran);
}

// Whoever is to be judged waits from one to the next, and who was judged before is refused all the
// while.
TEST_P(ProgramGuardTest, HoldsWithoutItsProcessUntilTheNextGoesOn) {
    auto left = leave_guard();
    ASSERT_FALSE(part_of(left, GuardPart::programs).empty());
    int evil = -1;
    int good = -1;
    std::jthread evil_one([&] { evil = execute({file("evil")}); });
    std::jthread good_one([&] { good = execute({file("good")}); });
    ::usleep(100'000);
    auto next =
        ProgramGuard::start(settings_, {block_of("evil"), block_of("evil.sh")}, std::move(left));
    evil_one.join();
    good_one.join();
    ASSERT_TRUE(next) << next.error().message;
    EXPECT_EQ(evil, stopped());
    EXPECT_EQ(good, ran);
    EXPECT_EQ(next->choice().kind == GuardKind::lsm, GetParam() == Backend::lsm);
    // By its own list.
    EXPECT_EQ(execute({file("evil")}), stopped());
    EXPECT_EQ(execute({file("evil.sh")}), holds_scripts() ? refused : ran);
    EXPECT_EQ(load("evil.so"), ran);
    ASSERT_TRUE(next->set_blocks({block_of("good")}));
    EXPECT_EQ(execute({file("evil")}), ran);
    EXPECT_EQ(execute({file("good")}), stopped());
}

TEST_P(ProgramGuardTest, WhoWaitsGoesOnWhereNobodyGoesOnWithIt) {
    auto left = leave_guard();
    int good = -1;
    std::jthread good_one([&] { good = execute({file("good")}); });
    ::usleep(100'000);
    let_all_go(part_of(left, GuardPart::programs));
    left = {};
    good_one.join();
    EXPECT_EQ(good, ran);
    EXPECT_EQ(execute({file("evil")}), ran);
}

// Whatever the kernel lacks is told, and something holds.
TEST_P(ProgramGuardTest, SaysByWhatItHolds) {
    settings_.ask_before = true;
    const auto guard = ProgramGuard::start(settings_, blocks());
    ASSERT_TRUE(guard) << guard.error().message;
    const auto& choice = guard->choice();
    EXPECT_EQ(choice.kind == GuardKind::lsm, GetParam() == Backend::lsm);
    EXPECT_TRUE(guard->holds_scripts());
    settings_.try_lsm = true;
    const auto chosen = ProgramGuard::start(settings_, blocks());
    ASSERT_TRUE(chosen) << chosen.error().message;
    EXPECT_EQ(chosen->choice().why.empty(), chosen->choice().kind == GuardKind::lsm);
    EXPECT_TRUE(chosen->holds_scripts());
}

INSTANTIATE_TEST_SUITE_P(With, ProgramGuardTest,
                         ::testing::Values(Backend::lsm, Backend::questions,
                                           Backend::kernel_programs_alone),
                         [](const auto& how) -> std::string {
                             switch (how.param) {
                                 case Backend::lsm:
                                     return "Lsm";
                                 case Backend::questions:
                                     return "Questions";
                                 case Backend::kernel_programs_alone:
                                     return "KernelProgramsAlone";
                             }
                             return "";
                         });

TEST(BlockList, IsWrittenAndReadBack) {
    Block by_digest;
    by_digest.digest = journal::digest_of("x");
    by_digest.size = 17;
    Block of_any_size = by_digest;
    of_any_size.size.reset();
    Block by_path;
    by_path.path = "/tmp/a b";
    Block odd;
    odd.path = "/tmp/a\npath /usr/sbin/sshd\xff";
    const std::vector blocks{by_digest, of_any_size, by_path, odd};
    EXPECT_EQ(parse_blocks(to_text(blocks)).value(), blocks);
    EXPECT_EQ(parse_blocks("path /tmp/a b\n").value(), std::vector{by_path})
        << "as an earlier version wrote it";
    for (const char* wrong : {"x", "path \n", "path relative\n", "sha256 \n", "path /x",
                              "sha256 00 1\n", "file 2\n", "file 61\n", "file 2f00\n", "file \n"}) {
        EXPECT_FALSE(parse_blocks(wrong)) << wrong;
    }
    EXPECT_FALSE(check_block({}));
}

}  // namespace
}  // namespace shoji::response
