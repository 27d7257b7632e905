// `shoji sensor status`, `tail` and `tree` with a running sensor.
#include "watch/station/station_fixture_test.h"

#include <array>
#include <csignal>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <grp.h>
#include <poll.h>
#include <sys/wait.h>

namespace shoji::station {
namespace {

using testing::HasSubstr;

class LocalProgram : public StationTest {
  protected:
    struct Run {
        int code = -1;
        std::string text;
    };
    struct Child {
        pid_t process = -1;
        base::FileDescriptor output;
    };
    // `shoji WORDS --runtime …`
    [[nodiscard]] Child start(std::vector<std::string> words) const {
        words.insert(words.begin(), SHOJI_PROGRAM);
        words.insert(words.end(), {"--runtime", folder_.at("run")});
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) return {};
        Child child{-1, base::FileDescriptor(ends[0])};
        const base::FileDescriptor writing(ends[1]);
        child.process = ::fork();
        if (child.process == 0) {
            const gid_t group = group_;
            if (user_ != 0 &&
                (::setgroups(1, &group) != 0 || ::setgid(user_) != 0 || ::setuid(user_) != 0)) {
                ::_exit(126);
            }
            std::vector<char*> arguments;
            for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
            arguments.push_back(nullptr);
            ::dup2(writing.get(), STDOUT_FILENO);
            ::execv(arguments[0], arguments.data());
            ::_exit(127);
        }
        return child;
    }
    static bool read_some(const Child& child, std::string& text) {
        std::array<char, 65536> part{};
        const auto got = ::read(child.output.get(), part.data(), part.size());
        if (got > 0) text.append(part.data(), static_cast<std::size_t>(got));
        return got > 0;
    }
    // Those that follow are run by this user, in this group beside its own.
    void become(uid_t user, gid_t group) {
        user_ = user;
        group_ = group;
    }
    // To its end.
    [[nodiscard]] Run shoji(const std::vector<std::string>& words) const {
        const auto child = start(words);
        Run run;
        while (read_some(child, run.text)) continue;
        int status = 0;
        ::waitpid(child.process, &status, 0);
        run.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        return run;
    }
    // Until all of `wanted` was written, or it has ended; the word is said again and again.
    [[nodiscard]] Run watch(const std::vector<std::string>& words,
                            const std::vector<std::string>& wanted) {
        const auto child = start(words);
        Run run;
        bool ended = false;
        static_cast<void>(eventually([&] {
            say(word_);
            pollfd waited{child.output.get(), POLLIN, 0};
            while (!ended && ::poll(&waited, 1, 0) > 0) ended = !read_some(child, run.text);
            return ended ||
                   (!wanted.empty() && std::ranges::all_of(wanted, [&](const std::string& one) {
                       return run.text.find(one) != std::string::npos;
                   }));
        }));
        if (!ended && child.process > 1) ::kill(child.process, SIGTERM);
        int status = 0;
        ::waitpid(child.process, &status, 0);
        run.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        return run;
    }

