#include "watch/detect/beacon/tables.h"

#include "watch/detect/beacon/clock.h"

#include <random>
#include <unordered_map>

#include <gtest/gtest.h>

namespace shoji::beacon {
namespace {

constexpr std::uint32_t june = 1'780'272'000;
constexpr std::uint32_t day = 86'400;

TEST(Index, agrees_with_a_map) {
    std::mt19937_64 random(1);
    constexpr std::uint32_t most = 300;
    Index index(most);
    std::unordered_map<std::uint64_t, std::uint32_t> map;
    for (int round = 0; round < 200'000; ++round) {
        // Few keys, at few homes, so that chains are long and break.
        const std::uint64_t key = (random() % 40 << 55) + random() % 20;
        const auto found = map.find(key);
        const auto told = index.find(key);
        ASSERT_EQ(told.has_value(), found != map.end());
        if (told) {
            ASSERT_EQ(*told, found->second);
            if (random() % 2 == 0) {
                index.remove(key);
                map.erase(found);
            }
        } else if (map.size() < most) {
            const auto slot = static_cast<std::uint32_t>(random() % 1000);
            index.add(key, slot);
            map.emplace(key, slot);
        }
    }
}

TEST(Clock, leaves_out_what_is_far_from_the_others) {
    Clock clock;
    EXPECT_TRUE(clock.accept(june));
    EXPECT_FALSE(clock.accept(5));
    EXPECT_FALSE(clock.accept(june + 400 * day));
    EXPECT_TRUE(clock.accept(june + 3600));
    EXPECT_TRUE(clock.accept(june - 3600));
    EXPECT_EQ(clock.now(), june + 3600);
}

TEST(Clock, one_host_from_another_time_moves_nothing) {
    Clock clock;
    for (std::uint32_t i = 0; i < 10'000; ++i) {
        EXPECT_TRUE(clock.accept(june + i));
        EXPECT_FALSE(clock.accept(june + 1000 * day + i));
        EXPECT_FALSE(clock.accept(1 + i));
    }
    EXPECT_EQ(clock.now(), june + 9999);
}

TEST(Clock, time_passes_up_to_the_present) {
    Clock clock;
    constexpr std::uint32_t start = 1'800'000'000;
    EXPECT_TRUE(clock.accept(start));
    clock.set_present(start + 5 * Clock::day);
    EXPECT_TRUE(clock.accept(start + 3 * Clock::day)) << "after a weekend";
    EXPECT_EQ(clock.now(), start + 3 * Clock::day);
    EXPECT_FALSE(clock.accept(start + 7 * Clock::day)) << "not yet";
    EXPECT_FALSE(clock.accept(start)) << "late";
}

TEST(Clock, follows_when_everybody_has_moved) {
    Clock clock;
    clock.accept(june);
    std::uint32_t refused = 0;
    for (std::uint32_t i = 0; i < 200; ++i) refused += clock.accept(june + 30 * day + i) ? 0 : 1;
    EXPECT_EQ(refused, Clock::patience - 1);
    EXPECT_EQ(clock.now(), june + 30 * day + 199);
}

TEST(Limits, keep_to_the_memory) {
    for (const std::size_t mebibytes : {1U, 4U, 64U, 256U, 1024U}) {
        const auto limits = Limits::of(mebibytes << 20);
        EXPECT_LE(limits.bytes(), mebibytes << 20) << mebibytes;
        EXPECT_GT(limits.bytes(), (mebibytes << 20) / 10 * 9) << mebibytes;
    }
}

TEST(Host, sleeps_when_it_is_silent_for_hours) {
    Host host;
    host.awake(june);
    host.awake(june + 3600);
    EXPECT_EQ(host.active(june + 3600), 3601U);
    host.awake(june + 15 * 3600);
    EXPECT_EQ(host.active(june + 15 * 3600), 3601U) << "the night does not count";
    host.awake(june + 100);
    EXPECT_EQ(host.active(june + 100), 1U);
}

TEST(Host, tells_clients_of_one_destination_from_those_of_several) {
    Host host;
    EXPECT_TRUE(host.uses(11, 1));
    EXPECT_TRUE(host.uses(11, 1));
    EXPECT_FALSE(host.uses(11, 2));
    EXPECT_FALSE(host.uses(11, 1));
    EXPECT_TRUE(host.uses(12, 1));
    EXPECT_FALSE(host.uses(0, 1)) << "no client is none";
}

TEST(ShortText, keeps_the_end_of_what_is_long) {
    ShortText<8> text;
    text.set("1234567");
    EXPECT_EQ(text.view(), "1234567");
    text.set("12345678");
    EXPECT_EQ(text.view(), "~345678");
    text.set("");
    EXPECT_EQ(text.view(), "");
}

// Whatever comes, the tables point at each other rightly: their own loader checks all of it.
TEST(TablesProperty, stay_sound_when_everything_is_full) {
    std::mt19937_64 random(2);
    Limits limits{20, 60, 90, 25, 30};
    Tables tables(limits);
    for (int round = 0; round < 30'000; ++round) {
        const auto now = june + static_cast<std::uint32_t>(round);
        const auto host = tables.host(random() % 25, "h", now);
        const auto target = tables.target(1000 + random() % 200, now);
        if (!host || !target) continue;
        bool made = false;
        const auto pair = tables.pair(*host, *target, now, made);
        ++tables.pairs[pair].contacts;
        if (random() % 3 == 0)
            tables.rhythm(pair).worth = static_cast<std::uint8_t>(random() % 101);
        if (random() % 50 == 0) tables.forget_pair(pair);
        if (round % 500 != 0) continue;
        base::ByteWriter writer;
        tables.save(writer);
        base::ByteReader reader(writer.bytes());
        Tables again(limits);
        ASSERT_TRUE(again.load(reader)) << round;
        ASSERT_TRUE(reader.finished());
    }
    EXPECT_GT(tables.dropped.forgotten_pairs, 0U);
    EXPECT_GT(tables.dropped.forgotten_destinations, 0U);
    EXPECT_GT(tables.dropped.forgotten_rhythms, 0U);
}

}  // namespace
}  // namespace shoji::beacon
