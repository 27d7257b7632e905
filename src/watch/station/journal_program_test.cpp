// How logons are read from the journal while parts of the sensor end, begin and stand still. In
// journalctl's place a script gives out files of a folder, one entry each, from where it is asked.
#include "watch/station/station_fixture_test.h"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <set>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

namespace shoji::station {
namespace {

using sensor::text_of;

// "0002" comes after "0001"; of what has a second file "0002.rest" the end comes once nothing is
// held. While there is a file "still" nothing is given out, where there is "strict" no cursor
// taken.
constexpr std::string_view script = R"script(#!/bin/sh
cd {} || exit 1
last=0
for word in "$@"; do
    case "$word" in
    --lines=0) for one in [0-9][0-9][0-9][0-9]; do [ -f "$one" ] && last=$one; done ;;
    --cursor=*)
        if [ -e strict ]; then exit 1; fi
        last=$(printf %04d $((1${{word##*=}} - 10001))) ;;
    --since=@*)
        since=${{word##*@}}
        for one in [0-9][0-9][0-9][0-9]; do
            [ -f "$one" ] && [ "$(stat -c %Y "$one")" -lt "${{since%.*}}" ] && last=$one
        done ;;
    esac
done
while :; do
    for one in [0-9][0-9][0-9][0-9]; do
        if [ -e still ]; then break; fi
        if [ ! -f "$one" ] || [ "$one" -le "$last" ]; then continue; fi
        cat "$one" || exit 1
        if [ -f "$one.rest" ]; then
            while [ -e held ]; do sleep 0.1; done
            cat "$one.rest" || exit 1
        fi
        last=$one
    done
    sleep 0.1
done
)script";

class JournalProgram : public StationTest {
  protected:
    void SetUp() override {
        StationTest::SetUp();
        if (IsSkipped()) return;
        std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
        ASSERT_EQ(::mkdir(journal_.c_str(), 0750), 0);
        ASSERT_EQ(::chown(journal_.c_str(), 0, 65534), 0);
        write_file(program_, fmt::format(script, journal_));
        std::filesystem::permissions(program_, std::filesystem::perms(0755));
    }
    [[nodiscard]] std::string watching(const std::string& rest = {}) const {
        auto text = policy({}, rest);
        const auto files = fmt::format("source = \"files\"\nfiles = [\"{}\"]", log_);
        return text.replace(text.find(files), files.size(),
                            fmt::format("source = \"journal\"\njournal = \"{}\"", journal_));
    }
    [[nodiscard]] std::function<bool()> with_script() const {
        return [this] {
            return ::unshare(CLONE_NEWNS) == 0 &&
                   ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                   ::mount(program_.c_str(), "/usr/bin/journalctl", nullptr, MS_BIND, nullptr) == 0;
        };
    }
    static std::string fields(int number) {
        return fmt::format(
            "__CURSOR=s=0a;i={0:04}\n__REALTIME_TIMESTAMP={1}\n_UID=0\n_PID=1\n"
            "_EXE=/usr/sbin/sshd\nSYSLOG_IDENTIFIER=sshd\nSYSLOG_FACILITY=10\n",
            number, std::int64_t{::time(nullptr)} * 1'000'000);
    }
    static std::string message(const std::string& user) {
        return fmt::format("MESSAGE=Accepted password for {} from 192.0.2.7 port 22 ssh2\n\n",
                           user);
    }
    void put(const std::string& name, const std::string& text) const {
        const auto fresh = journal_ + "/fresh";
        write_file(fresh, text);
        std::filesystem::rename(fresh, journal_ + "/" + name);
    }
    // Adds an entry that tells of a logon.
    void log_in(const std::string& user) {
        ++entries_;
        put(fmt::format("{:04}", entries_), fields(entries_) + message(user));
    }
    static bool knows(RunningSensor& sensor, const std::string& user) {
        return sensor.find("authentication", "User", user).has_value();
    }
    static std::size_t count_of(const RunningSensor& sensor, const std::string& user) {
        return sensor
            .all([&](const Object& event) {
                return text_of(event, "Category") == "authentication" &&
                       text_of(event, "User") == user;
            })
            .size();
    }
    static bool is_another(const RunningSensor& sensor, const std::string& part, pid_t before) {
        return eventually([&] {
            const pid_t now = process_of(sensor, part);
            return now > 0 && now != before;
        });
    }
    // The script's process; 0: none.
    static pid_t reader_of(const RunningSensor& sensor) {
        pid_t found = 0;
        eventually([&] {
            const pid_t part = process_of(sensor, "journal");
            std::ifstream children(fmt::format("/proc/{0}/task/{0}/children", part));
            return part > 1 && children >> found && found > 1;
        });
        return found;
    }
    static std::set<std::string> pipes_of(pid_t process) {
        std::set<std::string> all;
        for (const auto& one :
             std::filesystem::directory_iterator(fmt::format("/proc/{}/fd", process))) {
            std::error_code closed;
            const auto target = std::filesystem::read_symlink(one.path(), closed).native();
            if (target.starts_with("pipe:")) all.insert(target);
        }
        return all;
    }
    void expect_that_it_goes_on(RunningSensor& sensor, pid_t part) {
        const auto told = alert(sensor, "sensor.part_silent");
        ASSERT_TRUE(told);
        EXPECT_EQ(told->at("Values").at("part").as_string(), "journal");
        EXPECT_TRUE(is_another(sensor, "journal", part));
        EXPECT_TRUE(knows(sensor, "later"));
        EXPECT_EQ(sensor.stop(), 0);
        EXPECT_EQ(count_of(sensor, "first"), 1U);
        EXPECT_EQ(count_of(sensor, "later"), 1U);
    }

    std::string journal_ = folder_.at("journal");
    std::string program_ = folder_.at("journalctl");
    int entries_ = 0;
};

TEST_F(JournalProgram, WhatComesWhileThePolicyIsReadAnewIsToldOnce) {
    log_in("before");
    RunningSensor sensor(watching(), with_script());
    ASSERT_GT(reader_of(sensor), 1);
    ::sleep(1);  // it has begun behind what was there
    log_in("first");
    ASSERT_TRUE(knows(sensor, "first"));
    write_file(journal_ + "/still", "");
    log_in("meanwhile");
    ASSERT_GT(signal_part(sensor, "keeper", SIGHUP), 1);
    ASSERT_TRUE(alert(sensor, "sensor.policy_changed"));
    const pid_t part = process_of(sensor, "journal");
    ASSERT_GT(reader_of(sensor), 1);
    ::sleep(1);
    std::filesystem::remove(journal_ + "/still");
    EXPECT_TRUE(knows(sensor, "meanwhile"));
    ASSERT_GT(signal_part(sensor, "journal", SIGKILL), 1);
    ASSERT_TRUE(is_another(sensor, "journal", part));
    log_in("later");
    EXPECT_TRUE(knows(sensor, "later"));
    ASSERT_GT(signal_part(sensor, "keeper", SIGHUP), 1);
    std::size_t changes = 0;
    ASSERT_TRUE(sensor.find([&](const Object& event) {
        return text_of(event, "Rule") == "sensor.policy_changed" && ++changes == 2;
    }));
    log_in("last");
    EXPECT_TRUE(knows(sensor, "last"));
    EXPECT_EQ(sensor.stop(), 0);
    EXPECT_EQ(count_of(sensor, "before"), 0U);
    for (const auto* user : {"first", "meanwhile", "later", "last"}) {
        EXPECT_EQ(count_of(sensor, user), 1U) << user;
    }
}

// journald takes old entries away where they need too much room.
TEST_F(JournalProgram, WhatComesBehindAnEntryThatIsGoneIsToldAndThatItIsGone) {
    RunningSensor sensor(watching(), with_script());
    const pid_t reader = reader_of(sensor);
    ASSERT_GT(reader, 1);
    log_in("first");
    ASSERT_TRUE(knows(sensor, "first"));
    const auto is_gap = [](const Object& event) {
        return text_of(event, "Cause") == "journal_gap";
    };
    write_file(journal_ + "/still", "");
    log_in("second");
    ASSERT_EQ(::kill(reader, SIGKILL), 0);
    std::filesystem::remove(journal_ + "/still");
    EXPECT_TRUE(knows(sensor, "second"));
    EXPECT_TRUE(sensor.all(is_gap).empty());
    write_file(journal_ + "/still", "");
    std::filesystem::remove(journal_ + "/0002");
    log_in("third");
    const pid_t another = reader_of(sensor);
    ASSERT_GT(another, 1);
    ASSERT_EQ(::kill(another, SIGKILL), 0);
    std::filesystem::remove(journal_ + "/still");
    EXPECT_TRUE(knows(sensor, "third"));
    EXPECT_TRUE(sensor.find(is_gap));
    EXPECT_EQ(sensor.stop(), 0);
    for (const auto* user : {"first", "second", "third"}) {
        EXPECT_EQ(count_of(sensor, user), 1U) << user;
    }
}

// Whoever may log chooses the bytes of a message: they are none of another entry's, whenever an
// analyst begins.
TEST_F(JournalProgram, AnAnalystThatBeginsInTheMiddleOfAnEntryBelievesNothingOfIt) {
    RunningSensor sensor(watching(), with_script());
    ASSERT_GT(reader_of(sensor), 1);
    log_in("first");
    ASSERT_TRUE(knows(sensor, "first"));
    write_file(journal_ + "/held", "");
    write_file(journal_ + "/still", "");
    log_in("second");
    const std::string begin(1000, 'x');
    const std::string end = "\n\n" + fields(9) + message("forged") + "y";
    const std::uint64_t size = begin.size() + end.size();
    std::string length;
    for (unsigned i = 0; i < 8; ++i) length += static_cast<char>((size >> (8 * i)) & 0xff);
    put("0003.rest", end + "\n\n");
    put("0003", fields(3) + "MESSAGE\n" + length + begin);
    std::filesystem::remove(journal_ + "/still");
    ASSERT_TRUE(knows(sensor, "second"));
    ::sleep(2);  // the analyst has what there is of the next one
    const pid_t analyst = signal_part(sensor, "analyst", SIGKILL);
    ASSERT_GT(analyst, 1);
    ASSERT_TRUE(is_another(sensor, "analyst", analyst));
    ::sleep(2);
    std::filesystem::remove(journal_ + "/held");
    EXPECT_TRUE(sensor.find(
        [&](const Object& event) { return text_of(event, "message").starts_with(begin); }));
    entries_ = 3;
    log_in("last");
    EXPECT_TRUE(knows(sensor, "last"));
    EXPECT_EQ(sensor.stop(), 0);
    EXPECT_EQ(count_of(sensor, "forged"), 0U);
    EXPECT_EQ(count_of(sensor, "second"), 1U);
    EXPECT_TRUE(
        sensor.all([](const Object& event) { return text_of(event, "Cause") == "journal_entries"; })
            .empty())
        << "nothing was lost";
}

// Its form is journald's own and may change.
TEST_F(JournalProgram, ACursorThatIsNotTakenIsGivenUp) {
    RunningSensor sensor(watching(), with_script());
    const pid_t reader = reader_of(sensor);
    ASSERT_GT(reader, 1);
    log_in("first");
    ASSERT_TRUE(knows(sensor, "first"));
    write_file(journal_ + "/strict", "");
    ASSERT_EQ(::kill(reader, SIGKILL), 0);
    log_in("later");
    bool known = false;
    for (int tries = 0; tries < 4 && !known; ++tries) known = knows(sensor, "later");
    EXPECT_TRUE(known);
}

// By /proc/PID/fd whoever may look at a process opens its pipes anew, and takes what comes.
TEST_F(JournalProgram, NobodyElseCanReadWhatTheJournalSays) {
    RunningSensor sensor(watching(), with_script());
    const pid_t reader = reader_of(sensor);
    ASSERT_GT(reader, 1);
    const auto output = fmt::format("/proc/{}/fd/1", reader);
    const int opened = ::open(output.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    EXPECT_EQ(opened, -1);
    EXPECT_EQ(errno, ENXIO);
    for (const auto* part : {"keeper", "analyst"}) {
        const auto pipes = pipes_of(process_of(sensor, part));
        for (const auto& pipe : pipes) EXPECT_TRUE(pipes_of(::getpid()).contains(pipe)) << part;
    }
}

TEST_F(JournalProgram, AStoppedReaderIsToldAndStartedAgain) {
    RunningSensor sensor(watching("[keeper]\nsilent_seconds = 3\n"), with_script());
    const pid_t reader = reader_of(sensor);
    ASSERT_GT(reader, 1);
    log_in("first");
    ASSERT_TRUE(knows(sensor, "first"));
    const pid_t part = process_of(sensor, "journal");
    ASSERT_EQ(::kill(reader, SIGSTOP), 0);
    log_in("later");
    expect_that_it_goes_on(sensor, part);
}

TEST_F(JournalProgram, AFrozenReaderIsToldAndStartedAgain) {
    const sensor::TestGroup group;
    const auto freeze = group.path() + "/cgroup.freeze";
    if (group.name().empty() || ::access(freeze.c_str(), W_OK) != 0) {
        GTEST_SKIP() << "there is no unified hierarchy of control groups";
    }
    std::filesystem::permissions(group.path(), std::filesystem::perms(0755));  // as is usual
    RunningSensor sensor(watching("[keeper]\nsilent_seconds = 3\n"), with_script());
    const pid_t reader = reader_of(sensor);
    ASSERT_GT(reader, 1);
    log_in("first");
    ASSERT_TRUE(knows(sensor, "first"));
    const pid_t part = process_of(sensor, "journal");
    write_file(group.path() + "/cgroup.procs", std::to_string(reader));
    write_file(freeze, "1");
    log_in("later");
    expect_that_it_goes_on(sensor, part);
    write_file(freeze, "0");
}

}  // namespace
}  // namespace shoji::station
