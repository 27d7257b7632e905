// shoji-audit as a process: killed at any moment, and confined.
#include "core/audit/program.h"

#include "core/audit/confinement.h"
#include "core/audit/journal_fixture_test.h"
#include "core/audit/server.h"
#include "core/base/test_small_disk.h"
#include "core/base/unix_socket.h"
#include "core/journal/client.h"

#include <atomic>
#include <csignal>
#include <random>
#include <set>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/wait.h>

namespace shoji::audit {
namespace {

using namespace std::chrono_literals;
using journal::Acknowledgement;

class ProgramTest : public JournalFixture {
  protected:
    void SetUp() override {
        JournalFixture::SetUp();
        settings_.state = folder_;
        settings_.runtime = folder_ / "run";
        std::filesystem::create_directory(settings_.audit_state());
        std::filesystem::rename(folder_ / journal::signing_key_file,
                                settings_.audit_state() / journal::signing_key_file);
        settings_.journal_reserve_megabytes = 1;
    }
    void TearDown() override {
        if (program_ > 0) end(SIGKILL);
        JournalFixture::TearDown();
    }

    void start() {
        program_ = ::fork();
        if (program_ == 0) ::_exit(run(settings_) ? 0 : 1);
        for (int tries = 0; tries < 1000; ++tries) {
            if (base::connect_unix(settings_.audit_socket(), base::SocketKind::packet)) return;
            std::this_thread::sleep_for(10ms);
        }
        FAIL() << "the program does not listen";
    }

    int end(int signal) {
        ::kill(program_, signal);
        int status = 0;
        ::waitpid(program_, &status, 0);
        program_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }

    [[nodiscard]] journal::Client client() const {
        return {settings_.audit_socket(), {::geteuid()}};
    }

    // Of the records in the journal, their "what".
    [[nodiscard]] std::multiset<std::string> written() const {
        std::multiset<std::string> all;
        const auto rest = journal::read_lines(settings_.audit_state(), [&](auto line) {
            const auto parsed = journal::parse_line(line);
            const auto* record =
                parsed ? std::get_if<journal::Submitted>(&parsed->entry.body) : nullptr;
            if (record != nullptr) {
                all.insert(record->record.what);
                EXPECT_EQ(record->sender, ::geteuid());
            }
            return true;
        });
        EXPECT_TRUE(rest);
        return all;
    }

    [[nodiscard]] std::optional<journal::Finding> verify_all() const {
        const auto report =
            journal::verify_folder(settings_.audit_state(), key_.public_key(), std::nullopt);
        EXPECT_TRUE(report);
        return report->finding;
    }

