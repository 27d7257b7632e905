#include "screen/session/pace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::session {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;

class PaceTest : public ::testing::Test {
  protected:
    // Works 10 ms of processor time every 50 ms, each taking `elapsed`.
    void work(milliseconds elapsed, milliseconds duration) {
        for (const Time end = now_ + duration; now_ < end;) {
            now_ += milliseconds(50);
            pace_.worked(elapsed, milliseconds(10), now_);
        }
    }
    void starve(milliseconds duration) { work(milliseconds(30), duration); }
    void ease(milliseconds duration) { work(milliseconds(10), duration); }
    [[nodiscard]] milliseconds interval() const {
        return std::chrono::duration_cast<milliseconds>(pace_.interval(now_));
    }

    Pace pace_;
    Time now_{std::chrono::hours(1)};
};

TEST_F(PaceTest, IsFullWhileThereIsTimeEnough) {
    EXPECT_EQ(interval(), milliseconds(16));
    ease(seconds(10));
    EXPECT_EQ(interval(), milliseconds(16));
}

TEST_F(PaceTest, GoesDownInStepsToFourASecond) {
    std::vector<milliseconds> seen{interval()};
    for (int i = 0; i < 40; ++i) {
        starve(milliseconds(50));
        if (interval() != seen.back()) seen.push_back(interval());
    }
    EXPECT_THAT(seen, ElementsAre(milliseconds(16), milliseconds(33), milliseconds(66),
                                  milliseconds(125), milliseconds(250)));
    starve(seconds(10));
    EXPECT_EQ(interval(), milliseconds(250));
}

TEST_F(PaceTest, OneBadMomentIsNoWant) {
    ease(seconds(3));
    for (int i = 0; i < 10; ++i) {
        work(milliseconds(40), milliseconds(50));
        ease(seconds(1));
        EXPECT_EQ(interval(), milliseconds(16));
    }
}

TEST_F(PaceTest, ComesBackStepByStep) {
    starve(seconds(3));
    ease(seconds(4));
    EXPECT_EQ(interval(), milliseconds(125));
    ease(seconds(10));
    EXPECT_EQ(interval(), milliseconds(16));
}

TEST_F(PaceTest, DoesNotComeBackOnOneGoodMoment) {
    starve(seconds(3));
    for (int i = 0; i < 10; ++i) {
        ease(seconds(1));
        starve(milliseconds(500));
    }
    EXPECT_EQ(interval(), milliseconds(250));
}

TEST_F(PaceTest, ALittleWaitingKeepsItWhereItIs) {
    work(milliseconds(17), seconds(10));
    EXPECT_EQ(interval(), milliseconds(16));
    starve(seconds(3));
    work(milliseconds(17), seconds(29));
    EXPECT_EQ(interval(), milliseconds(250));
}

TEST_F(PaceTest, ALittleWaitingDoesNotKeepItSlowForEver) {
    starve(seconds(3));
    work(milliseconds(17), seconds(33));
    EXPECT_EQ(interval(), milliseconds(125));
    work(milliseconds(17), seconds(100));
    EXPECT_EQ(interval(), milliseconds(16));
}

TEST_F(PaceTest, WaitsTwiceAsLongAfterATrialThatStarves) {
    starve(seconds(3));
    for (const auto patience :
         {seconds(30), seconds(60), seconds(120), seconds(240), seconds(480), seconds(480)}) {
        work(milliseconds(17), patience - seconds(2));
        EXPECT_EQ(interval(), milliseconds(250)) << patience.count();
        work(milliseconds(17), seconds(5));
        EXPECT_EQ(interval(), milliseconds(125)) << patience.count();
        starve(milliseconds(1500));
        EXPECT_EQ(interval(), milliseconds(250)) << patience.count();
    }
    ease(seconds(20));
    starve(seconds(3));
    work(milliseconds(17), seconds(33));
    EXPECT_EQ(interval(), milliseconds(125)) << "time enough makes it forget";
}

TEST_F(PaceTest, IsFullForASecondAfterAKey) {
    starve(seconds(3));
    pace_.typed(now_);
    EXPECT_EQ(interval(), milliseconds(16));
    starve(milliseconds(900));
    EXPECT_EQ(interval(), milliseconds(16));
    starve(milliseconds(200));
    EXPECT_EQ(interval(), milliseconds(250));
}

TEST_F(PaceTest, TheWheelHoldsEightASecond) {
    starve(seconds(3));
    pace_.moved(now_);
    EXPECT_EQ(interval(), milliseconds(125));
    pace_.typed(now_);
    EXPECT_EQ(interval(), milliseconds(16)) << "keys count while the wheel turns";
    starve(milliseconds(1100));
    EXPECT_EQ(interval(), milliseconds(250));
}

TEST_F(PaceTest, WantIsForgottenAfterARest) {
    starve(seconds(3));
    now_ += seconds(3);
    EXPECT_EQ(interval(), milliseconds(16));
    ease(milliseconds(50));
    EXPECT_EQ(interval(), milliseconds(16));
}

TEST_F(PaceTest, AlmostNoWorkSaysNothing) {
    for (int i = 0; i < 100; ++i) {
        now_ += milliseconds(500);
        pace_.worked(milliseconds(20), std::chrono::microseconds(5), now_);
    }
    EXPECT_EQ(interval(), milliseconds(16));
}

}  // namespace
}  // namespace shoji::session
