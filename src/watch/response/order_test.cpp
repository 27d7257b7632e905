#include "watch/response/order.h"

#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace shoji::response {
namespace {

constexpr std::int64_t now = 1'800'000'000;

Request random_request(std::mt19937& random) {
    Request request;
    Action& action = request.action;
    action.kind = static_cast<ActionKind>(1 + random() % most_kind);
    const bool block = action.kind == ActionKind::block || action.kind == ActionKind::unblock;
    if (action.kind == ActionKind::kill ||
        (action.kind == ActionKind::collect && random() % 2 == 0)) {
        action.process = {static_cast<pid_t>(1 + random() % 100000), random()};
    }
    if (action.kind == ActionKind::kill) action.tree = random() % 2 == 0;
    if (action.kind == ActionKind::collect) {
        action.memory = random() % 2 == 0;
        action.files.resize(random() % 4, "/etc/passwd");
    }
    if (action.kind == ActionKind::quarantine) action.path = "/tmp/a file";
    if (block && random() % 2 == 0) action.path = "/tmp/x";
    if ((block && action.path.empty()) ||
        (action.kind == ActionKind::quarantine && random() % 2 == 0)) {
        action.digest = journal::digest_of(std::to_string(random()));
        if (block && random() % 2 == 0) action.size = random();
    }
    if (action.kind == ActionKind::restore) action.item = "00112233445566778899aabbccddeeff";
    request.reason = "理由 reason";
    request.by = "花子";
    request.dry_run = random() % 2 == 0;
    return request;
}

TEST(ResponseRequest, HasOneFormThatReadsBack) {
    std::mt19937 random(3);
    for (int i = 0; i < 3000; ++i) {
        const auto request = random_request(random);
        ASSERT_TRUE(check_request(request));
        auto bytes = encode_request(request);
        ASSERT_EQ(decode_request(bytes).value(), request);
        EXPECT_FALSE(decode_request(std::span(bytes).first(random() % bytes.size())));
        bytes.push_back(0);
        EXPECT_FALSE(decode_request(bytes));
    }
}

TEST(ResponseRequest, IsRefusedWhereItLacksOrHasTooMuch) {
    Request good;
    good.action.process = {5, 6};
    good.reason = "r";
    good.by = "b";
    ASSERT_TRUE(check_request(good));
    const auto refused = [&](auto change) {
        Request request = good;
        change(request);
        return !check_request(request).has_value();
    };
    EXPECT_TRUE(refused([](Request& r) { r.reason.clear(); }));
    EXPECT_TRUE(refused([](Request& r) { r.reason = "line\nbreak"; }));
    EXPECT_TRUE(refused([](Request& r) { r.by.clear(); }));
    EXPECT_TRUE(refused([](Request& r) { r.action.process.number = 0; }));
    EXPECT_TRUE(refused([](Request& r) { r.action.process.number = -1; }));
    EXPECT_TRUE(refused([](Request& r) { r.action.path = "/x"; }));
    EXPECT_TRUE(refused([](Request& r) { r.action.files = {"/x"}; }));
    EXPECT_TRUE(refused([](Request& r) { r.action.kind = ActionKind::isolate; }));
    EXPECT_TRUE(
        refused([](Request& r) { r.action = {.kind = ActionKind::quarantine, .path = "x"}; }));
    EXPECT_TRUE(refused(
        [](Request& r) { r.action = {.kind = ActionKind::restore, .item = "../../etc/passwd"}; }));
    EXPECT_TRUE(refused([](Request& r) { r.action = {.kind = ActionKind::block}; }));
    EXPECT_TRUE(refused([](Request& r) {
        r.action = {.kind = ActionKind::block, .path = "/x", .digest = journal::Digest{}};
    }));
}

class OrderTest : public ::testing::Test {
  protected:
    OrderTest() {
        order_.request.action.process = {77, 88};
        order_.request.reason = "malware";
        order_.request.by = "soc";
        order_.id[0] = 9;
        order_.host = "terminal-1";
        order_.issued = now - 10;
        order_.expires = now + 600;
        policy_.host = "terminal-1";
        policy_.signers = {{first_.public_key(), "hanako"}, {second_.public_key(), "taro"}};
        policy_.two_persons = {ActionKind::isolate};
    }
    [[nodiscard]] SignedOrder signed_by(
        std::initializer_list<const journal::SigningKey*> keys) const {
        SignedOrder all{order_, {}};
        for (const auto* key : keys)
            all.signatures.push_back({key->public_key(), key->sign(order_body(order_))});
        return all;
    }
    [[nodiscard]] std::string why_refused(const SignedOrder& order, std::int64_t time = now,
                                          bool used = false) const {
        const auto checked =
            check_order(order, policy_, time, [&](const OrderId&) { return used; });
        return checked ? "" : checked.error().key;
    }

