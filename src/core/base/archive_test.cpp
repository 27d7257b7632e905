#include "core/base/archive.h"

#include <limits>

#include <gtest/gtest.h>

namespace shoji::base {
namespace {

enum class Colour : std::uint8_t { red, green };

struct Inner {
    std::array<std::uint16_t, 2> pair{};
    bool yes = false;

    template <class Archive>
    void transfer(Archive& archive) {
        archive(pair, yes);
    }
    [[nodiscard]] bool sound() const { return pair[0] <= pair[1]; }
    bool operator==(const Inner&) const = default;
};

struct Outer {
    std::string name;
    Colour colour = Colour::red;
    std::int64_t time = 0;
    double number = 0;
    std::vector<Inner> inners;

    template <class Archive>
    void transfer(Archive& archive) {
        archive(name, colour, time, number);
        archive.list(inners, 3);
    }
    bool operator==(const Outer&) const = default;
};

const Outer example{"名前", Colour::green, 1LL << 60, -0.1, {{{1, 2}, true}, {{3, 3}, false}}};

template <class... Members>
std::vector<std::uint8_t> saved(const Members&... members) {
    Saver saver;
    saver(members...);
    return saver.take();
}

template <class T>
bool loads(const std::vector<std::uint8_t>& bytes, ArchiveBounds bounds = {}) {
    T value{};
    Loader loader(bytes, bounds);
    loader(value);
    return loader.finished();
}

TEST(Archive, ReadsWhatItWrote) {
    const auto bytes = saved(example);
    Outer read;
    read.inners.resize(1);
    Loader loader(bytes);
    loader(read);
    EXPECT_TRUE(loader.finished());
    EXPECT_EQ(read, example);
}

TEST(Archive, TheFormIsTheSameOnEachMachine) {
    EXPECT_EQ(saved(std::uint32_t{0x01020304}, true, std::string("ab"), Colour::green, 1.0),
              (std::vector<std::uint8_t>{4, 3, 2, 1, 1, 2, 0, 'a', 'b', 1, 0, 0, 0, 0, 0, 0, 0xf0,
                                         0x3f}));
}

TEST(Archive, EveryCutIsNoticed) {
    const auto bytes = saved(example);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_FALSE(loads<Outer>({bytes.begin(), bytes.begin() + static_cast<long>(size)}))
            << size;
    }
    auto more = bytes;
    more.push_back(0);
    EXPECT_FALSE(loads<Outer>(more));
}

TEST(Archive, WhatNoStateHoldsIsRefused) {
    EXPECT_TRUE(loads<bool>({1}));
    EXPECT_FALSE(loads<bool>({2}));
    EXPECT_TRUE(loads<double>(saved(std::numeric_limits<double>::infinity())));
    EXPECT_FALSE(loads<double>(saved(std::numeric_limits<double>::quiet_NaN())));
    EXPECT_FALSE(loads<std::int32_t>(saved(std::int32_t{-1})));
    EXPECT_TRUE(loads<std::int32_t>(saved(std::int32_t{-1}), {.negative = true}));
    EXPECT_TRUE(loads<std::uint32_t>(saved(std::uint32_t{0xffffffff})));
    EXPECT_FALSE(loads<Inner>(saved(Inner{{2, 1}, false})));
}

TEST(Archive, TextsAreBounded) {
    const std::string text(100, 'x');
    EXPECT_TRUE(loads<std::string>(saved(text), {.most_text = 100}));
    EXPECT_FALSE(loads<std::string>(saved(text), {.most_text = 99}));
    Saver cutting({.most_text = 3});
    cutting(text);
    EXPECT_EQ(cutting.take(), saved(std::string("xxx")));
}

TEST(Archive, ACountAloneMakesNothingGrow) {
    const auto read = [](std::uint32_t count, std::size_t bytes) {
        auto all = saved(count);
        all.resize(all.size() + bytes);
        std::vector<std::uint8_t> list;
        Loader loader(all);
        loader.list(list, 1'000'000'000);
        return std::pair(loader.finished(), list.capacity());
    };
    EXPECT_EQ(read(1'000'000'000, 10), std::pair(false, std::size_t{0}));
    EXPECT_TRUE(read(10, 10).first);
    Outer four = example;
    four.inners.resize(4);
    EXPECT_FALSE(loads<Outer>(saved(four))) << "more than the description allows";
}

TEST(Archive, APartCanBePassedOver) {
    Saver saver;
    saver.part(saved(example));
    saver(std::uint8_t{7});
    const auto bytes = saver.take();
    Loader loader(bytes);
    const auto part = loader.part();
    std::uint8_t behind = 0;
    loader(behind);
    EXPECT_TRUE(loader.finished());
    EXPECT_EQ(behind, 7);
    EXPECT_TRUE(loads<Outer>({part.begin(), part.end()}));
    Loader cut({bytes.data(), 20});
    EXPECT_TRUE(cut.part().empty());
    EXPECT_FALSE(cut.ok());
}

}  // namespace
}  // namespace shoji::base
