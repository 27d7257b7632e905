// Responses of a running sensor: by `shoji respond`, and by a rule.
#include "core/base/random.h"
#include "core/base/unix_socket.h"
#include "watch/response/file_digest.h"
#include "watch/station/station_fixture_test.h"

#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>

namespace shoji::station {
namespace {

class ResponseProgram : public StationTest {
  protected:
    void SetUp() override {
        StationTest::SetUp();
        if (IsSkipped()) return;
        write_response("");
    }
    void write_response(const std::string& rules) {
        write_file(folder_.at("response.toml"), "host = \"here\"\n" + rules);
    }
    [[nodiscard]] std::string responding() const {
        return "[response]\npolicy = \"" + folder_.at("response.toml") + "\"\n";
    }
    // What `shoji respond` says as JSON, and its exit code.
    struct Said {
        int code = -1;
        boost::json::value answer;
    };
    [[nodiscard]] Said respond(std::vector<std::string> words) const {
        const auto file = folder_.at("answer");
        words.insert(words.begin(), {SHOJI_PROGRAM, "--json", "respond"});
        words.insert(words.end(), {"--runtime", folder_.at("run")});
        const pid_t child = ::fork();
        if (child == 0) {
            std::vector<char*> arguments;
            for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
            arguments.push_back(nullptr);
            if (std::freopen(file.c_str(), "w", stdout) == nullptr) ::_exit(126);
            ::execv(arguments[0], arguments.data());
            ::_exit(127);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        std::ifstream stream(file);
        const std::string text((std::istreambuf_iterator<char>(stream)), {});
        boost::json::error_code broken;
        auto answer = boost::json::parse(text, broken);
        return {WIFEXITED(status) ? WEXITSTATUS(status) : -1,
                broken ? boost::json::value() : answer};
    }
    bool answers() const {
        return eventually([&] { return respond({"status"}).code == 0; });
    }
    // A program that runs until it is ended.
    static pid_t start_sleeper(const std::string& word = "600") {
        const pid_t child = ::fork();
        if (child == 0) {
            ::execl("/bin/sh", "sh", "-c", "while true; do sleep 1; done", word.c_str(), nullptr);
            ::_exit(127);
        }
        return child;
    }
    // By which signal it ended; 0: it did not, and has been ended now.
    static int ended_by(pid_t child) {
        int status = 0;
        const bool ended = eventually([&] { return ::waitpid(child, &status, WNOHANG) == child; });
        if (ended) return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
        if (child > 1) ::kill(child, SIGKILL);
        ::waitpid(child, &status, 0);
        return 0;
    }
};

// A program, or a script, tried again and again as long as this lives.
class Tried {
  public:
    explicit Tried(std::string file) : file_(std::move(file)) {}
    [[nodiscard]] unsigned tries() const { return tries_; }
    [[nodiscard]] unsigned ran() const { return ran_; }
    [[nodiscard]] bool waited_for_ever() const { return waited_for_ever_; }
    // Whether it ran.
    bool run() {
        const pid_t child = ::fork();
        if (child == 0) {
            ::execl(file_.c_str(), file_.c_str(), nullptr);
            ::_exit(127);
        }
        int status = 0;
        for (int looks = 0; looks < 20'000 * sensor::slowness(); ++looks) {
            if (::waitpid(child, &status, WNOHANG) == child) {
                return WIFEXITED(status) && WEXITSTATUS(status) == 0;
            }
            ::usleep(1000);
        }
        waited_for_ever_ = true;
        if (child > 1) ::kill(child, SIGKILL);
        ::waitpid(child, &status, 0);
        return false;
    }

  private:
    std::string file_;
    std::atomic<unsigned> tries_ = 0;
    std::atomic<unsigned> ran_ = 0;
    std::atomic<bool> waited_for_ever_ = false;
    std::jthread loop_{[this](const std::stop_token& ends) {
        for (; !ends.stop_requested(); ++tries_) ran_ += run() ? 1 : 0;
    }};
};

class BlockedProgram : public ResponseProgram {
  protected:
    void SetUp() override {
        ResponseProgram::SetUp();
        if (IsSkipped()) return;
        std::filesystem::copy_file("/bin/true", program_);
        std::ofstream(program_, std::ios::app) << word_;  // runs all the same
        write_file(script_, "#!/bin/sh\nexit 0\n# " + word_ + "\n");
        for (const auto& file : {program_, script_}) {
            std::filesystem::permissions(file, std::filesystem::perms(0755));
        }
    }
    [[nodiscard]] Said ask(const std::string& what, const std::string& file) const {
        const base::FileDescriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
        const auto digest = response::digest_of_file(opened.get());
        std::vector<std::string> words{
            what, "--sha256", base::to_hex(digest.value()), "--reason", "test", "--by", "me"};
        if (what == "block") {
            const auto size = std::to_string(std::filesystem::file_size(file));
            words.insert(words.end(), {"--yes", "--size", size});
        }
        return respond(words);
    }
    // Another answerer, which answers.
    bool is_another(const RunningSensor& sensor, pid_t than) const {
        return eventually([&] {
                   const pid_t now = process_of(sensor, "answerer");
                   return now > 1 && now != than;
               }) &&
               answers();
    }

