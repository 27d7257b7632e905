#include "watch/shield/shielded_test.h"

#include <array>
#include <csignal>
#include <optional>
#include <sstream>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::shield {
namespace {

void say(int to, const std::string& line) {
    const auto text = line + "\n";
    static_cast<void>(!::write(to, text.data(), text.size()));
}

[[noreturn]] void wait_forever() {
    while (true) ::pause();
}

[[noreturn]] void be_part(int answers) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const pid_t child = ::fork();
    if (child == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        wait_forever();
    }
    std::thread([=] {
        say(answers, fmt::format("{} {} {}", ::getpid(), child, ::gettid()));
        wait_forever();
    }).detach();
    wait_forever();
}

std::string described(Shield& shield) {
    std::string all;
    for (const auto& one : shield.take_refusals().refusals) {
        all += fmt::format("{} {} {} {} {};", static_cast<unsigned>(one.act), one.detail,
                           one.process, one.user, one.program);
    }
    return all;
}

[[noreturn]] void be_keeper(int orders, int answers) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    auto raised = Shield::raise();
    if (!raised) {
        say(answers, raised.error().message);
        ::_exit(1);
    }
    std::optional<Shield> shield(std::move(*raised));
    say(answers, "raised");
    if (::fork() == 0) {
        shield.reset();  // the keeper's alone
        be_part(answers);
    }
    for (char order = 0; ::read(orders, &order, 1) == 1 && order != 'l';) {
        if (order == 't') say(answers, described(*shield));
    }
    shield.reset();
    say(answers, "lowered");
    wait_forever();
}

}  // namespace

void ShieldTest::SetUp() {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    std::array<int, 2> orders{}, answers{};
    ASSERT_EQ(::pipe2(orders.data(), O_CLOEXEC), 0);
    ASSERT_EQ(::pipe2(answers.data(), O_CLOEXEC), 0);
    keeper_ = ::fork();
    if (keeper_ == 0) {
        ::close(orders[1]);
        be_keeper(orders[0], answers[1]);
    }
    ::close(orders[0]);
    ::close(answers[1]);
    order_.reset(orders[1]);
    answer_.reset(answers[0]);
    const auto said = ask(0);
    if (said != "raised") GTEST_SKIP() << said;
    std::istringstream(ask(0)) >> part_ >> child_ >> thread_;
    ASSERT_GT(part_, 1);
    ASSERT_GT(child_, 1);
    ASSERT_GT(thread_, 1);
}

void ShieldTest::TearDown() {
    if (keeper_ <= 1) return;
    ::kill(keeper_, SIGTERM);
    static_cast<void>(end_of_keeper());
}

// With 0 nothing is asked: it speaks by itself.
std::string ShieldTest::ask(char what) {
    if (what != 0 && ::write(order_.get(), &what, 1) != 1) return {};
    std::string line;
    for (char one = 0; ::read(answer_.get(), &one, 1) == 1 && one != '\n';) line += one;
    return line;
}

std::vector<std::string> ShieldTest::take_refusals() {
    std::vector<std::string> all;
    std::istringstream text(ask('t'));
    for (std::string one; std::getline(text, one, ';');) all.push_back(one);
    return all;
}

bool ShieldTest::is_told(Act act, std::uint32_t detail) {
    const auto expected =
        fmt::format("{} {} {} 0 ", static_cast<unsigned>(act), detail, ::getpid());
    for (const auto& one : take_refusals()) {
        if (one.starts_with(expected)) return true;
    }
    return false;
}

int ShieldTest::end_of_keeper() {
    int status = 0;
    ::waitpid(keeper_, &status, 0);
    keeper_ = -1;
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace shoji::shield
