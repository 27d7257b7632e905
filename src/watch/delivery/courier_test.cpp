#include "watch/delivery/courier.h"

#include "core/base/random.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::delivery {
namespace {

using namespace std::chrono_literals;
using line::Class;

class CourierTest : public testing::Test {
  protected:
    CourierTest()
        : folder_(std::filesystem::temp_directory_path() /
                  ("shoji-courier-" + base::random_hex(8))) {}
    void SetUp() override {
        auto spool = spool::Spool::open(folder_, spool::Limits{});
        ASSERT_TRUE(spool) << spool.error().message;
        spool_.emplace(std::move(*spool));
        courier_.emplace(*spool_, Introduction{}, [this] { return chance_; });
    }
    ~CourierTest() override {
        courier_.reset();
        spool_.reset();
        std::filesystem::remove_all(folder_);
    }

    void put(Class kind, std::size_t size = 10) {
        ASSERT_TRUE(spool_->append(kind, std::vector<std::uint8_t>(size, 1), now_.steady));
    }
    std::vector<line::Message> send() {
        const auto bytes = courier_->send(now_, 64 << 20);
        EXPECT_TRUE(bytes);
        line::Splitter splitter;
        if (bytes) splitter.add(*bytes);
        std::vector<line::Message> messages;
        for (;;) {
            auto message = splitter.next();
            EXPECT_TRUE(message);
            if (!message || !*message) return messages;
            messages.push_back(std::move(**message));
        }
    }
    bool receive(const line::Message& message) {
        return courier_->receive(message, now_).has_value();
    }
    void welcome(line::PerClass stored = {}) {
        courier_->connected(now_);
        ASSERT_EQ(send().size(), 1U);
        line::Welcome message;
        message.stored = stored;
        ASSERT_TRUE(receive(message));
    }
    void pass(std::chrono::nanoseconds time) {
        now_.steady += time;
        now_.wall += time.count();
    }

