#include "watch/station/keeper_watch.h"

#include <gtest/gtest.h>

namespace shoji::station {
namespace {

using namespace std::chrono_literals;
using Finding = KeeperWatch::Finding;

TEST(KeeperWatch, AKeeperThatFallsSilentIsToldOnceUntilItIsBack) {
    KeeperWatch watch(10s, 0s);
    EXPECT_EQ(watch.look(100s), Finding::nothing);
    watch.hear(100s, 0s);
    EXPECT_EQ(watch.look(110s), Finding::nothing);
    EXPECT_EQ(watch.look(111s), Finding::keeper_silent);
    EXPECT_EQ(watch.look(112s), Finding::nothing);
    watch.hear(120s, 0s);
    EXPECT_EQ(watch.look(130s), Finding::nothing);
    EXPECT_EQ(watch.look(131s), Finding::keeper_silent);
}

TEST(KeeperWatch, AKeeperThatNeverSaysAnythingIsToldToo) {
    KeeperWatch watch(10s, 0s);
    EXPECT_EQ(watch.look(100s), Finding::nothing);
    EXPECT_EQ(watch.look(110s), Finding::nothing);
    EXPECT_EQ(watch.look(111s), Finding::keeper_silent);
}

TEST(KeeperWatch, AKeeperThatSaysThatItIsBusyIsWaitedFor) {
    KeeperWatch watch(10s, 20s);
    watch.hear(0s, 120s);
    EXPECT_EQ(watch.look(120s), Finding::nothing);
    EXPECT_EQ(watch.look(121s), Finding::keeper_silent);
}

TEST(KeeperWatch, RecordsThatDoNotComeAreToldOnceUntilTheyCome) {
    KeeperWatch watch(10s, 20s);
    for (auto now = 0s; now <= 30s; ++now) {
        watch.hear(now, 0s);
        EXPECT_EQ(watch.look(now), Finding::nothing);
    }
    watch.hear(31s, 0s);
    EXPECT_EQ(watch.look(31s), Finding::records_silent);
    watch.hear(32s, 0s);
    EXPECT_EQ(watch.look(32s), Finding::nothing);
    watch.see_record(33s);
    for (auto now = 33s; now <= 63s; ++now) {
        watch.hear(now, 0s);
        EXPECT_EQ(watch.look(now), Finding::nothing);
    }
    watch.hear(64s, 0s);
    EXPECT_EQ(watch.look(64s), Finding::records_silent);
}

TEST(KeeperWatch, WhatAStoppedKeeperDidNotDoIsNotMissed) {
    KeeperWatch watch(10s, 20s);
    watch.hear(0s, 0s);
    EXPECT_EQ(watch.look(40s), Finding::keeper_silent);
    watch.hear(50s, 0s);
    EXPECT_EQ(watch.look(51s), Finding::nothing);
}

}  // namespace
}  // namespace shoji::station
