// The sensor's folders: others read them, but change nothing.
#include "watch/shield/refused_act.h"
#include "watch/shield/shielded_test.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <fstream>
#include <new>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::shield {
namespace {

// Its short name, as this process has it.
std::string own_name() {
    std::string name;
    std::getline(std::ifstream("/proc/self/comm"), name);
    return name;
}

int number(bool done) {
    return done ? 0 : errno;
}

bool opens(const std::filesystem::path& file, int flags) {
    return base::FileDescriptor(::open(file.c_str(), flags | O_CLOEXEC, 0600)).valid();
}

class ShieldFilesTest : public ShieldTest {
  protected:
    struct Attempt {
        std::string name;
        std::function<bool()> make;
    };
    // In an order in which all can be done, one after the other.
    [[nodiscard]] std::vector<Attempt> attempts() const {
        const auto file = held_ / "file", deep = held_ / "spool" / "segment";
        const auto socket = named_ / "sensor.sock", aside = top_ / "aside";
        return {
            {"writing", [=] { return opens(file, O_WRONLY); }},
            {"writing deep below", [=] { return opens(deep, O_RDWR); }},
            {"emptying while opening", [=] { return opens(file, O_RDONLY | O_TRUNC); }},
            {"emptying", [=] { return ::truncate(file.c_str(), 0) == 0; }},
            {"mode", [=] { return ::chmod(file.c_str(), 0600) == 0; }},
            {"owner", [=] { return ::chown(file.c_str(), 0, 0) == 0; }},
            {"mode of the folder", [=, this] { return ::chmod(held_.c_str(), 0700) == 0; }},
            {"a new file", [=, this] { return opens(held_ / "new", O_WRONLY | O_CREAT); }},
            {"a new folder", [=, this] { return ::mkdir((held_ / "dir").c_str(), 0700) == 0; }},
            {"a link to elsewhere",
             [=, this] { return ::symlink("/etc", (held_ / "link").c_str()) == 0; }},
            {"another name outside",
             [=, this] { return ::link(file.c_str(), (top_ / "extra").c_str()) == 0; }},
            {"another name inside",
             [=, this] { return ::link(aside.c_str(), (held_ / "second").c_str()) == 0; }},
            {"moving out", [=] { return ::rename(deep.c_str(), aside.c_str()) == 0; }},
            {"moving in", [=] { return ::rename(aside.c_str(), deep.c_str()) == 0; }},
            {"removing", [=] { return ::unlink(deep.c_str()) == 0; }},
            {"removing a folder", [=, this] { return ::rmdir((held_ / "spool").c_str()) == 0; }},
            {"moving the folder away",
             [=, this] { return ::rename(held_.c_str(), (top_ / "gone").c_str()) == 0; }},
            {"moving away what it is in",
             [=, this] { return ::rename((top_ / "above").c_str(), (top_ / "up").c_str()) == 0; }},
            {"removing its socket", [=] { return ::unlink(socket.c_str()) == 0; }},
            {"writing its report",
             [=, this] { return opens(named_ / "sensor.json", O_WRONLY | O_CREAT); }},
        };
    }
};

TEST_F(ShieldFilesTest, NobodyElseChangesWhatIsInThem) {
    for (const auto& attempt : attempts()) {
        EXPECT_EQ(number(attempt.make()), EPERM) << attempt.name;
        EXPECT_TRUE(is_told(Act::file, 0)) << attempt.name;
    }
    EXPECT_TRUE(opens(held_ / "file", O_RDONLY));
    EXPECT_TRUE(opens(top_ / "aside", O_RDWR));
    EXPECT_TRUE(opens(named_ / "other", O_RDWR)) << "not the sensor's name";
    EXPECT_EQ(::unlink((named_ / "other").c_str()), 0);
    EXPECT_TRUE(take_refusals().empty());
    EXPECT_EQ(ask('w'), "written") << "by the sensor itself";
    lower();
    for (const auto& attempt : attempts()) EXPECT_EQ(number(attempt.make()), 0) << attempt.name;
}

TEST_F(ShieldFilesTest, NobodyElseLimitsOrEndsItsControlGroup) {
    ASSERT_FALSE(group_.empty());
    for (const auto* file : {"cgroup.kill", "cgroup.freeze"}) {
        EXPECT_EQ(number(opens(group_ / file, O_WRONLY)), EPERM) << file;
        EXPECT_TRUE(is_told(Act::file, 0)) << file;
    }
    for (const auto* file : {"memory.max", "pids.max", "io.weight", "io.max"}) {
        if (!std::filesystem::exists(group_ / file)) continue;
        EXPECT_EQ(number(opens(group_ / file, O_WRONLY)), EPERM) << file;
    }
    EXPECT_TRUE(opens(group_ / "cgroup.procs", O_WRONLY));
    lower();
    std::ofstream(group_ / "cgroup.kill") << "1" << std::flush;
    EXPECT_EQ(end_of_keeper(), -SIGKILL);
}

// A file whose name the kernel has forgotten: while it is open by its handle, it is in no folder.
TEST_F(ShieldFilesTest, NobodyElseWritesToWhatIsOpenedByItsHandle) {
    ASSERT_FALSE(group_.empty());
    constexpr unsigned bytes = 64;
    alignas(file_handle) std::array<std::byte, sizeof(file_handle) + bytes> room{};
    auto* const handle = new (room.data()) file_handle;
    handle->handle_bytes = bytes;
    const auto file = group_ / "cgroup.freeze";
    int mount = 0;
    ASSERT_EQ(::name_to_handle_at(AT_FDCWD, file.c_str(), handle, &mount, 0), 0) << errno;
    const base::FileDescriptor groups(
        ::open(group_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const auto open_handle = [&](int flags) {
        return base::FileDescriptor(::open_by_handle_at(groups.get(), handle, flags | O_CLOEXEC));
    };
    const auto name_of = [](const base::FileDescriptor& opened) {
        return std::filesystem::read_symlink(fmt::format("/proc/self/fd/{}", opened.get()));
    };
    base::FileDescriptor reading;
    for (int tries = 0; tries < 100; ++tries) {
        std::ofstream("/proc/sys/vm/drop_caches") << "2" << std::flush;
        reading = open_handle(O_RDONLY);
        ASSERT_TRUE(reading.valid()) << errno;
        if (name_of(reading) != file) break;
        reading.reset();
        ::usleep(10'000);
    }
    ASSERT_TRUE(reading.valid()) << "its name is not forgotten";
    EXPECT_EQ(number(open_handle(O_WRONLY).valid()), EPERM);
    EXPECT_TRUE(is_told(Act::file, 0));
    lower();
    EXPECT_TRUE(open_handle(O_WRONLY).valid());
}

// What a process without rights says of its attempts: their errno, or 0, one after the other.
class Stranger {
  public:
    enum class In { first_users, users_of_its_own };
    Stranger(uid_t user, In users, const std::function<std::vector<int>()>& attempts) {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) return;
        const base::FileDescriptor reading(ends[0]);
        base::FileDescriptor writing(ends[1]);
        process = ::fork();
        if (process == 0) {
            if (::setgid(user) != 0 || ::setuid(user) != 0) ::_exit(1);
            if (users == In::users_of_its_own && ::unshare(CLONE_NEWUSER) != 0) ::_exit(2);
            const auto all = attempts();
            const auto size = all.size() * sizeof all[0];
            ::_exit(::write(writing.get(), all.data(), size) == static_cast<ssize_t>(size) ? 0 : 3);
        }
        writing.reset();
        for (int one = 0; ::read(reading.get(), &one, sizeof one) == sizeof one;) {
            said.push_back(one);
        }
        ::waitpid(process, &status, 0);
    }
    std::vector<int> said;
    int status = -1;
    pid_t process = -1;
};

// The shield is asked before the kernel looks at owner and mode.
TEST_F(ShieldFilesTest, WhatAUserCouldNotDoAnywayIsNotTold) {
    const auto above = top_ / "above";
    const auto attempts = [&] {
        return std::vector{number(::rmdir(above.c_str()) == 0),
                           number(::chmod(named_.c_str(), 0777) == 0),
                           number(::rename(above.c_str(), (top_ / "up").c_str()) == 0),
                           number(::unlink((named_ / "sensor.sock").c_str()) == 0),
                           number(::mkdir((held_ / "fresh").c_str(), 0700) == 0)};
    };
    for (const auto users : {Stranger::In::first_users, Stranger::In::users_of_its_own}) {
        const Stranger stranger(user, users, attempts);
        EXPECT_EQ(stranger.status, 0);
        EXPECT_EQ(stranger.said, std::vector<int>(5, EPERM));
        EXPECT_EQ(take_refusals(), std::vector<std::string>());
    }
    const Stranger root(0, Stranger::In::first_users, attempts);
    EXPECT_EQ(root.said, std::vector<int>(5, EPERM));
    const auto told = take_refusals();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0], fmt::format("4 0 {} 0 5 {} fresh", root.process, own_name()));
}

TEST_F(ShieldFilesTest, NobodyHidesOthersByTryingOften) {
    constexpr int many = 5000;
    const auto file = held_ / "spool" / "segment";
    const Stranger stranger(user, Stranger::In::first_users, [&] {
        std::vector<int> refused{0};
        for (int i = 0; i < many; ++i) {
            refused[0] += ::unlink(file.c_str()) != 0 && errno == EPERM ? 1 : 0;
        }
        return refused;
    });
    EXPECT_EQ(stranger.said, std::vector{many});
    EXPECT_EQ(number(::unlink(file.c_str()) == 0), EPERM);
    EXPECT_EQ(number(::kill(part_, SIGKILL) == 0), EPERM);
    const auto told = take_refusals();
    const auto of = [&](std::string_view what) { return std::ranges::count(told, what); };
    EXPECT_EQ(of(fmt::format("4 0 {} {} {} {} segment", stranger.process, user, many, own_name())),
              1);
    EXPECT_EQ(of(fmt::format("4 0 {} 0 1 {} segment", ::getpid(), own_name())), 1);
    EXPECT_EQ(of(fmt::format("1 9 {} 0 1 {} ", ::getpid(), own_name())), 1);
}

// One user a time: of more than the kernel's part counts apart the rest is told all the same.
TEST_F(ShieldFilesTest, WhatCannotBeToldApartIsTold) {
    constexpr uid_t users = SHIELD_SORTS + 100;
    const pid_t process = ::fork();
    if (process == 0) {
        for (uid_t one = 1; one <= users; ++one) {
            if (::setresuid(one, 0, 0) != 0 || ::rmdir(held_.c_str()) == 0) ::_exit(1);
        }
        ::_exit(0);
    }
    int status = -1;
    ::waitpid(process, &status, 0);
    ASSERT_EQ(status, 0);
    EXPECT_EQ(number(::kill(part_, SIGKILL) == 0), EPERM);
    const auto told = take_refusals();
    EXPECT_EQ(told.size(), SHIELD_SORTS + 2);
    EXPECT_EQ(std::ranges::count(told, fmt::format("4 0 0 {} 100  ", nobody)), 1);
    EXPECT_EQ(std::ranges::count(told, fmt::format("1 0 0 {} 1  ", nobody)), 1);
    EXPECT_TRUE(take_refusals().empty());
}

}  // namespace
}  // namespace shoji::shield
