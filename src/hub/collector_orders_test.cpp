#include "hub/admin.h"
#include "hub/collector_fixture_test.h"

#include <gmock/gmock.h>

namespace shoji::hub {
namespace {

using namespace std::chrono_literals;

class CollectorOrdersTest : public CollectorFixture {
  protected:
    std::optional<store::RowId> add(const std::string& host, std::uint8_t id,
                                    store::Bytes body = {1, 2, 3}) {
        const auto number = collector_->add_order(host, {id}, body, "uid:0", now_);
        return number ? std::optional(*number) : std::nullopt;
    }
    // The numbers of orders that reached the host with this exchange.
    std::vector<std::uint64_t> arrived(SensorSide& side) {
        EXPECT_TRUE(exchange(side));
        std::vector<std::uint64_t> numbers;
        for (const auto& order : side.courier->take_orders()) numbers.push_back(order.number);
        return numbers;
    }
    Standing standing(store::RowId number) {
        const auto all = collector_->orders().list(100);
        EXPECT_TRUE(all);
        for (const auto& one : *all) {
            if (one.number == number) return one.standing;
        }
        ADD_FAILURE() << "no such order";
        return Standing::waiting;
    }
    static line::Report report(std::uint64_t number, line::OrderState state) {
        return {number, state, {'{', '}'}};
    }
};

TEST_F(CollectorOrdersTest, AnOrderReachesItsHostAndItsEndComesBack) {
    open();
    auto& one = enrol("srv-01");
    auto& other = enrol("srv-02");
    ASSERT_TRUE(connect(one) && connect(other));
    ASSERT_TRUE(exchange(one) && exchange(other));
    const auto number = add("srv-01", 1);
    ASSERT_EQ(number, 1);
    EXPECT_EQ(standing(1), Standing::waiting);
    EXPECT_THAT(arrived(one), testing::ElementsAre(1));
    EXPECT_THAT(arrived(other), testing::IsEmpty());
    EXPECT_THAT(arrived(one), testing::IsEmpty()) << "once a connection";
    EXPECT_EQ(standing(1), Standing::taken);
    one.courier->report(report(1, line::OrderState::done));
    ASSERT_TRUE(exchange(one));
    EXPECT_EQ(standing(1), Standing::done);
    EXPECT_EQ(count("sensor.order_done"), 1U);
    // Whatever it says later, it has ended.
    one.courier->report(report(1, line::OrderState::failed));
    ASSERT_TRUE(exchange(one));
    EXPECT_EQ(standing(1), Standing::done);
    EXPECT_EQ(count("sensor.order_failed"), 0U);
}

TEST_F(CollectorOrdersTest, AnOrderWaitsForItsHostThroughCutsAndRestarts) {
    open();
    auto& side = enrol("srv-01");
    ASSERT_TRUE(add("srv-01", 1));
    open();
    ASSERT_TRUE(connect(side));
    EXPECT_THAT(arrived(side), testing::ElementsAre(1));
    // Its end is lost with the line.
    disconnect(side);
    side.courier->report(report(1, line::OrderState::refused));
    open();
    ASSERT_TRUE(connect(side));
    EXPECT_THAT(arrived(side), testing::ElementsAre(1)) << "it is said again";
    side.courier->report(report(1, line::OrderState::refused));
    ASSERT_TRUE(exchange(side));
    EXPECT_EQ(standing(1), Standing::refused);
    EXPECT_EQ(count("sensor.order_refused"), 1U);
    disconnect(side);
    ASSERT_TRUE(connect(side));
    EXPECT_THAT(arrived(side), testing::IsEmpty());
}

TEST_F(CollectorOrdersTest, AHostEndsNoOrderButItsOwn) {
    open();
    auto& one = enrol("srv-01");
    auto& other = enrol("srv-02");
    ASSERT_TRUE(connect(one) && connect(other));
    ASSERT_TRUE(exchange(one) && exchange(other));
    ASSERT_TRUE(add("srv-01", 1));
    other.courier->report(report(1, line::OrderState::done));
    ASSERT_TRUE(exchange(other));
    EXPECT_EQ(standing(1), Standing::waiting);
}

TEST_F(CollectorOrdersTest, NotMoreAtOnceThanTheHostTakes) {
    open();
    auto& side = enrol("srv-01");
    ASSERT_TRUE(connect(side));
    ASSERT_TRUE(exchange(side));
    for (std::uint8_t i = 1; i <= 20; ++i) ASSERT_TRUE(add("srv-01", i));
    EXPECT_EQ(arrived(side).size(), line::maximum_orders);
    side.courier->report(report(3, line::OrderState::done));
    ASSERT_TRUE(exchange(side));
    EXPECT_THAT(side.courier->take_orders(), testing::SizeIs(1));
}

TEST_F(CollectorOrdersTest, RefusesWhatItCannotCarry) {
    open();
    enrol("srv-01");
    EXPECT_FALSE(add("srv-02", 1)) << "no such sensor";
    ASSERT_TRUE(add("srv-01", 1));
    EXPECT_FALSE(add("srv-01", 1)) << "handed in twice";
    for (std::uint8_t i = 2; i <= Orders::most_waiting; ++i) ASSERT_TRUE(add("srv-01", i));
    EXPECT_FALSE(add("srv-01", 100)) << "too many wait";
    ASSERT_TRUE(collector_->orders().withdraw(1, 1));
    EXPECT_EQ(standing(1), Standing::withdrawn);
    EXPECT_FALSE(collector_->orders().withdraw(1, 1));
    EXPECT_TRUE(add("srv-01", 1)) << "what was withdrawn may come again";
    ASSERT_TRUE(collector_->revoke_sensor("srv-01", now_));
    EXPECT_FALSE(add("srv-01", 101)) << "it is a sensor no more";
}

TEST_F(CollectorOrdersTest, AWithdrawnOrderIsNotSent) {
    open();
    auto& side = enrol("srv-01");
    ASSERT_TRUE(add("srv-01", 1));
    ASSERT_TRUE(add("srv-01", 2));
    ASSERT_TRUE(collector_->orders().withdraw(1, 1));
    ASSERT_TRUE(connect(side));
    EXPECT_THAT(arrived(side), testing::ElementsAre(2));
    ASSERT_TRUE(exchange(side));
    EXPECT_FALSE(collector_->orders().withdraw(2, 1)) << "the host has it";
}

TEST_F(CollectorOrdersTest, OldEndsAreForgotten) {
    open();
    auto& side = enrol("srv-01");
    ASSERT_TRUE(add("srv-01", 1));
    ASSERT_TRUE(add("srv-01", 2));
    ASSERT_TRUE(connect(side));
    EXPECT_THAT(arrived(side), testing::ElementsAre(1, 2));
    side.courier->report(report(1, line::OrderState::done));
    ASSERT_TRUE(exchange(side));
    pass(std::chrono::seconds(keep_.alert_seconds) + 1h);
    collector_->tick(now_);
    EXPECT_EQ(number("SELECT min(number) FROM held_order"), 2);
}

TEST(HubRequest, OrdersAreReadWithinTheirBounds) {
    const auto line = [](const std::string& id, const std::string& order) {
        return R"({"command":"order.add","name":"srv-01","id":")" + id + R"(","order":")" + order +
               "\"}";
    };
    const std::string id(32, 'a');
    const auto request = parse_request(line(id, "0102ff"));
    ASSERT_TRUE(request);
    EXPECT_EQ(request->name, "srv-01");
    EXPECT_EQ(request->order, (store::Bytes{1, 2, 255}));
    const std::string longest(2 * line::maximum_order, 'a');
    EXPECT_TRUE(parse_request(line(id, longest)));
    EXPECT_FALSE(parse_request(line(id, longest + "aa")));
    EXPECT_FALSE(parse_request(line(id, "")));
    EXPECT_FALSE(parse_request(line(id, "0")));
    EXPECT_FALSE(parse_request(line(id, "0G")));
    EXPECT_FALSE(parse_request(line("aa", "00")));
    EXPECT_TRUE(parse_request(R"({"command":"order.list"})"));
    EXPECT_TRUE(parse_request(R"({"command":"order.withdraw","number":1})"));
    EXPECT_FALSE(parse_request(R"({"command":"order.withdraw"})"));
}

}  // namespace
}  // namespace shoji::hub