  private:
    uid_t user_ = 0;  // 0: the test's own
    gid_t group_ = 0;
};

TEST_F(LocalProgram, StatusTellsWhatIsSeenAndByWhom) {
    RunningSensor sensor(policy());
    say(word_);
    ASSERT_TRUE(alert(sensor, "rule-one"));
    const auto plain = shoji({"--language", "en", "sensor", "status"});
    EXPECT_EQ(plain.code, 0) << plain.text;
    EXPECT_THAT(plain.text, HasSubstr("tracepoints"));
    EXPECT_THAT(plain.text, HasSubstr("1 rules in use"));
    EXPECT_THAT(shoji({"--language", "ja", "sensor", "status"}).text,
                HasSubstr("使用中のルール 1 件"));
    const auto machine = shoji({"--json", "sensor", "status"});
    const auto status = boost::json::parse(machine.text);
    EXPECT_EQ(status.at("families").at(0).at("family"), "process");
    EXPECT_EQ(status.at("analyst").at("detection").at("rules"), 1);
    EXPECT_GE(status.at("analyst").at("alerts").to_number<int>(), 1);
    EXPECT_EQ(status.at("parts").as_array().size(), 3U);
    EXPECT_GT(status.at("memoryBytes").to_number<std::int64_t>(), 1 << 20);
    EXPECT_EQ(sensor.stop(), 0);
    EXPECT_EQ(shoji({"sensor", "status"}).code, 3) << "nobody is there";
}

// Debian's groups that nobody is in here: one is let in, the other is not.
TEST_F(LocalProgram, MembersOfTheGroupThatPolicyNamesMayLook) {
    const auto* let_in = ::getgrnam("operator");
    const gid_t allowed = let_in == nullptr ? 0 : let_in->gr_gid;
    const auto* kept_out = ::getgrnam("games");
    const gid_t other = kept_out == nullptr ? 0 : kept_out->gr_gid;
    if (allowed == 0 || other == 0) GTEST_SKIP() << "no groups 'operator' and 'games'";
    constexpr uid_t somebody = 64321;
    {
        RunningSensor sensor(policy({}, "[local]\ngroup = \"operator\"\n"));
        become(somebody, allowed);
        const auto status = shoji({"--language", "en", "sensor", "status"});
        EXPECT_EQ(status.code, 0) << status.text;
        EXPECT_THAT(status.text, HasSubstr("1 rules in use"));
        EXPECT_EQ(watch({"sensor", "tail", "--most", "1"}, {}).code, 0);
        EXPECT_EQ(shoji({"sensor", "tree", std::to_string(::getpid())}).code, 0);
        become(somebody, other);
        EXPECT_EQ(shoji({"sensor", "status"}).code, 5);
        EXPECT_EQ(watch({"sensor", "tail", "--most", "1"}, {}).code, 5);
        become(0, 0);
        EXPECT_EQ(shoji({"sensor", "status"}).code, 0);
        EXPECT_EQ(sensor.stop(), 0);
    }
    // Where policy names none, root alone.
    RunningSensor sensor(policy());
    become(somebody, allowed);
    EXPECT_EQ(shoji({"sensor", "status"}).code, 5);
    EXPECT_EQ(watch({"sensor", "tail", "--most", "1"}, {}).code, 5);
    EXPECT_EQ(sensor.stop(), 0);
    EXPECT_EQ(RunningSensor(policy({}, "[local]\ngroup = \"no-such-group\"\n")).stop(), 1);
}

TEST_F(LocalProgram, TailShowsEventsAndAlertsAsTheyCome) {
    RunningSensor sensor(policy());
    const std::string started = "started /bin/true " + word_;
    const std::string told = "ALERT (high): The rule '" + word_ + " was said' holds.";
    const auto plain = watch({"--language", "en", "sensor", "tail"}, {started, told});
    EXPECT_THAT(plain.text, HasSubstr(started));
    EXPECT_THAT(plain.text, HasSubstr(told));
    const auto machine = "\"CommandLine\":\"/bin/true " + word_ + "\"";
    EXPECT_THAT(watch({"--json", "sensor", "tail"}, {machine}).text, HasSubstr(machine));
    EXPECT_EQ(watch({"sensor", "tail", "--most", "1"}, {}).code, 0) << "it ends by itself";
    EXPECT_EQ(sensor.stop(), 0);
}

TEST_F(LocalProgram, TreeTellsTheAncestorsAndWhatEachDid) {
    RunningSensor sensor(policy());
    const auto written = folder_.at("written");
    const pid_t child = ::fork();
    if (child == 0) {
        const auto script = "echo x > " + written + "; /bin/sleep 600 & wait";
        ::execl("/bin/sh", "sh", "-c", script.c_str(), nullptr);
        ::_exit(127);
    }
    ASSERT_GT(child, 1);
    const auto slept = sensor.find([&](const Object& event) {
        return sensor::text_of(event, "CommandLine") == "/bin/sleep 600" &&
               sensor::number_of(event, "ParentProcessId") == child &&
               sensor::text_of(event, "Category") == "process_creation";
    });
    ASSERT_TRUE(slept);
    const auto sleeper = sensor::number_of(*slept, "ProcessId");
    const auto number = std::to_string(sleeper);
    const auto plain = shoji({"--language", "en", "sensor", "tree", number});
    const auto machine = shoji({"--json", "sensor", "tree", number});
    if (sleeper > 1) ::kill(static_cast<pid_t>(sleeper), SIGKILL);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    EXPECT_EQ(plain.code, 0);
    EXPECT_THAT(plain.text, HasSubstr("opened for writing " + written));
    const auto tree = boost::json::parse(machine.text);
    EXPECT_EQ(tree.at("processes").at(0).at("process"), sleeper);
    EXPECT_EQ(tree.at("processes").at(1).at("process"), child);
    EXPECT_EQ(tree.at("processes").at(2).at("process"), ::getpid());
    EXPECT_EQ(shoji({"sensor", "tree", "4194303"}).code, 4) << "nobody knows it";
}

}  // namespace
}  // namespace shoji::station
