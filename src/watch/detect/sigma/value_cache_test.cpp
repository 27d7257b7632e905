#include "watch/detect/sigma/value_cache.h"

#include <gtest/gtest.h>

namespace shoji::sigma {
namespace {

ValueFacts* found(ValueCache& cache, std::uint32_t field, std::string_view value) {
    cache.begin_round();
    const auto key = cache.key(field, value);
    auto* known = cache.find(key);
    return known != nullptr ? known : cache.keep(key, 2);
}

TEST(ValueCache, KeepsWhatComesTwice) {
    ValueCache cache;
    EXPECT_EQ(found(cache, 1, "x"), nullptr) << "once is not enough";
    auto* facts = found(cache, 1, "x");
    ASSERT_NE(facts, nullptr);
    EXPECT_EQ(facts->witnessed().size(), 2U);
    set_bit(facts->witnessed(), 70);
    set_bit(facts->refuted(), 3);
    ASSERT_EQ(found(cache, 1, "x"), facts);
    EXPECT_TRUE(has_bit(facts->witnessed(), 70));
    EXPECT_TRUE(has_bit(facts->refuted(), 3));
    EXPECT_FALSE(has_bit(facts->weighed(), 3));
    EXPECT_EQ(cache.find(cache.key(1, "y")), nullptr);
    EXPECT_EQ(cache.find(cache.key(2, "x")), nullptr) << "another field's value";
}

TEST(ValueCache, WhatARoundWasGivenStays) {
    ValueCache cache;
    for (int i = 0; i < 2; ++i) found(cache, 1, "x");
    cache.begin_round();
    auto* facts = cache.find(cache.key(1, "x"));
    ASSERT_NE(facts, nullptr);
    set_bit(facts->witnessed(), 1);
    for (std::size_t i = 0; i < 10 * ValueCache::places; ++i) {
        const auto value = std::to_string(i);
        for (int twice = 0; twice < 2; ++twice) {
            const auto key = cache.key(1, value);
            if (cache.find(key) == nullptr) cache.keep(key, 2);
        }
    }
    EXPECT_EQ(cache.find(cache.key(1, "x")), facts);
    EXPECT_TRUE(has_bit(facts->witnessed(), 1));
}

TEST(ValueCache, IsOfOneSizeWhateverComes) {
    ValueCache cache;
    const std::string large(ValueCache::most_bytes + 1, 'x');
    for (int i = 0; i < 3; ++i) EXPECT_EQ(found(cache, 1, large), nullptr);
    for (std::size_t i = 0; i < 10 * ValueCache::places; ++i) {
        const auto value = std::to_string(i);
        found(cache, 1, value);
        auto* facts = found(cache, 1, value);
        ASSERT_NE(facts, nullptr);
        EXPECT_FALSE(has_bit(facts->witnessed(), 1)) << "never another value's";
        set_bit(facts->witnessed(), 1);
    }
}

}  // namespace
}  // namespace shoji::sigma
