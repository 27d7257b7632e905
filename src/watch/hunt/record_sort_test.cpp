#include "watch/hunt/record_sort.h"

#include "watch/hunt/activity_bytes.h"

#include <algorithm>
#include <random>
#include <thread>

#include <gtest/gtest.h>

namespace shoji::hunt {
namespace {

using Key = RecordSort::Key;

struct Record {
    Key key;
    std::vector<std::uint8_t> bytes;

    bool operator==(const Record&) const = default;
};

std::vector<Record> random_records(std::mt19937& random, std::size_t count) {
    std::vector<Record> records;
    for (std::size_t i = 0; i < count; ++i) {
        Record record;
        record.key = {static_cast<event::Time>(random() % 50),
                      static_cast<std::uint32_t>(random() % 3), random() % 20, 0};
        record.key.step = static_cast<std::uint32_t>(i);  // no two are the same
        record.bytes.resize(random() % 5 == 0 ? 0 : random() % 300);
        for (auto& byte : record.bytes) byte = static_cast<std::uint8_t>(random());
        records.push_back(std::move(record));
    }
    return records;
}

std::vector<Record> sorted_by(RecordSort& sort) {
    EXPECT_TRUE(sort.finish());
    std::vector<Record> all;
    Key key;
    std::span<const std::uint8_t> bytes;
    while (true) {
        const auto there = sort.next(key, bytes);
        EXPECT_TRUE(there);
        if (!there || !*there) return all;
        all.push_back({key, {bytes.begin(), bytes.end()}});
    }
}

TEST(RecordSort, IsWhatSortingIsWhateverFitsIntoMemory) {
    std::mt19937 random(1);
    for (const std::size_t memory : {0UL, 1000UL, 20'000UL, 1UL << 20}) {
        for (const std::size_t count : {0UL, 1UL, 700UL}) {
            auto records = random_records(random, count);
            RecordSort sort(2, memory, testing::TempDir());
            auto* one = &sort.part();
            auto* other = &sort.part();
            for (const auto& record : records) {
                (random() % 2 == 0 ? one : other)->add(record.key, record.bytes);
            }
            const auto got = sorted_by(sort);
            std::ranges::sort(records, {}, &Record::key);
            EXPECT_EQ(got, records) << memory;
            EXPECT_EQ(sort.records(), count);
            EXPECT_EQ(sort.written() > 0, memory < 300'000 && count > 1) << memory;
        }
    }
}

TEST(RecordSort, TakesFromManyThreads) {
    RecordSort sort(4, 50'000, testing::TempDir());
    {
        std::vector<std::jthread> threads;
        for (std::uint32_t t = 0; t < 4; ++t) {
            threads.emplace_back([&sort, t] {
                auto& part = sort.part();
                const std::vector<std::uint8_t> bytes(100, static_cast<std::uint8_t>(t));
                for (std::uint64_t i = 0; i < 2000; ++i) {
                    part.add({static_cast<event::Time>(2000 - i), t, i, 0}, bytes);
                }
            });
        }
    }
    const auto all = sorted_by(sort);
    ASSERT_EQ(all.size(), 8000U);
    EXPECT_TRUE(std::ranges::is_sorted(all, {}, &Record::key));
    for (const auto& record : all) EXPECT_EQ(record.bytes[0], record.key.file);
}

TEST(RecordSort, TakesTheLargestRecord) {
    RecordSort sort(1, 10'000, testing::TempDir());
    auto& part = sort.part();
    const std::vector<std::uint8_t> large(RecordSort::most_record, 7);
    part.add({2, 0, 0, 0}, large);
    part.add({1, 0, 0, 0}, std::vector<std::uint8_t>{1});
    part.add({3, 0, 0, 0}, large);
    const auto all = sorted_by(sort);
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[1].bytes, large);
}

TEST(RecordSort, AFolderThatIsNotThereIsAnError) {
    RecordSort sort(1, 0, testing::TempDir() + "none/here");
    auto& part = sort.part();
    for (std::uint64_t i = 0; i < 3; ++i) part.add({1, 0, i, 0}, {});
    const auto finished = sort.finish();
    ASSERT_FALSE(finished);
    EXPECT_NE(finished.error().message.find("none/here"), std::string::npos);
}

TEST(ActivityBytes, AreTheSameActivityAgain) {
    event::Activity one;
    one.kind = event::ActivityKind::screen_input;
    one.time = 123'456'789;
    one.duration = 5;
    one.host = "pc1";
    one.user = "sato";
    one.process = "a";
    one.process_id = 1;
    one.parent = "b";
    one.parent_id = 2;
    one.command = "c";
    one.peer = "d";
    one.domain = "e";
    one.port = 443;
    one.protocol = "f";
    one.signature = "g";
    one.host_header = "h";
    one.method = "i";
    one.denied = true;
    one.bytes_out = 3;
    one.bytes_in = 4;
    one.path = "j";
    one.target = "k";
    one.text = "l";
    one.my_numbers = 6;
    one.pages = 5;
    one.logon_type = 10;
    one.entropy = 7.5;
    base::ByteWriter writer;
    EXPECT_TRUE(write_activity(one, writer));
    base::ByteReader reader(writer.bytes());
    event::Activity other;
    ASSERT_TRUE(read_activity(reader, other));
    EXPECT_TRUE(reader.finished());
    base::ByteWriter again;
    write_activity(other, again);
    EXPECT_EQ(again.bytes(), writer.bytes());
    EXPECT_EQ(other.kind, one.kind);
    EXPECT_EQ(other.time, one.time);
    EXPECT_EQ(other.host, "pc1");
    EXPECT_EQ(other.text, "l");
    EXPECT_EQ(other.entropy, 7.5);
    EXPECT_EQ(other.my_numbers, 6U);
    for (std::size_t cut = 0; cut < writer.size(); ++cut) {
        base::ByteReader part(std::span(writer.bytes()).first(cut));
        EXPECT_FALSE(read_activity(part, other));
    }
}

TEST(ActivityBytes, TextsAreCutAndTyped) {
    event::Activity one;
    const std::string giant(4 << 20, 'a');
    one.command = giant;
    base::ByteWriter writer;
    EXPECT_TRUE(write_activity(one, writer)) << "nobody looks at more of a command";
    EXPECT_LT(writer.size(), most_activity_name + 300);
    one.text = giant;
    EXPECT_FALSE(write_activity(one, writer));
    EXPECT_LT(writer.size(), RecordSort::most_record);
}

}  // namespace
}  // namespace shoji::hunt
