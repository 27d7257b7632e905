#include "watch/sensor/ring.h"

#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace shoji::sensor {
namespace {

constexpr std::size_t size = 4096;
constexpr std::uint32_t busy = 1U << 31;
constexpr std::uint32_t discarded = 1U << 30;

// A ring in plain memory, filled as the kernel fills it.
class RingTest : public testing::Test {
  protected:
    void write(std::string_view text, std::uint32_t mark = 0) {
        put(static_cast<std::uint32_t>(text.size()) | mark);
        for (std::size_t i = 0; i < text.size(); ++i) byte(written_ + 8 + i, text[i]);
        written_ += (text.size() + 8 + 7) & ~std::uint64_t{7};
    }
    void put(std::uint32_t head) {
        for (std::size_t i = 0; i < 4; ++i) {
            byte(written_ + i, static_cast<char>(head >> (8 * i)));
        }
    }
    void byte(std::uint64_t at, char value) {
        at &= size - 1;
        data_[at] = data_[at + size] = static_cast<std::uint8_t>(value);
    }
    base::Result<std::size_t> drain(std::size_t most = 100) {
        return RingView(&read_, &written_, data_.data(), size)
            .drain(most, [this](std::span<const std::uint8_t> record) {
                taken_.emplace_back(reinterpret_cast<const char*>(record.data()), record.size());
            });
    }

    std::atomic<std::uint64_t> read_ = 0;
    std::atomic<std::uint64_t> written_ = 0;
    alignas(8) std::vector<std::uint8_t> data_ = std::vector<std::uint8_t>(2 * size);
    std::vector<std::string> taken_;
};

TEST_F(RingTest, GivesRecordsInTheirOrder) {
    write("one");
    write("second record");
    EXPECT_EQ(drain().value(), 2U);
    EXPECT_EQ(taken_, (std::vector<std::string>{"one", "second record"}));
    EXPECT_EQ(read_, written_);
}

TEST_F(RingTest, GoesRoundItsEnd) {
    std::vector<std::string> all;
    for (int i = 0; i < 1000; ++i) {
        all.push_back(std::string(static_cast<std::size_t>(i % 97), 'x') + std::to_string(i));
        write(all.back());
        ASSERT_TRUE(drain());
    }
    EXPECT_EQ(taken_, all);
}

TEST_F(RingTest, StopsAtWhatIsStillWrittenAndPassesOverWhatWasGivenUp) {
    write("given up", discarded);
    write("whole");
    write("unfinished", busy);
    EXPECT_EQ(drain().value(), 1U);
    EXPECT_EQ(taken_, std::vector<std::string>{"whole"});
}

TEST_F(RingTest, TakesNoMoreThanItIsAskedTo) {
    for (int i = 0; i < 5; ++i) write("x");
    EXPECT_EQ(drain(3).value(), 3U);
    EXPECT_EQ(drain(3).value(), 2U);
}

TEST_F(RingTest, ARecordLargerThanTheRingIsAnError) {
    put(static_cast<std::uint32_t>(size));
    written_ += 8;
    EXPECT_FALSE(drain());
}

}  // namespace
}  // namespace shoji::sensor
