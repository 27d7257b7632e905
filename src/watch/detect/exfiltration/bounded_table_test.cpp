#include "watch/detect/exfiltration/bounded_table.h"

#include <map>
#include <random>

#include <gtest/gtest.h>

namespace shoji::exfiltration {
namespace {

struct Number {
    std::uint32_t value = 0;
    [[nodiscard]] std::int64_t standing() const { return value; }
    template <class Archive>
    void transfer(Archive& archive) {
        archive(value);
    }
};

TEST(BoundedTable, IsAMapUntilItIsFull) {
    BoundedTable<Number> table(1000);
    std::map<std::uint64_t, std::uint32_t> map;
    std::mt19937 random(1);
    for (int i = 0; i < 5000; ++i) {
        const std::uint64_t key = random() % 1000;
        table.at(key).value = map[key] = static_cast<std::uint32_t>(i);
    }
    for (std::uint64_t key = 0; key < 1100; ++key) {
        const auto* found = table.find(key);
        ASSERT_EQ(found != nullptr, map.contains(key));
        if (found != nullptr) {
            EXPECT_EQ(found->value, map[key]);
        }
    }
    EXPECT_EQ(table.displaced(), 0U);
}

TEST(BoundedTable, WhatStandsHighOutlivesAFlood) {
    BoundedTable<Number> table(200);
    for (std::uint64_t key = 0; key < 20; ++key) table.at(key).value = 1'000'000;
    std::mt19937_64 random(2);
    for (int i = 0; i < 100'000; ++i) table.at(random() | 1ULL << 63U).value = 1;
    EXPECT_EQ(table.size(), 200U);
    EXPECT_EQ(table.displaced(), 100'000U - 180U);
    for (std::uint64_t key = 0; key < 20; ++key) {
        const auto* found = table.find(key);
        ASSERT_NE(found, nullptr);
        EXPECT_EQ(found->value, 1'000'000U);
    }
}

TEST(BoundedTable, EveryKeyThatStaysIsFoundWhileOthersGo) {
    BoundedTable<Number> table(64);
    std::mt19937_64 random(3);
    for (int i = 0; i < 20'000; ++i) {
        const auto key = random() % 300;
        table.at(key).value = static_cast<std::uint32_t>(key);
        ASSERT_LE(table.size(), 64U);
    }
    std::size_t found = 0;
    for (std::uint64_t key = 0; key < 300; ++key) {
        const auto* one = table.find(key);
        if (one == nullptr) continue;
        ++found;
        ASSERT_EQ(one->value, key);
    }
    EXPECT_EQ(found, 64U);
}

TEST(BoundedTable, ACountThatTheBytesCannotHoldIsRefused) {
    BoundedTable<Number> table(1000);
    base::Saver saver;
    saver(std::uint32_t{900}, std::uint64_t{0}, std::uint64_t{0}, std::uint64_t{1});
    const auto bytes = saver.take();
    base::Loader loader(bytes);
    loader(table);
    EXPECT_FALSE(loader.ok());
    EXPECT_EQ(table.size(), 0U);
}

TEST(BoundedTable, AKeyThatStandsTwiceIsRefused) {
    BoundedTable<Number> table(10);
    base::Saver saver;
    saver(std::uint32_t{2}, std::uint64_t{0}, std::uint64_t{0}, std::uint64_t{1}, std::uint32_t{5},
          std::uint64_t{1}, std::uint32_t{6});
    const auto bytes = saver.take();
    base::Loader loader(bytes);
    loader(table);
    EXPECT_FALSE(loader.ok());
}

}  // namespace
}  // namespace shoji::exfiltration