    std::string program_ = folder_.at("blocked");
    std::string script_ = folder_.at("blocked.sh");
};

TEST_F(BlockedProgram, RunsAtNoMomentWhileTheSensorTakesAnotherPolicyOrAnAnswererIsKilled) {
    RunningSensor sensor(policy({}, responding()));
    ASSERT_TRUE(answers());
    ASSERT_EQ(ask("block", program_).code, 0);
    ASSERT_EQ(ask("block", script_).code, 0);
    Tried program(program_);
    Tried script(script_);
    const auto is_tried_on = [&] {
        const auto before = std::min(program.tries(), script.tries());
        EXPECT_TRUE(
            eventually([&] { return std::min(program.tries(), script.tries()) > before + 20; }));
    };
    is_tried_on();
    for (int i = 0; i < 3; ++i) {
        const pid_t before = signal_part(sensor, "answerer", 0);
        ASSERT_GT(signal_part(sensor, "keeper", SIGHUP), 1);
        ASSERT_TRUE(is_another(sensor, before));
        is_tried_on();
    }
    for (int i = 0; i < 2; ++i) {
        const pid_t killed = signal_part(sensor, "answerer", SIGKILL);
        ASSERT_GT(killed, 1);
        ASSERT_TRUE(is_another(sensor, killed));
        is_tried_on();
    }
    EXPECT_EQ(program.ran(), 0U);
    EXPECT_EQ(script.ran(), 0U);
    EXPECT_FALSE(program.waited_for_ever() || script.waited_for_ever());
    // The answerer of now has the list of now.
    EXPECT_EQ(ask("unblock", program_).code, 0);
    EXPECT_TRUE(program.run());
    EXPECT_FALSE(script.run());
    const pid_t killed = signal_part(sensor, "answerer", SIGKILL);
    ASSERT_TRUE(is_another(sensor, killed));
    EXPECT_TRUE(program.run());
    EXPECT_EQ(ask("unblock", script_).code, 0);
    EXPECT_TRUE(script.run());
    EXPECT_EQ(sensor.stop(), 0);
}

TEST_F(ResponseProgram, ShojiRespondKillsByTheRunningSensor) {
    RunningSensor sensor(policy({}, responding()));
    ASSERT_TRUE(answers());
    const pid_t victim = start_sleeper();
    ASSERT_GT(victim, 1);
    const auto number = std::to_string(victim);
    const auto dry = respond({"kill", number, "--reason", "test", "--by", "me", "--dry-run"});
    EXPECT_EQ(dry.code, 0);
    ASSERT_TRUE(dry.answer.is_object());
    EXPECT_EQ(dry.answer.at("done"), false);
    EXPECT_EQ(::waitpid(victim, nullptr, WNOHANG), 0) << "a dry run does nothing";
    const auto done = respond({"kill", number, "--reason", "test", "--by", "me"});
    EXPECT_EQ(done.code, 0);
    EXPECT_EQ(ended_by(victim), SIGKILL);
    EXPECT_EQ(sensor.stop(), 0);
    EXPECT_TRUE(std::filesystem::exists(folder_.at("state/response/responses.log")));
    EXPECT_FALSE(std::filesystem::exists(folder_.at("run/respond.sock")));
}

// Its own processes are never killed, whatever is asked.
TEST_F(ResponseProgram, TheSensorItselfIsProtected) {
    RunningSensor sensor(policy({}, responding()));
    ASSERT_TRUE(answers());
    const pid_t analyst = signal_part(sensor, "analyst", 0);
    ASSERT_GT(analyst, 1);
    EXPECT_NE(respond({"kill", std::to_string(analyst), "--reason", "test", "--by", "me"}).code, 0);
    say(word_);
    EXPECT_TRUE(alert(sensor, "rule-one"));
    EXPECT_EQ(process_of(sensor, "analyst"), analyst);
}

TEST_F(ResponseProgram, ARulesResponseAsksFirst) {
    write_response("[[rules]]\nid = \"rule-one\"\nresponse = \"kill\"\n");
    RunningSensor sensor(policy({}, responding()));
    ASSERT_TRUE(answers());
    const pid_t victim = start_sleeper(word_);
    ASSERT_GT(victim, 1);
    ASSERT_TRUE(alert(sensor, "rule-one"));
    std::string id;
    EXPECT_TRUE(eventually([&] {
        const auto said = respond({"status"});
        if (said.code != 0 || said.answer.at("pending").as_array().empty()) return false;
        id = said.answer.at("pending").at(0).at("id").as_string();
        return true;
    }));
    EXPECT_EQ(::waitpid(victim, nullptr, WNOHANG), 0) << "nothing is done unasked";
    const auto waits = alert(sensor, "sensor.response_waits");
    ASSERT_TRUE(waits);
    EXPECT_EQ(waits->at("Values").at("rule").as_string(), "rule-one");
    EXPECT_EQ(waits->at("Values").at("id").as_string(), id);
    EXPECT_EQ(respond({"approve", id, "--by", "me"}).code, 0);
    EXPECT_EQ(ended_by(victim), SIGKILL);
}

TEST_F(ResponseProgram, ARulesResponseComesAtOnceWherePolicySaysSo) {
    write_response("[[rules]]\nid = \"rule-one\"\nresponse = \"kill\"\nask = false\n");
    RunningSensor sensor(policy({}, responding()));
    ASSERT_TRUE(answers());
    const pid_t victim = start_sleeper(word_);
    ASSERT_GT(victim, 1);
    EXPECT_EQ(ended_by(victim), SIGKILL);
}

// A program in the test's own folder, and only there, says the word.
TEST_F(ResponseProgram, AQuarantineByARuleTakesTheFileThatRanAndNoOther) {
    write_response("[[rules]]\nid = \"rule-one\"\nresponse = \"quarantine\"\nask = false\n");
    for (const auto* name : {"tool", "needed", "evil"}) {
        std::filesystem::copy_file("/bin/true", folder_.at(name));
        std::ofstream(folder_.at(name), std::ios::app) << name;
    }
    RunningSensor sensor(policy({}, responding()));
    ASSERT_TRUE(answers());
    sensor::run({folder_.at("tool"), word_});
    EXPECT_TRUE(eventually([&] { return !std::filesystem::exists(folder_.at("tool")); }));
    EXPECT_EQ(count(sensor, "sensor.response_failed"), 0U);
    // In a mount namespace of its own the same path is another file.
    const pid_t child = ::fork();
    if (child == 0) {
        const bool mounted = ::unshare(CLONE_NEWNS) == 0 &&
                             ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                             ::mount(folder_.at("evil").c_str(), folder_.at("needed").c_str(),
                                     nullptr, MS_BIND, nullptr) == 0;
        if (mounted) {
            ::execl(folder_.at("needed").c_str(), "needed", word_.c_str(), nullptr);
        }
        ::_exit(127);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    ASSERT_EQ(status, 0);
    const auto failed = alert(sensor, "sensor.response_failed");
    ASSERT_TRUE(failed);
    EXPECT_EQ(failed->at("Values").at("rule").as_string(), "rule-one");
    EXPECT_TRUE(std::filesystem::exists(folder_.at("needed")));
    EXPECT_TRUE(std::filesystem::exists(folder_.at("evil")));
}

TEST_F(ResponseProgram, AKilledAnswererIsStartedAgain) {
    write_response("[[rules]]\nid = \"rule-one\"\nresponse = \"kill\"\nask = false\n");
    RunningSensor sensor(policy({}, responding()));
    ASSERT_TRUE(answers());
    ASSERT_GT(signal_part(sensor, "answerer", SIGKILL), 1);
    ASSERT_TRUE(alert(sensor, "sensor.part_ended"));
    ASSERT_TRUE(answers());
    const pid_t victim = start_sleeper(word_);
    ASSERT_GT(victim, 1);
    EXPECT_EQ(ended_by(victim), SIGKILL) << "the analyst has the new link";
}

TEST_F(ResponseProgram, AStoppedAnswererIsToldAndStartedAgain) {
    RunningSensor sensor(policy({}, "[keeper]\nsilent_seconds = 2\n" + responding()));
    ASSERT_TRUE(answers());
    const pid_t answerer = signal_part(sensor, "answerer", SIGSTOP);
    ASSERT_GT(answerer, 1);
    const auto told = alert(sensor, "sensor.part_silent");
    if (!told) ::kill(answerer, SIGCONT);
    ASSERT_TRUE(told);
    EXPECT_EQ(told->at("Values").at("part").as_string(), "answerer");
    EXPECT_TRUE(answers());
    EXPECT_NE(process_of(sensor, "answerer"), answerer);
}

// Who asks nothing is waited for, two seconds each: a response may take longer still.
TEST_F(ResponseProgram, AnAnswererThatIsBusyIsNotTakenForAStoppedOne) {
    RunningSensor sensor(policy({}, "[keeper]\nsilent_seconds = 2\n" + responding()));
    ASSERT_TRUE(answers());
    const pid_t answerer = signal_part(sensor, "answerer", 0);
    ASSERT_GT(answerer, 1);
    std::vector<base::FileDescriptor> silent;
    for (int i = 0; i < 4; ++i) {
        auto one = base::connect_unix(folder_.at("run/respond.sock"), base::SocketKind::packet);
        ASSERT_TRUE(one);
        silent.push_back(std::move(*one));
    }
    const auto before = std::chrono::steady_clock::now();
    EXPECT_TRUE(answers());
    EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::seconds(6));
    EXPECT_EQ(process_of(sensor, "answerer"), answerer);
    EXPECT_EQ(count(sensor, "sensor.part_silent"), 0U);
}

}  // namespace
}  // namespace shoji::station
