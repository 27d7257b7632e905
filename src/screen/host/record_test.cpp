#include "screen/host/record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::host {
namespace {

using ::testing::HasSubstr;

Record sample() {
    Record record;
    for (std::size_t i = 0; i < record.id.size(); ++i) record.id[i] = static_cast<std::uint8_t>(i);
    record.slot = 7;
    record.boot = "0b1c-44";
    record.started = 1'800'000'000;
    record.expires = 1'900'000'000;
    record.ports = {80, 443};
    record.internal_ports = {8480};
    record.processes = {ProcessMark{100, 5}, ProcessMark{101, 6}, ProcessMark{102, 7}};
    return record;
}

TEST(Record, IsReadBackAsItWasWritten) {
    for (Record record : {sample(), Record{}}) {
        const auto read = parse_record(format_record(record));
        ASSERT_TRUE(read) << read.error().message;
        EXPECT_EQ(*read, record);
    }
}

TEST(Record, ATornOneIsAnError) {
    const std::string whole = format_record(sample());
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_FALSE(parse_record(whole.substr(0, size))) << "cut after " << size;
    }
}

TEST(Record, AnAlteredOneIsAnErrorThatNamesTheLine) {
    const std::string whole = format_record(sample());
    for (const auto& [before, after, name] :
         {std::array<std::string, 3>{"slot 7", "slot -1", "slot"},
          {"slot 7", "slot 4294967296", "slot"},
          {"ports 80,443", "ports 80,65536", "ports"},
          {"ports 80,443", "ports 80;443", "ports"},
          {"browser 100,5", "browser 100", "browser"},
          {"browser 100,5", "browser -4,5", "browser"},
          {"version 1", "version 2", "version"},
          {"started 1800000000", "started soon", "started"}}) {
        std::string altered = whole;
        altered.replace(altered.find(before), before.size(), after);
        const auto read = parse_record(altered);
        ASSERT_FALSE(read) << after;
        EXPECT_THAT(read.error().message, HasSubstr(name));
    }
}

TEST(Record, BoundsTheListsOfPorts) {
    Record record = sample();
    record.ports.assign(control::maximum_origins, 443);
    EXPECT_TRUE(parse_record(format_record(record)));
    record.ports.push_back(443);
    EXPECT_FALSE(parse_record(format_record(record)));
    EXPECT_FALSE(parse_record(std::string(maximum_record, 'x') + "\n"));
}

TEST(StartTime, IsField22WhateverTheProgramIsCalled) {
    const std::string rest = " S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20 21";
    for (const char* name : {"(bash)", "(a b)", "(x) y)", "())"}) {
        const auto start = parse_start_time("42 " + std::string(name) + rest);
        ASSERT_TRUE(start) << name;
        EXPECT_EQ(*start, 4711U);
    }
    EXPECT_FALSE(parse_start_time(""));
    EXPECT_FALSE(parse_start_time("42 (bash) S 1 2 3"));
}

}  // namespace
}  // namespace shoji::host
