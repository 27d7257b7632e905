#include "watch/detect/sigma/value_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::sigma {
namespace {

const std::vector<std::uint32_t> findings{1, 2};

ValueCache::Number keep(ValueCache& cache, std::uint32_t field, std::string_view value,
                        std::span<const std::uint32_t> found = findings) {
    const auto known = cache.find(field, value);
    return known.number != 0 ? known.number : cache.keep(field, value, found);
}

TEST(ValueCache, KeepsWhatComesTwice) {
    ValueCache cache;
    EXPECT_EQ(keep(cache, 1, "x"), 0U) << "once is not enough";
    EXPECT_EQ(cache.find(1, "x").number, 0U);
    const auto number = keep(cache, 1, "x");
    EXPECT_NE(number, 0U);
    EXPECT_EQ(cache.find(1, "x").number, number);
    EXPECT_THAT(cache.find(1, "x").findings, ::testing::ElementsAre(1, 2));
    EXPECT_EQ(cache.find(1, "y").number, 0U);
    EXPECT_EQ(cache.find(2, "x").number, 0U) << "another field's value";
}

TEST(ValueCache, NumbersTellValuesApart) {
    ValueCache cache;
    for (int i = 0; i < 2; ++i) keep(cache, 1, "x");
    for (int i = 0; i < 2; ++i) keep(cache, 2, "x");
    EXPECT_NE(cache.find(1, "x").number, cache.find(2, "x").number);
}

TEST(ValueCache, IsOfOneSizeWhateverComes) {
    ValueCache cache;
    const std::string large(ValueCache::most_bytes + 1, 'x');
    const std::vector<std::uint32_t> many(ValueCache::most_findings + 1);
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(keep(cache, 1, large), 0U);
        EXPECT_EQ(keep(cache, 1, "y", many), 0U);
    }
    for (std::size_t i = 0; i < 10 * ValueCache::places; ++i) {
        const auto value = std::to_string(i);
        for (int round = 0; round < 2; ++round) keep(cache, 1, value, {&findings.front(), i % 2});
        const auto found = cache.find(1, value);
        EXPECT_NE(found.number, 0U);
        EXPECT_EQ(found.findings.size(), i % 2) << "never another value's";
    }
}

}  // namespace
}  // namespace shoji::sigma
