#include "screen/gateway/connections.h"
#include "screen/gateway/lock_out.h"
#include "screen/gateway/rate_limiter.h"
#include "screen/gateway/refusal_log.h"

#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace shoji::gateway {
namespace {

TEST(LockOut, GrowsWithEachFailureUpToItsBound) {
    const LockOutRule rule;
    EXPECT_EQ(lock_out_delay(rule, 4), 0);
    EXPECT_EQ(lock_out_delay(rule, 5), 30);
    EXPECT_EQ(lock_out_delay(rule, 6), 60);
    EXPECT_EQ(lock_out_delay(rule, 9), 480);
    EXPECT_EQ(lock_out_delay(rule, 12), 3600);
    EXPECT_EQ(lock_out_delay(rule, 1'000'000'000), 3600);
}

TEST(LockOut, EndsAfterTheDelay) {
    const LockOutRule rule;
    EXPECT_EQ(locked_for(rule, {5, 1000}, 1000), 30);
    EXPECT_EQ(locked_for(rule, {5, 1000}, 1029), 1);
    EXPECT_EQ(locked_for(rule, {5, 1000}, 1030), 0);
    EXPECT_EQ(locked_for(rule, {4, 1000}, 1000), 0);
}

TEST(LockOut, IsNotProlongedByAClockThatWasSetBack) {
    const LockOutRule rule;
    EXPECT_EQ(locked_for(rule, {5, 1000}, 990), 30);
    EXPECT_EQ(locked_for(rule, {5, 1'000'000}, 1000), 0);
}

TEST(RateLimiter, AllowsABurstThenOneAtATime) {
    RateLimiter limiter({3, 10, 100});
    for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter.take("a", 0), 0);
    EXPECT_DOUBLE_EQ(limiter.take("a", 0), 10);
    EXPECT_DOUBLE_EQ(limiter.take("a", 4), 6);
    EXPECT_EQ(limiter.take("a", 10), 0);
    EXPECT_GT(limiter.take("a", 10), 0);
    EXPECT_EQ(limiter.take("b", 10), 0) << "another key has a bucket of its own";
}

TEST(RateLimiter, NeverHoldsMoreKeysThanAllowed) {
    RateLimiter limiter({2, 10, 50});
    limiter.take("attacker", 0);
    limiter.take("attacker", 0);
    for (int i = 0; i < 1000; ++i) {
        limiter.take("key-" + std::to_string(i), 0.001 * i);
        EXPECT_LE(limiter.size(), 50U);
    }
    EXPECT_GT(limiter.take("attacker", 1), 0) << "who has spent most is remembered longest";
}

TEST(RateLimiter, TakesAnIpv6NetworkForOneAddress) {
    EXPECT_EQ(rate_key("2001:db8:1:2::1"), rate_key("2001:db8:1:2:ffff::9"));
    EXPECT_NE(rate_key("2001:db8:1:2::1"), rate_key("2001:db8:1:3::1"));
    EXPECT_NE(rate_key("192.0.2.1"), rate_key("192.0.2.2"));
}

TEST(Connections, AdmitsABoundedNumberOfOneAddress) {
    Connections connections;
    std::vector<Connections::Place> places;
    for (std::size_t i = 0; i < Connections::maximum_of_address; ++i) {
        auto place = connections.admit("192.0.2.1", 0);
        ASSERT_TRUE(place);
        places.push_back(std::move(*place));
    }
    EXPECT_FALSE(connections.admit("192.0.2.1", 1000));
    EXPECT_TRUE(connections.admit("192.0.2.2", 1000));
    places.pop_back();
    EXPECT_TRUE(connections.admit("192.0.2.1", 1000));
    places.clear();
    EXPECT_EQ(connections.size(), 0U);
}

TEST(Connections, TakesAnIpv6NetworkForOneAddress) {
    Connections connections;
    std::vector<Connections::Place> places;
    for (std::size_t i = 0; i < Connections::maximum_of_address; ++i) {
        auto place = connections.admit(fmt::format("2001:db8:1:2::{:x}", i), 0);
        ASSERT_TRUE(place);
        places.push_back(std::move(*place));
    }
    EXPECT_FALSE(connections.admit("2001:db8:1:2:ffff::1", 1000));
    EXPECT_TRUE(connections.admit("2001:db8:1:3::1", 1000));
    places.clear();
    EXPECT_EQ(connections.size(), 0U);
    EXPECT_TRUE(connections.admit("2001:db8:1:2:ffff::1", 1000));
}

TEST(Connections, AdmitsABoundedNumberASecond) {
    Connections connections;
    std::size_t admitted = 0;
    for (int i = 0; i < 10'000; ++i) {
        if (connections.admit("192.0.2.1", 0)) ++admitted;  // and it ends at once
    }
    EXPECT_EQ(admitted, Connections::maximum_of_address);
    EXPECT_TRUE(connections.admit("192.0.2.2", 0)) << "another address has its own";
    EXPECT_TRUE(connections.admit("192.0.2.1", 1));
}

TEST(Connections, ClosesThoseOfOneTerminal) {
    Connections connections;
    store::Digest lost{};
    lost.fill(1);
    store::Digest other{};
    other.fill(2);
    std::vector<Connections::Place> places;
    std::vector<int> closed(3);
    for (std::size_t i = 0; i < 3; ++i) {
        places.push_back(std::move(*connections.admit("192.0.2.1", 0)));
        places.back().entry().close = [&closed, i] { ++closed[i]; };
    }
    places[0].entry().fingerprint = lost;
    places[1].entry().fingerprint = other;
    connections.close_of(lost, false);
    EXPECT_EQ(closed, (std::vector{1, 0, 0}));
    places[0].entry().viewer = true;
    connections.close_of(lost, false);
    EXPECT_EQ(closed, (std::vector{1, 0, 0}));
    connections.close_of(lost, true);
    EXPECT_EQ(closed, (std::vector{2, 0, 0}));
}

TEST(RefusalLog, MergesEqualRefusalsAndIsBounded) {
    RefusalLog log;
    log.add({"demo", "ads.example", 443, 1, 0, 2, 10});
    log.add({"demo", "ads.example", 443, 1, 0, 3, 20});
    log.add({"demo", "ads.example", 80, 0, 0, 1, 20});
    const auto taken = log.take();
    ASSERT_EQ(taken.size(), 2U);
    EXPECT_EQ(taken.at(1).times, 5U);
    EXPECT_EQ(taken.at(1).last, 20);
    EXPECT_TRUE(log.empty());
    for (std::uint16_t port = 1; port < 2000; ++port) log.add({"demo", "x", port, 1, 0, 1, 1});
    EXPECT_EQ(log.take_left_out(), 999U);
    EXPECT_EQ(log.take_left_out(), 0U);
    EXPECT_EQ(log.take().size(), RefusalLog::maximum_waiting);
}

}  // namespace
}  // namespace shoji::gateway
