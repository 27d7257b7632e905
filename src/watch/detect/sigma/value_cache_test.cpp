#include "watch/detect/sigma/value_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::sigma {
namespace {

const std::vector<std::uint32_t> findings{1, 2};

TEST(ValueCache, KeepsWhatComesTwice) {
    ValueCache cache;
    EXPECT_FALSE(cache.find("x").known);
    cache.keep("x", findings);
    EXPECT_FALSE(cache.find("x").known) << "once is not enough";
    cache.keep("x", findings);
    EXPECT_TRUE(cache.find("x").known);
    EXPECT_THAT(cache.find("x").findings, ::testing::ElementsAre(1, 2));
    EXPECT_FALSE(cache.find("y").known);
}

TEST(ValueCache, IsOfOneSizeWhateverComes) {
    ValueCache cache;
    const std::string large(ValueCache::most_bytes + 1, 'x');
    for (int i = 0; i < 3; ++i) cache.keep(large, findings);
    EXPECT_FALSE(cache.find(large).known);
    for (int round = 0; round < 2; ++round) {
        for (std::size_t i = 0; i < 10 * ValueCache::places; ++i) {
            const auto value = std::to_string(i);
            cache.keep(value, {&findings.front(), i % 2});
            const auto found = cache.find(value);
            const bool own = !found.known || found.findings.size() == i % 2;
            EXPECT_TRUE(own) << "never another value's";
        }
    }
}

}  // namespace
}  // namespace shoji::sigma