    journal::SigningKey first_ = journal::SigningKey::generate();
    journal::SigningKey second_ = journal::SigningKey::generate();
    journal::SigningKey stranger_ = journal::SigningKey::generate();
    Order order_;
    OrderPolicy policy_;
};

TEST_F(OrderTest, IsCarriedOutOnceForItsHostInItsTime) {
    const auto order = signed_by({&first_});
    const auto request = check_order(order, policy_, now, [](const OrderId&) { return false; });
    ASSERT_TRUE(request);
    EXPECT_EQ(request->by, "soc (hanako)");
    EXPECT_EQ(request->action, order_.request.action);
    EXPECT_EQ(why_refused(order, now, true), "response.order.used");
    EXPECT_EQ(why_refused(order, now + 600), "response.order.expired");
    EXPECT_EQ(why_refused(order, now - 311), "response.order.time");
    EXPECT_EQ(why_refused(order, now - 309), "");
    policy_.host = "terminal-2";
    EXPECT_EQ(why_refused(order), "response.order.host");
}

TEST_F(OrderTest, LivesForAWeekAtMost) {
    order_.expires = order_.issued + most_order_seconds;
    EXPECT_EQ(why_refused(signed_by({&first_})), "");
    ++order_.expires;
    EXPECT_EQ(why_refused(signed_by({&first_})), "response.order.time");
    order_.expires = order_.issued;
    EXPECT_EQ(why_refused(signed_by({&first_})), "response.order.time");
    order_.issued = std::numeric_limits<std::int64_t>::min();
    EXPECT_EQ(why_refused(signed_by({&first_})), "response.order.time");
}

TEST_F(OrderTest, IsRefusedWithoutASignatureThatHolds) {
    EXPECT_EQ(why_refused(signed_by({})), "response.order.signature");
    EXPECT_EQ(why_refused(signed_by({&stranger_})), "response.order.signature");
    EXPECT_EQ(why_refused(signed_by({&first_, &stranger_})), "response.order.signature");
    EXPECT_EQ(why_refused(signed_by({&first_, &first_})), "response.order.signature");
    auto changed = signed_by({&first_});
    ++changed.order.request.action.process.number;
    EXPECT_EQ(why_refused(changed), "response.order.signature");
}

TEST_F(OrderTest, NeedsASecondPersonWherePolicySaysSo) {
    order_.request.action = {.kind = ActionKind::isolate};
    EXPECT_EQ(why_refused(signed_by({&first_})), "response.order.second");
    EXPECT_EQ(why_refused(signed_by({&first_, &second_})), "");
    // Two keys of one person are one person.
    policy_.signers[1].name = "hanako";
    EXPECT_EQ(why_refused(signed_by({&first_, &second_})), "response.order.signature");
}

TEST_F(OrderTest, ReadsBackAndNothingElse) {
    const auto order = signed_by({&first_, &second_});
    auto bytes = encode_order(order);
    EXPECT_EQ(decode_order(bytes).value(), order);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        EXPECT_FALSE(decode_order(std::span(bytes).first(length))) << length;
    }
    bytes.push_back(0);
    EXPECT_FALSE(decode_order(bytes));
}

}  // namespace
}  // namespace shoji::response
