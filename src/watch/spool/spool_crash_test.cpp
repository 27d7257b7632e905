// A writer that is killed at any moment, and a disk that something else fills.
#include "core/base/test_small_disk.h"
#include "watch/spool/spool_fixture_test.h"

#include <csignal>
#include <random>
#include <thread>

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::spool {
namespace {

using namespace std::chrono_literals;

using SpoolCrashTest = SpoolFixture;

// What the child promises: a class and the last sequence that is durable.
struct Promise {
    std::uint64_t kind = 0;
    std::uint64_t sequence = 0;
};

// Writes for ever. Every record says its own sequence, so that it can be told apart.
[[noreturn]] void write_records(const std::filesystem::path& folder, const Limits& limits,
                                unsigned seed, int promises) {
    std::mt19937 random(seed);
    auto spool = Spool::open(folder, limits);
    if (!spool) ::_exit(2);
    const auto promise = [&](Class kind, std::uint64_t sequence) {
        const Promise made{static_cast<std::uint64_t>(kind), sequence};
        if (::write(promises, &made, sizeof made) != sizeof made) ::_exit(3);
    };
    for (;;) {
        const Class kind = random() % 10 == 0 ? Class::alert : Class::event;
        std::string text = std::to_string(spool->next(kind)) + " ";
        text.resize(text.size() + random() % 3000, 'x');
        if (!spool->append(kind, bytes_of(text), Clock::now())) ::_exit(4);
        if (kind == Class::alert) promise(kind, spool->durable(kind));
        if (random() % 50 == 0) {
            if (!spool->sync()) ::_exit(5);
            promise(Class::event, spool->durable(Class::event));
        }
        // The collector takes some of it.
        if (random() % 100 == 0) {
            const auto known = spool->acknowledged(kind);
            const auto more = known + (spool->durable(kind) - known) / 2;
            if (!spool->acknowledge(kind, more, Clock::now())) ::_exit(6);
        }
    }
}

TEST_F(SpoolCrashTest, KilledAtAnyMomentItHasAllThatItPromised) {
    std::mt19937 random(29);  // NOLINT(cert-msc51-cpp): the same inputs in each run
    limits_.bytes = std::uint64_t{64} << 20U;
    std::array<std::uint64_t, classes> promised{};
    for (unsigned round = 0; round < 40; ++round) {
        std::array<int, 2> pipe{};
        ASSERT_EQ(::pipe(pipe.data()), 0);
        const pid_t child = ::fork();
        if (child == 0) {
            ::close(pipe[0]);
            write_records(folder_, limits_, round, pipe[1]);
        }
        ::close(pipe[1]);
        // By the time, so that every moment is met, the start too; or when so much was promised, so
        // that there is something to lose.
        const bool by_time = round % 2 == 0;
        const auto promises = 1 + random() % 60;
        std::jthread killer([&, delay = std::chrono::microseconds(random() % 60'000)] {
            if (!by_time) return;
            std::this_thread::sleep_for(delay);
            ::kill(child, SIGKILL);
        });
        Promise made;
        for (unsigned heard = 1; ::read(pipe[0], &made, sizeof made) == sizeof made; ++heard) {
            promised.at(made.kind) = made.sequence;
            if (!by_time && heard == promises) ::kill(child, SIGKILL);
        }
        ::close(pipe[0]);
        killer.join();
        int status = 0;
        ::waitpid(child, &status, 0);
        ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);

        open();
        EXPECT_EQ(spool_->recovery().damaged_segments, 0U);
        for (const Class kind : {Class::alert, Class::event}) {
            const auto last = promised.at(static_cast<std::size_t>(kind));
            EXPECT_GE(spool_->durable(kind), last) << name_of(kind);
            std::uint64_t expected = spool_->acknowledged(kind);
            for (const auto& record : read_all(kind, expected, 100'000)) {
                EXPECT_EQ(record.sequence, ++expected) << "a gap, a repetition or disorder";
                const std::string text(record.bytes.begin(), record.bytes.end());
                EXPECT_EQ(text.substr(0, text.find(' ')), std::to_string(expected));
            }
            EXPECT_GE(expected, last) << name_of(kind);
        }
        EXPECT_EQ(spool_->losses(), Losses{});
        spool_.reset();
    }
    EXPECT_GT(promised[0], 10U);
    EXPECT_GT(promised[2], 100U);
}

TEST_F(SpoolCrashTest, OnAFullDiskAlertsFindTheReserveAndDetailGoes) {
    if (::geteuid() != 0) GTEST_SKIP() << "mounting a small disk needs root";
    const base::SmallDisk disk(folder_, std::uint64_t{4} << 20U);
    ASSERT_TRUE(disk.mounted());
    open();
    const std::string text(1000, 'x');
    for (int i = 0; i < 200; ++i) ASSERT_TRUE(append(Class::event, text));
    ASSERT_TRUE(spool_->sync());
    disk.fill();
    // Detail: the newest is kept, the oldest goes.
    for (int i = 0; i < 400; ++i) static_cast<void>(append(Class::event, text));
    EXPECT_GT(spool_->losses().dropped[2], 200U);
    // Alerts: at least what the reserve promises, whatever the disk says.
    std::size_t alerts = 0;
    while (spool_->alerts_in_memory() == 0) {
        ASSERT_TRUE(append(Class::alert, text));
        ASSERT_LT(++alerts, 4000U);
    }
    EXPECT_GE(alerts * text.size(), limits_.reserve * 9 / 10);
    disk.free();
    now_ += 2s;
    ASSERT_TRUE(spool_->tick(now_)) << "it goes on by itself";
    EXPECT_EQ(spool_->alerts_in_memory(), 0U);
    EXPECT_EQ(read_all(Class::alert).size(), alerts);
    EXPECT_TRUE(append(Class::event, text));
    open();
    EXPECT_EQ(read_all(Class::alert).size(), alerts);
}

// Of the reserve too there may be nothing: the disk was full before the spool was made.
TEST_F(SpoolCrashTest, StartsOnAFullDiskAndSaysWhatItCannotKeep) {
    if (::geteuid() != 0) GTEST_SKIP() << "mounting a small disk needs root";
    open();
    spool_.reset();
    std::filesystem::remove(folder_ / "reserve");
    const base::SmallDisk disk(folder_, std::uint64_t{1} << 20U);
    ASSERT_TRUE(disk.mounted());
    disk.fill();
    open();
    const std::string text(10'000, 'x');
    std::size_t kept = 0;
    while (append(Class::alert, text)) ASSERT_LT(++kept, 100U);
    EXPECT_EQ(kept, limits_.memory / text.size());
    EXPECT_EQ(spool_->losses().alerts_refused, 1U);
    EXPECT_FALSE(append(Class::event, text));
    disk.free();
    now_ += 2s;
    ASSERT_TRUE(spool_->tick(now_));
    EXPECT_EQ(read_all(Class::alert).size(), kept);
}

}  // namespace
}  // namespace shoji::spool