    base::Settings settings_;
    pid_t program_ = -1;
};

TEST_F(ProgramTest, WritesEndsAndTakesItsSocketAway) {
    start();
    auto sender = client();
    EXPECT_EQ(*sender.send(record(1).record), Acknowledgement::written);
    EXPECT_EQ(end(SIGTERM), 0);
    EXPECT_FALSE(std::filesystem::exists(settings_.audit_socket()));
    EXPECT_EQ(verify_all(), std::nullopt);
    EXPECT_EQ(written(), std::multiset<std::string>{"1"});
}

TEST_F(ProgramTest, LeavesTheSocketToTheOneThatRuns) {
    start();
    const pid_t second = ::fork();
    if (second == 0) ::_exit(run(settings_) ? 0 : 1);
    int status = 0;
    ::waitpid(second, &status, 0);
    EXPECT_EQ(WEXITSTATUS(status), 1);
    auto sender = client();
    EXPECT_EQ(*sender.send(record(1).record), Acknowledgement::written);
    EXPECT_EQ(end(SIGTERM), 0);
}

TEST_F(ProgramTest, LosesNoAcknowledgedRecordWhenKilled) {
    std::mt19937 random(23);  // NOLINT(cert-msc51-cpp): the same inputs in each run
    std::set<std::string> acknowledged;
    std::atomic<std::size_t> number = 0;
    for (int round = 0; round < 6; ++round) {
        start();
        std::atomic<bool> alive = true;
        std::array<std::vector<std::string>, 4> told;
        std::vector<std::jthread> senders;
        for (auto& mine : told) {
            senders.emplace_back([&] {
                auto sender = client();
                while (alive) {
                    const auto next = record(number++);
                    const auto answer = sender.send(next.record);
                    if (answer && *answer == Acknowledgement::written) {
                        mine.push_back(next.record.what);
                    }
                }
            });
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5 + random() % 120));
        EXPECT_EQ(end(SIGKILL), -SIGKILL);
        alive = false;
        senders.clear();
        for (const auto& mine : told) acknowledged.insert(mine.begin(), mine.end());
    }
    start();
    EXPECT_EQ(end(SIGTERM), 0);
    EXPECT_EQ(verify_all(), std::nullopt);
    const auto all = written();
    for (const auto& what : acknowledged) EXPECT_TRUE(all.contains(what)) << what;
    EXPECT_GT(acknowledged.size(), 10U);
}

TEST_F(ProgramTest, ClosesAConnectionThatSendsNonsense) {
    start();
    auto socket = base::connect_unix(settings_.audit_socket(), base::SocketKind::packet);
    ASSERT_TRUE(socket);
    const std::vector<std::uint8_t> nonsense{0xff, 0, 1};
    ASSERT_TRUE(base::send_packet(socket->get(), nonsense));
    const auto answer = base::receive_packet(socket->get(), 16);
    EXPECT_TRUE(!answer || answer->bytes.empty());
    auto sender = client();
    EXPECT_EQ(*sender.send(record(1).record), Acknowledgement::written);
    EXPECT_EQ(end(SIGTERM), 0);
}

TEST_F(ProgramTest, ClosesAConnectionThatSendsTooMuch) {
    start();
    auto socket = base::connect_unix(settings_.audit_socket(), base::SocketKind::packet);
    ASSERT_TRUE(socket);
    ASSERT_TRUE(
        base::send_packet(socket->get(), std::vector<std::uint8_t>(journal::maximum_record + 1)));
    const auto answer = base::receive_packet(socket->get(), 16);
    EXPECT_TRUE(!answer || answer->bytes.empty());
    EXPECT_EQ(end(SIGTERM), 0);
}

TEST_F(ProgramTest, BoundsTheConnectionsOfAUser) {
    start();
    std::vector<base::FileDescriptor> sockets;
    for (std::size_t i = 0; i < maximum_connections_of_user + 4; ++i) {
        auto socket = base::connect_unix(settings_.audit_socket(), base::SocketKind::packet);
        ASSERT_TRUE(socket);
        sockets.push_back(std::move(*socket));
    }
    const auto packet = journal::encode(record(1).record);
    std::size_t answered = 0;
    for (const auto& socket : sockets) {
        if (!base::send_packet(socket.get(), packet)) continue;
        const auto answer = base::receive_packet(socket.get(), 1);
        if (answer && !answer->bytes.empty()) ++answered;
    }
    EXPECT_GT(answered, 0U);
    EXPECT_LT(answered, sockets.size());
    EXPECT_EQ(end(SIGTERM), 0);
}

TEST_F(ProgramTest, TakesNothingFromOtherUsers) {
    if (::geteuid() != 0) GTEST_SKIP() << "becoming another user needs root";
    std::filesystem::permissions(folder_, std::filesystem::perms::others_exec,
                                 std::filesystem::perm_options::add);
    start();
    const pid_t other = ::fork();
    if (other == 0) {
        bool written = false;
        if (::setresuid(64000, 64000, 64000) == 0) {
            journal::Client sender(settings_.audit_socket(), {0});
            const auto answer = sender.send(record(1).record);
            written = answer.has_value();
        }
        ::_exit(written ? 1 : 0);
    }
    int status = 0;
    ::waitpid(other, &status, 0);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(end(SIGTERM), 0);
    EXPECT_TRUE(written().empty());
}

// Each attack succeeds without the confinement and fails with it.
TEST_F(ProgramTest, ConfinesItselfToItsFolders) {
    const auto outside = folder_ / "outside";
    write_file(outside, "x");
    const auto attacks = [&](bool confined) {
        const pid_t child = ::fork();
        if (child == 0) {
            std::filesystem::create_directories(settings_.audit_socket().parent_path());
            if (confined &&
                !confine(settings_.audit_state(), settings_.audit_socket().parent_path())) {
                ::_exit(100);
            }
            const auto inside = settings_.audit_state() / "inside";
            int won = 0;
            if (::open(outside.c_str(), O_RDONLY | O_CLOEXEC) >= 0) won |= 1;
            if (::open(outside.c_str(), O_WRONLY | O_CLOEXEC) >= 0) won |= 2;
            if (::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0) won |= 4;
            if (::fork() >= 0) won |= 8;
            if (::open(inside.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600) < 0) won |= 16;
            ::_exit(won);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    };
    EXPECT_EQ(attacks(false), 15);
    EXPECT_EQ(attacks(true), 0);
}

// The room for ends is reserved ahead: a full disk takes no record of them away.
TEST_F(ProgramTest, OnAFullDiskTakesEndsAndNoStarts) {
    if (::geteuid() != 0) GTEST_SKIP() << "mounting a small disk needs root";
    const base::SmallDisk disk(settings_.audit_state(), std::uint64_t{4} << 20U);
    ASSERT_TRUE(disk.mounted());
    start();
    disk.fill();
    auto gateway = client();
    const auto fill = [&](journal::Action action) {
        std::size_t taken = 0;
        const journal::Record record{action,     journal::Outcome::allowed, "user",
                                     "terminal", std::string(400, 'x'),     ""};
        while (gateway.send(record) == Acknowledgement::written) ++taken;
        return taken;
    };
    EXPECT_GT(fill(journal::Action::session_start), 500U);
    EXPECT_GT(fill(journal::Action::session_end), 100U);
    EXPECT_EQ(fill(journal::Action::session_start), 0U);
    disk.free();
    EXPECT_GT(fill(journal::Action::session_start), 500U) << "it goes on by itself";
    EXPECT_EQ(end(SIGTERM), 0);
    EXPECT_EQ(verify_all(), std::nullopt);
}

}  // namespace
}  // namespace shoji::audit
