#include "watch/spool/spool.h"

#include "watch/spool/spool_fixture_test.h"

#include <random>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

namespace shoji::spool {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

using SpoolTest = SpoolFixture;

TEST_F(SpoolTest, GivesRecordsBackInOrderAcrossAnOpening) {
    open();
    EXPECT_TRUE(spool_->recovery().is_new);
    const auto id = spool_->id();
    for (int i = 1; i <= 3000; ++i) {
        ASSERT_TRUE(append(Class::event, "event " + std::to_string(i)));
        if (i % 100 == 0) {
            ASSERT_TRUE(append(Class::alert, "alert " + std::to_string(i)));
        }
    }
    ASSERT_TRUE(spool_->sync());
    for (int opening = 0; opening < 2; ++opening) {
        const auto events = read_all(Class::event);
        ASSERT_EQ(events.size(), 3000U);
        for (std::size_t i = 0; i < events.size(); ++i) {
            EXPECT_EQ(events[i].sequence, i + 1);
            EXPECT_EQ(events[i].bytes, bytes_of("event " + std::to_string(i + 1)));
        }
        EXPECT_EQ(read_all(Class::alert).size(), 30U);
        EXPECT_TRUE(read_all(Class::notice).empty());
        open();
        EXPECT_FALSE(spool_->recovery().is_new);
        EXPECT_EQ(spool_->id(), id);
        EXPECT_EQ(spool_->recovery().torn_bytes, 0U);
    }
}

TEST_F(SpoolTest, AnAlertIsDurableAtOnceAndAnEventWithinTheSecond) {
    open();
    ASSERT_TRUE(append(Class::alert, "a"));
    ASSERT_TRUE(append(Class::event, "e"));
    EXPECT_EQ(spool_->durable(Class::alert), 1U);
    EXPECT_EQ(spool_->durable(Class::event), 0U);
    EXPECT_TRUE(read_all(Class::event).empty());
    ASSERT_TRUE(spool_->due());
    EXPECT_LE(*spool_->due() - now_, 1s);
    now_ += 1s;
    ASSERT_TRUE(spool_->tick(now_));
    EXPECT_EQ(spool_->durable(Class::event), 1U);
    EXPECT_EQ(read_all(Class::event).size(), 1U);
}

TEST_F(SpoolTest, ForgetsWhatIsAcknowledgedAndNumbersOn) {
    open();
    const std::string text(1000, 'x');
    for (int i = 0; i < 1000; ++i) ASSERT_TRUE(append(Class::event, text));
    ASSERT_TRUE(spool_->sync());
    const auto before = spool_->bytes();
    EXPECT_FALSE(spool_->acknowledge(Class::event, 1001, now_)) << "it was never delivered";
    ASSERT_TRUE(spool_->acknowledge(Class::event, 1000, now_));
    ASSERT_TRUE(spool_->sync());
    EXPECT_LT(spool_->bytes(), before / 2);
    open();
    EXPECT_EQ(spool_->acknowledged(Class::event), 1000U);
    EXPECT_TRUE(read_all(Class::event, 1000).empty());
    ASSERT_TRUE(append(Class::event, "next"));
    ASSERT_TRUE(spool_->sync());
    const auto rest = read_all(Class::event, 1000);
    ASSERT_EQ(rest.size(), 1U);
    EXPECT_EQ(rest[0].sequence, 1001U);
}

TEST_F(SpoolTest, DropsTheOldestEventsFirstAndNeverAnAlert) {
    open();
    const std::string text(1000, 'x');
    ASSERT_TRUE(append(Class::notice, "early notice"));
    for (int i = 0; i < 5000; ++i) {
        ASSERT_TRUE(append(Class::event, text));
        if (i % 20 == 0) {
            ASSERT_TRUE(append(Class::alert, "alert " + std::to_string(i)));
        }
        ASSERT_LE(spool_->bytes(), limits_.bytes);
    }
    ASSERT_TRUE(spool_->sync());
    EXPECT_EQ(read_all(Class::alert).size(), 250U);
    EXPECT_EQ(read_all(Class::notice).size(), 1U);
    const auto events = read_all(Class::event);
    ASSERT_FALSE(events.empty());
    EXPECT_EQ(events.back().sequence, 5000U);
    EXPECT_EQ(spool_->losses().dropped[2], 5000U - events.size());
    EXPECT_EQ(events.front().sequence, 5001U - events.size());
    EXPECT_GT(events.size(), 1000U) << "only as much goes as must";
}

TEST_F(SpoolTest, WhenOnlyAlertsAreLeftItSaysSoAndKeepsSomeInMemory) {
    open();
    const std::string text(10'000, 'a');
    std::size_t taken = 0;
    base::Result<void> last;
    while ((last = append(Class::alert, text))) ASSERT_LT(++taken, 1000U);
    EXPECT_EQ(last.error().kind, base::ErrorKind::full);
    EXPECT_THAT(last.error().message, testing::HasSubstr("nothing but alerts"));
    EXPECT_EQ(spool_->losses().alerts_refused, 1U);
    EXPECT_GT(spool_->alerts_in_memory(), 10U);
    EXPECT_FALSE(append(Class::event, text)) << "no room for detail";
    EXPECT_EQ(spool_->losses().detail_refused, 1U);
    // Delivered, they make room for those that wait, in order.
    const auto stored = read_all(Class::alert);
    EXPECT_EQ(stored.size() + spool_->alerts_in_memory(), taken);
    ASSERT_TRUE(spool_->acknowledge(Class::alert, stored.back().sequence, now_));
    now_ += 2s;
    ASSERT_TRUE(spool_->tick(now_));
    EXPECT_EQ(spool_->alerts_in_memory(), 0U);
    const auto rest = read_all(Class::alert, stored.back().sequence);
    EXPECT_EQ(stored.size() + rest.size(), taken);
    EXPECT_TRUE(append(Class::alert, text));
}

// After a power cut whatever was not durable may be there, be zeros, be garbage, or be missing.
TEST_F(SpoolTest, KeepsAllThatWasDurableWhateverFollowsIt) {
    std::mt19937 random(11);  // NOLINT(cert-msc51-cpp): the same inputs in each run
    std::uint64_t sequence = 0;
    for (int round = 0; round < 40; ++round) {
        open();
        for (int i = 0; i < 20; ++i, ++sequence) {
            ASSERT_TRUE(append(Class::event, "record " + std::to_string(sequence + 1)));
        }
        ASSERT_TRUE(spool_->sync());
        fs::path newest;
        for (const auto& entry : fs::directory_iterator(folder_)) {
            const std::string name = entry.path().filename();
            if (name.starts_with("event-") && entry.path() > newest) newest = entry.path();
        }
        const auto durable_size = fs::file_size(newest);
        for (int i = 0; i < 20; ++i) ASSERT_TRUE(append(Class::event, "not durable"));
        spool_.reset();
        const auto whole = fs::file_size(newest);
        const auto keep = durable_size + random() % (whole - durable_size);
        fs::resize_file(newest, keep);
        std::fstream file(newest, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(durable_size));
        for (auto at = durable_size; at < keep; ++at) {
            file.put(round % 2 == 0 ? '\0' : static_cast<char>(random()));
        }
        file.close();
        open();
        EXPECT_EQ(spool_->recovery().torn_bytes, keep - durable_size);
        EXPECT_EQ(spool_->durable(Class::event), sequence);
    }
    const auto all = read_all(Class::event);
    ASSERT_EQ(all.size(), sequence);
    for (std::size_t i = 0; i < all.size(); ++i) {
        EXPECT_EQ(all[i].bytes, bytes_of("record " + std::to_string(i + 1)));
    }
}

TEST_F(SpoolTest, CountsWhatADiskDamagedAndGoesOnBehindIt) {
    open();
    const std::string text(1000, 'x');
    for (int i = 0; i < 1000; ++i) ASSERT_TRUE(append(Class::event, text));
    ASSERT_TRUE(spool_->sync());
    std::vector<fs::path> segments;
    for (const auto& entry : fs::directory_iterator(folder_)) {
        const std::string name = entry.path().filename();
        if (name.starts_with("event-")) segments.push_back(entry.path());
    }
    std::ranges::sort(segments);
    ASSERT_GT(segments.size(), 2U);
    {
        std::fstream file(segments[1], std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(100'000);
        file.put('!');
    }
    open();
    const auto all = read_all(Class::event);
    EXPECT_EQ(all.size() + spool_->losses().damaged[2], 1000U);
    EXPECT_EQ(all.back().sequence, 1000U);
    EXPECT_GT(spool_->losses().damaged[2], 100U);
    EXPECT_EQ(read_all(Class::event).size(), all.size());
    EXPECT_EQ(all.size() + spool_->losses().damaged[2], 1000U) << "nothing is counted twice";
}

TEST_F(SpoolTest, NeverNumbersTwiceEvenWhenAllOfItWasDropped) {
    open();
    const std::string text(10'000, 'x');
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(append(Class::event, text));
    ASSERT_TRUE(spool_->sync());
    while (append(Class::alert, text)) continue;
    EXPECT_EQ(spool_->losses().dropped[2], 20U);
    spool_.reset();
    open();
    EXPECT_EQ(spool_->next(Class::event), 21U);
    EXPECT_TRUE(read_all(Class::event).empty());
}

TEST_F(SpoolTest, ASecondProcessIsRefused) {
    open();
    const auto second = Spool::open(folder_, limits_);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, base::ErrorKind::exists);
}

TEST_F(SpoolTest, RefusesRecordsOutOfBoundsAndLimitsThatDoNotFit) {
    open();
    EXPECT_FALSE(append(Class::event, ""));
    EXPECT_FALSE(append(Class::alert, std::string(maximum_record + 1, 'x')));
    EXPECT_TRUE(append(Class::event, std::string(maximum_record, 'x')));
    auto wrong = limits_;
    wrong.reserve = wrong.bytes;
    EXPECT_FALSE(Spool::open(folder_ / "other", wrong));
}

TEST_F(SpoolTest, PositionsSurviveACutInTheMiddleOfASave) {
    open();
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(append(Class::alert, "a"));
    const auto id = spool_->id();
    for (const std::uint64_t sequence : {2U, 3U}) {
        ASSERT_TRUE(spool_->acknowledge(Class::alert, sequence, now_));
        ASSERT_TRUE(spool_->sync());
    }
    spool_.reset();
    // The last save (the third) went to the place of odd numbers, the second one.
    {
        std::fstream file(folder_ / "positions", std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(64 + 20);
        file.put('!');
    }
    open();
    EXPECT_EQ(spool_->id(), id);
    EXPECT_EQ(spool_->acknowledged(Class::alert), 2U);
}

TEST_F(SpoolTest, ARenewedSpoolDeliversAllThatItHas) {
    open();
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(append(Class::alert, "a"));
    ASSERT_TRUE(spool_->acknowledge(Class::alert, 3, now_));
    const auto id = spool_->id();
    ASSERT_TRUE(spool_->renew());
    EXPECT_NE(spool_->id(), id);
    EXPECT_EQ(spool_->acknowledged(Class::alert), 0U);
    const auto renewed = spool_->id();
    open();
    EXPECT_EQ(spool_->id(), renewed);
    EXPECT_EQ(read_all(Class::alert).size(), 4U);
}

}  // namespace
}  // namespace shoji::spool
