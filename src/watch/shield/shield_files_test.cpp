// The sensor's folders: others read them, but change nothing.
#include "watch/shield/shielded_test.h"

#include <cerrno>
#include <csignal>
#include <fstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shoji::shield {
namespace {

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
    for (const auto* file : {"memory.max", "pids.max"}) {
        if (!std::filesystem::exists(group_ / file)) continue;
        EXPECT_EQ(number(opens(group_ / file, O_WRONLY)), EPERM) << file;
    }
    EXPECT_TRUE(opens(group_ / "cgroup.procs", O_WRONLY));
    lower();
    std::ofstream(group_ / "cgroup.kill") << "1" << std::flush;
    EXPECT_EQ(end_of_keeper(), -SIGKILL);
}

}  // namespace
}  // namespace shoji::shield
