// Who comes in and who is refused, as real programs say it, by files of syslog and by the journal.
#include "watch/sensor/sensor_fixture_test.h"

#include <array>
#include <csignal>
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::sensor {
namespace {

class LogonEvents : public testing::Test {
  protected:
    void SetUp() override {
        SHOJI_NEEDS_ROOT();
        std::filesystem::permissions(folder_.path(), std::filesystem::perms(0711));
        std::ofstream(log_) << "Nov 20 10:02:03 here sshd[1]: Failed password for old from "
                               "192.0.2.1 port 1 ssh2\n";
    }

    [[nodiscard]] std::string policy() const {
        return with_family("process",
                           fmt::format("[logons]\nsource = \"files\"\nfiles = [\"{}\"]\n", log_));
    }
    void append(std::string_view line) const { std::ofstream(log_, std::ios::app) << line << '\n'; }
    static std::optional<Object> of(RunningSensor& sensor, std::string_view name,
                                    std::string_view value) {
        return sensor.find([=](const Object& event) { return text_of(event, name) == value; });
    }

    TestFolder folder_;
    std::string log_ = folder_.at("auth.log");
};

TEST_F(LogonEvents, ARefusedLogonFromAfar) {
    RunningSensor sensor(policy());
    append(
        "2026-11-20T10:02:03.5+09:00 here sshd[5]: Failed password for invalid user tanaka from "
        "192.0.2.7 port 4022 ssh2");
    const auto event = of(sensor, "SourceIp", "192.0.2.7");
    ASSERT_TRUE(event);
    EXPECT_EQ(text_of(*event, "Category"), "authentication");
    EXPECT_EQ(text_of(*event, "User"), "tanaka");
    EXPECT_EQ(text_of(*event, "Outcome"), "failure");
    EXPECT_EQ(text_of(*event, "Method"), "password");
    EXPECT_EQ(text_of(*event, "Time").substr(0, 19), "2026-11-20T01:02:03");
    EXPECT_TRUE(sensor.all([](const Object& one) { return text_of(one, "User") == "old"; }).empty())
        << "what was there before is not told";
}

// As logrotate does it: by renaming, while the writer goes on for a while; and by copying.
TEST_F(LogonEvents, ARotatedLogIsFollowed) {
    RunningSensor sensor(policy());
    std::ofstream writer(log_, std::ios::app);
    ASSERT_EQ(::rename(log_.c_str(), folder_.at("auth.log.1").c_str()), 0);
    std::ofstream(log_) << std::flush;
    writer << "Nov 20 10:02:03 here su: FAILED SU (to root) late on pts/0\n" << std::flush;
    ASSERT_TRUE(of(sensor, "User", "late"));
    append("Nov 20 10:02:04 here su: FAILED SU (to root) fresh on pts/0");
    ASSERT_TRUE(of(sensor, "User", "fresh"));
    std::ofstream(log_, std::ios::trunc) << std::flush;
    append("Nov 20 10:02:05 here su: FAILED SU (to root) cut on pts/0");
    ASSERT_TRUE(of(sensor, "User", "cut"));
}

TEST_F(LogonEvents, ALogThatComesLaterIsReadFromItsBeginning) {
    std::filesystem::remove(log_);
    RunningSensor sensor(policy());
    append("Nov 20 10:02:03 here su: FAILED SU (to root) first on pts/0");
    EXPECT_TRUE(of(sensor, "User", "first"));
}

// Who writes in another's name is told by the number of its process, where that is its own.
TEST_F(LogonEvents, TheWriterIsToldBesideWhatItSays) {
    RunningSensor sensor(policy());
    append(
        fmt::format("Nov 20 10:02:03 here sshd[{}]: Accepted password for forged from 192.0.2.9 "
                    "port 1 ssh2",
                    ::getpid()));
    const auto event = of(sensor, "User", "forged");
    ASSERT_TRUE(event);
    EXPECT_EQ(text_of(*event, "WrittenBy"),
              std::filesystem::read_symlink("/proc/self/exe").native());
    EXPECT_EQ(number_of(*event, "ProcessId"), ::getpid());
}

// --- real programs -------------------------------------------------------------------------

bool bind_over(const std::string& from, const std::string& to) {
    return ::mount(from.c_str(), to.c_str(), nullptr, MS_BIND | MS_REC, nullptr) == 0;
}

// In a process of its own: devices of its own, whose /dev/log is `log` (a symbolic link).
bool own_devices(const std::string& folder, const std::string& log) {
    const auto devices = folder + "/dev";
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mkdir(devices.c_str(), 0755) != 0 ||
        ::mount("tmpfs", devices.c_str(), "tmpfs", 0, "mode=755") != 0) {
        return false;
    }
    for (const auto* name : {"null", "zero", "urandom", "random", "kmsg"}) {
        const auto place = devices + "/" + name;
        const auto real = std::string("/dev/") + name;
        if (::access(real.c_str(), F_OK) != 0) continue;
        std::ofstream(place) << std::flush;
        if (!bind_over(real, place)) return false;
    }
    return ::symlink(log.c_str(), (devices + "/log").c_str()) == 0 && bind_over(devices, "/dev");
}

// su(1) to root by somebody who does not know the password.
[[noreturn]] void become_nobody_and_fail() {
    constexpr uid_t nobody = 65534;
    int ends[2];
    if (::pipe(ends) != 0 || ::write(ends[1], "wrong\n", 6) != 6) ::_exit(1);
    ::close(ends[1]);
    ::dup2(ends[0], STDIN_FILENO);
    if (::setgroups(0, nullptr) != 0 || ::setresgid(nobody, nobody, nobody) != 0 ||
        ::setresuid(nobody, nobody, nobody) != 0) {
        ::_exit(1);
    }
    ::execl("/usr/bin/su", "su", "root", "-c", "true", nullptr);
    ::_exit(127);
}

[[noreturn]] void become_another() {
    ::execl("/usr/bin/su", "su", "-s", "/bin/sh", "-c", "exit 0", "daemon", nullptr);
    ::_exit(127);
}

// What libc's syslog(3) sends: "<38>Nov 20 10:02:03 su[7]: text"; as rsyslog writes it.
void write_as_rsyslog(int socket, const std::string& log, pid_t while_runs) {
    int status = 0;
    while (true) {
        const bool last = ::waitpid(while_runs, &status, WNOHANG) != 0;
        std::array<char, 2048> line{};
        ssize_t count = 0;
        while ((count = ::recv(socket, line.data(), line.size(), MSG_DONTWAIT)) > 0) {
            std::string_view text(line.data(), static_cast<std::size_t>(count));
            text.remove_prefix(text.find('>') + 1);
            std::ofstream(log, std::ios::app)
                << text.substr(0, 16) << "here " << text.substr(16) << '\n';
        }
        if (last) return;
        ::usleep(2000);
    }
}

TEST_F(LogonEvents, RealSuAndPamBySyslog) {
    if (::access("/usr/bin/su", X_OK) != 0) GTEST_SKIP() << "su is not installed";
    RunningSensor sensor(policy());
    const base::FileDescriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_un name{AF_UNIX, {}};
    folder_.at("log").copy(name.sun_path, sizeof name.sun_path - 1);
    ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&name), sizeof name), 0);
    ASSERT_EQ(::chmod(folder_.at("log").c_str(), 0666), 0);
    for (const bool refused : {true, false}) {
        const pid_t child = ::fork();
        if (child == 0) {
            const auto root = folder_.at(refused ? "one" : "two");
            if (::mkdir(root.c_str(), 0755) != 0 || !own_devices(root, folder_.at("log"))) {
                ::_exit(126);
            }
            refused ? become_nobody_and_fail() : become_another();
        }
        write_as_rsyslog(socket.get(), log_, child);
    }
    const auto refused = sensor.find([](const Object& event) {
        return text_of(event, "Category") == "authentication" &&
               text_of(event, "Outcome") == "failure" && text_of(event, "TargetUser") == "root";
    });
    ASSERT_TRUE(refused);
    EXPECT_EQ(text_of(*refused, "User"), "nobody");
    EXPECT_EQ(text_of(*refused, "program"), "su");
    const auto pam = sensor.find([](const Object& event) {
        return text_of(event, "PamService") == "su" && text_of(event, "Outcome") == "failure";
    });
    ASSERT_TRUE(pam);
    EXPECT_EQ(text_of(*pam, "User"), "root");
    EXPECT_EQ(text_of(*pam, "SourceUser"), "nobody");
    const auto done = sensor.find([](const Object& event) {
        return text_of(event, "EventType") == "logon" && text_of(event, "TargetUser") == "daemon" &&
               text_of(event, "Outcome") == "success";
    });
    ASSERT_TRUE(done);
    const auto opened = sensor.find([](const Object& event) {
        return text_of(event, "EventType") == "session_opened" &&
               text_of(event, "User") == "daemon";
    });
    ASSERT_TRUE(opened);
    EXPECT_EQ(text_of(*opened, "WrittenBy"), "/usr/bin/su");
}

