#include "watch/spool/segment.h"

#include "watch/spool/crc32c.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

namespace shoji::spool {
namespace {

using Bytes = std::vector<std::uint8_t>;

// RFC 3720, appendix B.4.
TEST(Crc32c, IsThatOfTheStandard) {
    EXPECT_EQ(crc32c(Bytes(32, 0)), 0x8a9136aaU);
    EXPECT_EQ(crc32c(Bytes(32, 0xff)), 0x62a8ab43U);
    Bytes growing;
    for (std::uint8_t i = 0; i < 32; ++i) growing.push_back(i);
    EXPECT_EQ(crc32c(growing), 0x46dd794eU);
    for (std::size_t cut = 0; cut <= growing.size(); ++cut) {
        const std::span all(growing);
        EXPECT_EQ(crc32c(all.subspan(cut), crc32c(all.first(cut))), 0x46dd794eU) << cut;
    }
}

TEST(Segment, HeaderComesBackAndNoBitMayDiffer) {
    const auto bytes = encode(Header{Class::notice, 77});
    ASSERT_EQ(bytes.size(), header_bytes);
    const auto header = decode_header(bytes);
    ASSERT_TRUE(header);
    EXPECT_EQ(header->kind, Class::notice);
    EXPECT_EQ(header->first, 77U);
    for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
        auto other = bytes;
        other[bit / 8] = static_cast<std::uint8_t>(other[bit / 8] ^ (1U << (bit % 8)));
        EXPECT_FALSE(decode_header(other)) << bit;
    }
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_FALSE(decode_header(std::span(bytes).first(size)));
    }
}

// Whatever was written is read; cut anywhere, the whole frames before the cut are.
TEST(Segment, FramesComeBackUpToAnyCut) {
    std::mt19937 random(5);  // NOLINT(cert-msc51-cpp): the same inputs in each run
    for (int round = 0; round < 20; ++round) {
        Bytes bytes;
        std::vector<std::size_t> ends;
        std::vector<Bytes> records;
        std::vector<std::uint64_t> sequences;
        std::uint64_t sequence = 9;
        for (int i = 0; i < 8; ++i) {
            Bytes record(1 + random() % 200);
            for (auto& byte : record) byte = static_cast<std::uint8_t>(random());
            sequence += 1 + random() % 3;
            append_frame(bytes, Class::event, sequence, record);
            ends.push_back(bytes.size());
            records.push_back(record);
            sequences.push_back(sequence);
        }
        for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
            FrameReader reader(Class::event, 10, std::span(bytes).first(cut));
            std::size_t count = 0;
            while (const auto frame = reader.next()) {
                ASSERT_LT(count, records.size());
                EXPECT_EQ(frame->sequence, sequences[count]);
                EXPECT_TRUE(std::ranges::equal(frame->record, records[count]));
                ++count;
            }
            const auto whole = std::ranges::count_if(ends, [&](auto end) { return end <= cut; });
            EXPECT_EQ(count, static_cast<std::size_t>(whole));
            EXPECT_EQ(reader.consumed(), count == 0 ? 0 : ends[count - 1]);
            EXPECT_FALSE(reader.broken());
        }
    }
}

TEST(Segment, NoFrameWithAFlippedBitIsTaken) {
    Bytes bytes;
    append_frame(bytes, Class::alert, 3, Bytes{1, 2, 3, 4});
    for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
        auto other = bytes;
        other[bit / 8] = static_cast<std::uint8_t>(other[bit / 8] ^ (1U << (bit % 8)));
        EXPECT_FALSE(FrameReader(Class::alert, 1, other).next()) << bit;
    }
}

TEST(Segment, FramesOfAnotherClassOrAnEarlierSequenceEndTheReading) {
    Bytes bytes;
    append_frame(bytes, Class::event, 3, Bytes{1});
    EXPECT_FALSE(FrameReader(Class::alert, 1, bytes).next());
    EXPECT_FALSE(FrameReader(Class::event, 4, bytes).next());
    append_frame(bytes, Class::event, 3, Bytes{1});
    FrameReader reader(Class::event, 1, bytes);
    EXPECT_TRUE(reader.next());
    EXPECT_FALSE(reader.next());
    EXPECT_TRUE(reader.broken());
}

}  // namespace
}  // namespace shoji::spool
