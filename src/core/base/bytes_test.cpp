#include "core/base/bytes.h"

#include <limits>

#include <gtest/gtest.h>

namespace shoji::base {
namespace {

TEST(Bytes, ReadsBackWhatWasWritten) {
    ByteWriter writer;
    writer.write<std::uint8_t>(0xab);
    writer.write<std::int16_t>(-2);
    writer.write<std::uint32_t>(0x01020304);
    writer.write<std::uint64_t>(std::numeric_limits<std::uint64_t>::max());
    writer.write_string("障子");
    ByteReader reader(writer.bytes());
    EXPECT_EQ(reader.read<std::uint8_t>(), 0xab);
    EXPECT_EQ(reader.read<std::int16_t>(), -2);
    EXPECT_EQ(reader.read<std::uint32_t>(), 0x01020304U);
    EXPECT_EQ(reader.read<std::uint64_t>(), std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(reader.read_string(6), "障子");
    EXPECT_TRUE(reader.finished());
}

TEST(Bytes, IsLittleEndian) {
    ByteWriter writer;
    writer.write<std::uint16_t>(0x0102);
    EXPECT_EQ(writer.bytes(), (std::vector<std::uint8_t>{2, 1}));
}

TEST(Bytes, StaysFailedAfterAShortRead) {
    const std::vector<std::uint8_t> bytes{1, 2, 3};
    ByteReader reader(bytes);
    EXPECT_EQ(reader.read<std::uint32_t>(), 0U);
    EXPECT_FALSE(reader.ok());
    EXPECT_EQ(reader.read<std::uint8_t>(), 0);
    EXPECT_FALSE(reader.finished());
}

TEST(Bytes, RefusesAStringLongerThanItsLimitOrItsInput) {
    ByteWriter writer;
    writer.write_string("abcd");
    ByteReader strict(writer.bytes());
    EXPECT_EQ(strict.read_string(3), "");
    EXPECT_FALSE(strict.ok());
    const std::vector<std::uint8_t> cut{4, 0, 'a'};
    ByteReader reader(cut);
    EXPECT_EQ(reader.read_string(10), "");
    EXPECT_FALSE(reader.ok());
}

TEST(Bytes, IsNotFinishedWhileBytesAreLeft) {
    const std::vector<std::uint8_t> bytes{1, 2};
    ByteReader reader(bytes);
    reader.read<std::uint8_t>();
    EXPECT_TRUE(reader.ok());
    EXPECT_FALSE(reader.finished());
}

TEST(Bytes, PatchesALength) {
    ByteWriter writer;
    writer.write<std::uint32_t>(0);
    writer.patch(0, 0x0a0b0c0d);
    ByteReader reader(writer.bytes());
    EXPECT_EQ(reader.read<std::uint32_t>(), 0x0a0b0c0dU);
}

TEST(Utf8, KnowsWellFormedText) {
    for (const auto* text : {"", "a", "é", "日本語", "𠮷野家", "\xf4\x8f\xbf\xbf"}) {
        EXPECT_TRUE(is_utf8(text)) << text;
    }
}

TEST(Utf8, RefusesWhatRfc3629Forbids) {
    for (const auto* text :
         {"\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xe3\x81", "a\xe3", "\xc3("}) {
        EXPECT_FALSE(is_utf8(text)) << text;
    }
}

}  // namespace
}  // namespace shoji::base