// A journalctl that is killed while it writes leaves half an entry behind; what follows is read.
TEST_F(LogonEvents, EntriesThatCannotBeReadAreTold) {
    const auto journal = folder_.at("journal");
    const auto program = folder_.at("journalctl");
    ASSERT_EQ(::mkdir(journal.c_str(), 0750), 0);
    ASSERT_EQ(::chown(journal.c_str(), 0, 65534), 0);
    std::ofstream(program) << "#!/bin/sh\n"
                              "printf 'SYSLOG_FACILITY=4\\nMESSAGE\\n\\377\\377\\377\\377\\377\\377"
                              "\\377\\377half an entry\\n\\n'\n"
                              "printf 'SYSLOG_IDENTIFIER=sshd\\nSYSLOG_FACILITY=4\\n"
                              "MESSAGE=Accepted password for hanako from 192.0.2.7 port 22 ssh2"
                              "\\n\\n'\n"
                              "exec /usr/bin/sleep 1000\n";
    std::filesystem::permissions(program, std::filesystem::perms(0755));
    std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
    RunningSensor sensor(
        with_family("process",
                    fmt::format("[logons]\nsource = \"journal\"\njournal = \"{}\"\n", journal)),
        [&] {
            return ::unshare(CLONE_NEWNS) == 0 &&
                   ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                   bind_over(program, "/usr/bin/journalctl");
        });
    const auto logon = sensor.find([](const Object& event) {
        return text_of(event, "Category") == "authentication" && text_of(event, "User") == "hanako";
    });
    ASSERT_TRUE(logon);
    const auto lost = sensor.find("loss", "Cause", "journal_entries");
    ASSERT_TRUE(lost);
    EXPECT_EQ(number_of(*lost, "Count"), 1);
}