    std::filesystem::path folder_;
    std::optional<spool::Spool> spool_;
    std::optional<Courier> courier_;
    double chance_ = 0;
    Moment now_{spool::Clock::time_point(1h), 1'800'000'000'000'000'000};
};

TEST_F(CourierTest, SaysHelloAndNothingElseBeforeItIsWelcome) {
    put(Class::alert);
    EXPECT_TRUE(send().empty()) << "not connected";
    courier_->connected(now_);
    const auto first = send();
    ASSERT_EQ(first.size(), 1U);
    const auto& hello = std::get<line::Hello>(first[0]);
    EXPECT_EQ(hello.spool, spool_->id());
    EXPECT_EQ(hello.next, (line::PerClass{2, 1, 1}));
    EXPECT_TRUE(send().empty());
    ASSERT_TRUE(receive(line::Welcome{}));
    const auto second = send();
    ASSERT_EQ(second.size(), 1U);
    EXPECT_EQ(std::get<line::Batch>(second[0]).kind, Class::alert);
}

TEST_F(CourierTest, SendsNoMoreThanMayBeUnanswered) {
    for (int i = 0; i < 100; ++i) put(Class::event, 60'000);
    ASSERT_TRUE(spool_->sync());
    welcome();
    EXPECT_EQ(send().size(), line::maximum_unanswered);
    EXPECT_TRUE(send().empty());
    put(Class::alert);
    EXPECT_TRUE(send().empty());
    ASSERT_TRUE(receive(line::Acknowledgement{Class::event, 4}));
    const auto next = send();
    ASSERT_EQ(next.size(), 1U);
    EXPECT_EQ(std::get<line::Batch>(next[0]).kind, Class::alert) << "alerts go first";
}

TEST_F(CourierTest, SaysItAgainAfterABreakFromWhereTheCollectorIs) {
    for (int i = 0; i < 10; ++i) put(Class::alert);
    welcome();
    ASSERT_EQ(send().size(), 1U);
    courier_->disconnected(now_);
    welcome({7, 0, 0});
    EXPECT_EQ(spool_->acknowledged(Class::alert), 7U);
    const auto again = send();
    ASSERT_EQ(again.size(), 1U);
    const auto& batch = std::get<line::Batch>(again[0]);
    EXPECT_EQ(batch.previous, 7U);
    EXPECT_EQ(batch.first, 8U);
    EXPECT_EQ(batch.count, 3U);
}

TEST_F(CourierTest, HoldsWhenToldAndGoesOnFromWhatIsAcknowledged) {
    for (int i = 0; i < 3; ++i) put(Class::alert);
    welcome();
    ASSERT_EQ(send().size(), 1U);
    ASSERT_TRUE(receive(line::Hold{line::Reason::disk_full, 5}));
    EXPECT_EQ(courier_->refusal(), line::Reason::disk_full);
    EXPECT_EQ(courier_->due(), now_.steady + 5s);
    pass(4s);
    EXPECT_TRUE(send().empty());
    pass(1s);
    const auto again = send();
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(std::get<line::Batch>(again[0]).first, 1U);
    EXPECT_GT(courier_->due(), now_.steady) << "nothing to do but wait";
    ASSERT_TRUE(receive(line::Acknowledgement{Class::alert, 3}));
    EXPECT_FALSE(courier_->refusal());
}

TEST_F(CourierTest, PulsesEvery15SecondsAndGivesUpASilentCollector) {
    welcome();
    pass(14s);
    EXPECT_TRUE(send().empty());
    pass(1s);
    const auto pulse = send();
    ASSERT_EQ(pulse.size(), 1U);
    EXPECT_TRUE(std::holds_alternative<line::Pulse>(pulse[0]));
    ASSERT_TRUE(receive(line::Echo{1, 2, -7}));
    EXPECT_EQ(courier_->clock_difference(), -7ns);
    pass(59s);
    EXPECT_TRUE(courier_->send(now_, 1000));
    pass(1s);
    EXPECT_FALSE(courier_->send(now_, 1000));
}

TEST_F(CourierTest, PausesGrowToAMinuteAndAreNeverTheSameForAll) {
    std::vector<std::int64_t> pauses;
    for (int i = 0; i < 9; ++i) {
        courier_->disconnected(now_);
        pauses.push_back(
            std::chrono::duration_cast<std::chrono::seconds>(courier_->next_attempt() - now_.steady)
                .count());
    }
    EXPECT_THAT(pauses, testing::ElementsAre(1, 2, 4, 8, 16, 32, 60, 60, 60));
    chance_ = 0.999;
    courier_->disconnected(now_);
    EXPECT_LT(courier_->next_attempt() - now_.steady, 31s);
    welcome();
    chance_ = 0;
    courier_->disconnected(now_);
    EXPECT_EQ(courier_->next_attempt() - now_.steady, 1s) << "a welcome begins anew";
}

TEST_F(CourierTest, RefusesACollectorThatLies) {
    put(Class::alert);
    welcome();
    EXPECT_FALSE(receive(line::Acknowledgement{Class::alert, 2})) << "there is no such record";
    EXPECT_TRUE(receive(line::Acknowledgement{Class::alert, 1})) << "said before a hold, perhaps";
    EXPECT_EQ(spool_->acknowledged(Class::alert), 0U) << "but this one was not sent";
    EXPECT_FALSE(receive(line::Welcome{}));
    EXPECT_FALSE(receive(line::Pulse{}));
    courier_->disconnected(now_);
    courier_->connected(now_);
    ASSERT_EQ(send().size(), 1U);
    line::Welcome boasting;
    boasting.stored = {5, 0, 0};
    EXPECT_FALSE(receive(boasting)) << "it never had them";
    EXPECT_FALSE(receive(line::Bye{line::Reason::revoked}));
    EXPECT_EQ(courier_->refusal(), line::Reason::revoked);
}

TEST_F(CourierTest, ASetClockChangesNothing) {
    put(Class::alert);
    welcome();
    now_.wall = 0;
    EXPECT_EQ(send().size(), 1U);
    now_.wall = INT64_MAX / 2;
    EXPECT_TRUE(receive(line::Acknowledgement{Class::alert, 1}));
    pass(15s);
    EXPECT_EQ(send().size(), 1U);
}

TEST_F(CourierTest, AnOrderIsHandedOnOnceAndItsEndGoesBack) {
    welcome();
    const line::Order order{5, {1, 2, 3}};
    ASSERT_TRUE(receive(order));
    ASSERT_EQ(courier_->take_orders(), std::vector{order});
    const line::Report taken{5, line::OrderState::taken, {}};
    EXPECT_EQ(send(), std::vector<line::Message>{taken});
    // The collector says it again, as after a break: it is with who responds.
    ASSERT_TRUE(receive(order));
    EXPECT_TRUE(courier_->take_orders().empty());
    EXPECT_EQ(send(), std::vector<line::Message>{taken});
    const line::Report end{5, line::OrderState::done, {'{', '}'}};
    courier_->report(end);
    EXPECT_EQ(send(), std::vector<line::Message>{end});
    EXPECT_TRUE(send().empty()) << "said once";
    // Once it has ended it is handed on anew: who responds knows it.
    ASSERT_TRUE(receive(order));
    EXPECT_EQ(courier_->take_orders().size(), 1U);
}

TEST_F(CourierTest, AnEndThatNobodyHearsIsNotKept) {
    welcome();
    ASSERT_TRUE(receive(line::Order{5, {1}}));
    courier_->disconnected(now_);
    courier_->report({5, line::OrderState::done, {'{', '}'}});
    welcome();
    EXPECT_TRUE(send().empty());
    EXPECT_EQ(courier_->take_orders().size(), 1U);
    ASSERT_TRUE(receive(line::Order{5, {1}})) << "the collector says it again";
    EXPECT_EQ(courier_->take_orders().size(), 1U);
}

TEST_F(CourierTest, OrdersComeAfterTheWelcomeAndNotTooMany) {
    courier_->connected(now_);
    send();
    EXPECT_FALSE(receive(line::Order{1, {1}}));
    courier_->disconnected(now_);
    welcome();
    for (std::uint64_t number = 1; number <= line::maximum_orders; ++number) {
        EXPECT_TRUE(receive(line::Order{number, {1}}));
    }
    EXPECT_FALSE(receive(line::Order{line::maximum_orders + 1, {1}}));
    courier_->report({1, line::OrderState::refused, {'{', '}'}});
    EXPECT_TRUE(receive(line::Order{line::maximum_orders + 1, {1}}));
}

}  // namespace
}  // namespace shoji::delivery
