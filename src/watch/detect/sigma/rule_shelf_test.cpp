#include "watch/detect/sigma/rule_shelf.h"

#include <thread>

#include <gtest/gtest.h>

namespace shoji::sigma {
namespace {

Rule rule(std::uint32_t number) {
    Rule rule;
    rule.id = std::to_string(number);
    rule.title = "title " + rule.id;
    rule.level = number % 2 == 0 ? Level::low : Level::critical;
    rule.tags = {"attack.t1059", rule.id};
    rule.source = {"windows", "", "security"};
    rule.unfilled = {"list"};
    return rule;
}

void fill(RuleShelf& shelf, std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
        auto one = rule(i);
        shelf.add(one);
    }
    shelf.make_room();
}

void expect_all(const RuleShelf& shelf, std::uint32_t count) {
    ASSERT_EQ(shelf.size(), count);
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto& one = shelf.at(i);
        const auto expected = rule(i);
        EXPECT_EQ(one.id, expected.id);
        EXPECT_EQ(one.title, expected.title);
        EXPECT_EQ(one.level, expected.level);
        EXPECT_EQ(one.tags, expected.tags);
        EXPECT_EQ(one.source, expected.source);
        EXPECT_EQ(one.unfilled, expected.unfilled);
        EXPECT_EQ(&shelf.at(i), &one) << "unpacked once";
    }
}

std::string saved(RuleShelf& shelf) {
    Saver archive;
    archive(shelf);
    return archive.take();
}

TEST(RuleShelf, GivesWhatWasAdded) {
    RuleShelf shelf;
    fill(shelf, 3);
    EXPECT_TRUE(shelf.is_sound());
    expect_all(shelf, 3);
    RuleShelf loaded;
    const auto bytes = saved(shelf);
    Loader archive(bytes);
    archive(loaded);
    ASSERT_TRUE(archive.finished() && loaded.is_sound());
    expect_all(loaded, 3);
}

TEST(RuleShelf, ThreadsGetTheSame) {
    constexpr std::uint32_t count = 200;
    RuleShelf shelf;
    fill(shelf, count);
    std::vector<const Rule*> first(count);
    std::vector<const Rule*> second(count);
    const auto ask = [&](std::vector<const Rule*>& to) {
        for (std::uint32_t i = 0; i < count; ++i) to[i] = &shelf.at(i);
    };
    std::thread other([&] { ask(second); });
    ask(first);
    other.join();
    EXPECT_EQ(first, second);
    expect_all(shelf, count);
}

// Whatever one byte is changed to: it is refused, or each rule can be unpacked.
TEST(RuleShelf, DamageIsBounded) {
    RuleShelf shelf;
    fill(shelf, 2);
    const auto bytes = saved(shelf);
    std::size_t refused = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        auto damaged = bytes;
        damaged[i] = static_cast<char>(damaged[i] ^ 0x81);
        RuleShelf loaded;
        Loader archive(damaged);
        archive(loaded);
        if (!archive.finished() || !loaded.is_sound()) {
            ++refused;
            continue;
        }
        for (std::uint32_t rule = 0; rule < loaded.size(); ++rule) {
            EXPECT_LE(loaded.at(rule).level, Level::critical);
        }
    }
    EXPECT_GT(refused, 0U);
}

}  // namespace
}  // namespace shoji::sigma