// journald as the machine has it, in a mount namespace of its own, and journalctl as the sensor
// starts it.
class RunningJournal {
  public:
    explicit RunningJournal(const std::string& folder) : run_(folder + "/run") {
        const auto* group = ::getgrnam("systemd-journal");
        if (group == nullptr) return;
        const auto journal = run_ + "/log/journal";
        std::filesystem::create_directories(journal);
        for (const auto& path : {run_, run_ + "/log", journal}) {
            std::filesystem::permissions(path, std::filesystem::perms(0755));
        }
        if (::chown(journal.c_str(), 0, group->gr_gid) != 0) return;
        std::filesystem::permissions(journal, std::filesystem::perms(02755));
        process_ = ::fork();
        if (process_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (::unshare(CLONE_NEWNS) != 0 ||
                ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
                !bind_over(run_, "/run")) {
                ::_exit(126);
            }
            ::execl("/lib/systemd/systemd-journald", "systemd-journald", nullptr);
            ::_exit(127);
        }
        for (int tries = 0; tries < 500 * slowness(); ++tries) {
            if (std::filesystem::exists(socket())) return;
            ::usleep(10'000);
        }
    }
    RunningJournal(const RunningJournal&) = delete;
    RunningJournal& operator=(const RunningJournal&) = delete;
    ~RunningJournal() {
        if (process_ <= 1) return;
        ::kill(process_, SIGTERM);
        ::waitpid(process_, nullptr, 0);
    }
    [[nodiscard]] bool runs() const {
        return process_ > 1 && std::filesystem::exists(socket()) &&
               ::waitpid(process_, nullptr, WNOHANG) == 0;
    }
    [[nodiscard]] std::string folder() const { return run_ + "/log/journal"; }
    [[nodiscard]] std::string socket() const { return run_ + "/systemd/journal/dev-log"; }

  private:
    std::string run_;
    pid_t process_ = -1;
};

TEST_F(LogonEvents, RealSuAndPamByTheJournal) {
    if (::access("/lib/systemd/systemd-journald", X_OK) != 0 ||
        ::access("/usr/bin/journalctl", X_OK) != 0) {
        GTEST_SKIP() << "systemd's journal is not installed";
    }
    const RunningJournal journal(folder_.path());
    if (!journal.runs()) GTEST_SKIP() << "journald does not run on this machine";
    RunningSensor sensor(with_family(
        "process",
        fmt::format("[logons]\nsource = \"journal\"\njournal = \"{}\"\n", journal.folder())));
    const auto refuse = [&] {
        const pid_t child = ::fork();
        if (child == 0) {
            const auto root = folder_.at(std::to_string(::getpid()));
            if (::mkdir(root.c_str(), 0755) != 0 || !own_devices(root, journal.socket())) {
                ::_exit(126);
            }
            become_nobody_and_fail();
        }
        ::waitpid(child, nullptr, 0);
    };
    // The journal's reader may begin later than the rest: the first may be too early for it.
    const auto is_refusal = [](const Object& event) {
        return text_of(event, "Category") == "authentication" &&
               text_of(event, "Outcome") == "failure" && text_of(event, "TargetUser") == "root";
    };
    std::optional<Object> refused;
    for (int tries = 0; tries < 3 && !refused; ++tries) {
        refuse();
        refused = sensor.find(is_refusal);
    }
    ASSERT_TRUE(refused);
    EXPECT_EQ(text_of(*refused, "User"), "nobody");
    EXPECT_EQ(text_of(*refused, "WrittenBy"), "/usr/bin/su");
    EXPECT_EQ(text_of(*refused, "WrittenByUser"), "nobody");
    EXPECT_EQ(sensor.backend("logons"), "journal");
    // Another journalctl goes on behind what was taken: nothing is missed, nothing comes twice.
    const auto before = sensor.all(is_refusal).size();
    refuse();
    ::kill(sensor.process(), SIGHUP);
    refuse();
    std::size_t count = 0;
    EXPECT_TRUE(sensor.find(
        [&](const Object& event) { return is_refusal(event) && ++count == before + 2; }));
    EXPECT_EQ(sensor.stop(), 0);
    EXPECT_EQ(sensor.all(is_refusal).size(), before + 2);
}

}  // namespace
}  // namespace shoji::sensor
