#include "watch/line/batch.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

namespace shoji::line {
namespace {

using Bytes = std::vector<std::uint8_t>;

std::vector<Message> samples() {
    SpoolId id{};
    id.fill(7);
    Batch batch;
    batch.previous = 4;
    batch.first = 6;
    batch.count = 2;
    batch.size = 3;
    batch.body = {1, 2, 3};
    return {Hello{1, id, id, id, {0, 0, 2}, {1, 2, 3}, -5, "shoji-sensor 0.1 窓"},
            Welcome{1, true, {0, 9, UINT64_MAX}, 12},
            batch,
            Acknowledgement{Class::notice, 88},
            Pulse{1, {1, 2, 3}, {4, 5, 6}, {7, 8, 9}, 10, 11},
            Echo{1, 2, -1},
            Hold{Reason::disk_full, 5},
            Bye{Reason::replaced},
            Order{4, {9, 8, 7}},
            Report{4, OrderState::taken, {}},
            Report{4, OrderState::refused, {'{', '}'}}};
}

Bytes body_of(const Bytes& frame) {
    return {frame.begin() + frame_head, frame.end()};
}

TEST(Message, EachComesBack) {
    for (const auto& sample : samples()) {
        const auto frame = encode(sample);
        const auto back = decode(frame[4], body_of(frame));
        ASSERT_TRUE(back) << sample.index();
        EXPECT_EQ(*back, sample);
    }
}

TEST(Message, NoneIsReadFromFewerOrMoreBytes) {
    for (const auto& sample : samples()) {
        const auto frame = encode(sample);
        auto body = body_of(frame);
        // They have no length of their own: the next test.
        if (std::holds_alternative<Order>(sample) || std::holds_alternative<Report>(sample)) {
            continue;
        }
        body.push_back(0);
        EXPECT_FALSE(decode(frame[4], body)) << "a byte too many";
        body.pop_back();
        while (!body.empty()) {
            body.pop_back();
            EXPECT_FALSE(decode(frame[4], body)) << sample.index();
        }
    }
}

TEST(Message, OrdersAndReportsAreBounded) {
    const auto refused = [](const Message& message) {
        const auto frame = encode(message);
        return !decode(frame[4], body_of(frame));
    };
    EXPECT_FALSE(refused(Order{1, Bytes(maximum_order, 1)}));
    EXPECT_TRUE(refused(Order{1, Bytes(maximum_order + 1, 1)}));
    EXPECT_TRUE(refused(Order{1, {}}));
    EXPECT_TRUE(refused(Order{0, {1}}));
    EXPECT_TRUE(refused(Order{maximum_sequence + 1, {1}}));
    EXPECT_FALSE(refused(Report{1, OrderState::done, Bytes(maximum_answer, 'x')}));
    EXPECT_TRUE(refused(Report{1, OrderState::done, Bytes(maximum_answer + 1, 'x')}));
    EXPECT_TRUE(refused(Report{0, OrderState::done, {'x'}}));
    EXPECT_TRUE(refused(Report{1, OrderState::done, {}})) << "an end says how it was";
    EXPECT_TRUE(refused(Report{1, OrderState::taken, {'x'}}));
    EXPECT_TRUE(refused(Report{1, OrderState::done, {0x1b}})) << "nothing that is not printable";
    EXPECT_TRUE(refused(Report{1, OrderState::done, {0xff}}));
    Bytes report = body_of(encode(Report{1, OrderState::done, {'x'}}));
    report[8] = last_order_state + 1;
    EXPECT_FALSE(decode(10, report));
    EXPECT_FALSE(decode(10, Bytes(report.begin(), report.begin() + 8)));
}

TEST(Message, RefusesValuesThatNothingMeans) {
    const auto refused = [](const Message& message) {
        const auto frame = encode(message);
        return !decode(frame[4], body_of(frame));
    };
    auto batch = std::get<Batch>(samples()[2]);
    EXPECT_FALSE(refused(batch));
    batch.first = batch.previous;
    EXPECT_TRUE(refused(batch));
    batch.first = UINT64_MAX;
    EXPECT_TRUE(refused(batch));
    batch = std::get<Batch>(samples()[2]);
    batch.count = 0;
    EXPECT_TRUE(refused(batch));
    batch.count = maximum_batch_records + 1;
    EXPECT_TRUE(refused(batch));
    batch.count = 1;
    batch.size = 2;
    EXPECT_TRUE(refused(batch)) << "not packed, and of another size";
    EXPECT_TRUE(refused(Hello{1, {}, {}, {}, {0, 1, 0}, {1, 1, 1}, 0, ""}));
    EXPECT_TRUE(refused(Hello{1, {}, {}, {}, {}, {1, 1, 1}, 0, "\x1b[2J"}));
    for (const std::uint8_t type : {std::uint8_t{0}, std::uint8_t{11}, std::uint8_t{255}}) {
        EXPECT_FALSE(decode(type, Bytes{0}));
    }
    EXPECT_FALSE(decode(8, Bytes{last_reason + 1}));
    EXPECT_FALSE(decode(4, Bytes{classes, 1, 0, 0, 0, 0, 0, 0, 0}));
}

// However a stream is cut into pieces, the same messages come out.
TEST(Splitter, DoesNotCareHowBytesArrive) {
    std::mt19937 random(3);  // NOLINT(cert-msc51-cpp): the same inputs in each run
    for (int round = 0; round < 200; ++round) {
        Bytes stream;
        std::vector<Message> sent;
        for (int i = 0; i < 10; ++i) {
            const auto all = samples();
            sent.push_back(all[random() % all.size()]);
            const auto frame = encode(sent.back());
            stream.insert(stream.end(), frame.begin(), frame.end());
        }
        Splitter splitter;
        std::vector<Message> received;
        std::span<const std::uint8_t> rest(stream);
        while (!rest.empty()) {
            const auto piece = std::min<std::size_t>(rest.size(), 1 + random() % 60);
            splitter.add(rest.first(piece));
            rest = rest.subspan(piece);
            for (;;) {
                auto next = splitter.next();
                ASSERT_TRUE(next);
                if (!*next) break;
                received.push_back(std::move(**next));
            }
        }
        EXPECT_EQ(received, sent);
        EXPECT_EQ(splitter.held(), 0U);
    }
}

TEST(Splitter, RefusesALengthBeyondTheLimitBeforeItArrives) {
    Splitter splitter;
    splitter.add(Bytes{0xff, 0xff, 0xff, 0xff, 3});
    EXPECT_FALSE(splitter.next());
}

std::vector<spool::Record> records_of(std::mt19937& random, std::uint64_t first, std::size_t count,
                                      std::size_t most) {
    std::vector<spool::Record> records;
    for (std::size_t i = 0; i < count; ++i) {
        Bytes bytes(1 + random() % most);
        for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random() % 4);
        records.push_back({first + i, std::move(bytes)});
    }
    return records;
}

TEST(Batch, RecordsComeBackWhateverTheirSizes) {
    std::mt19937 random(8);  // NOLINT(cert-msc51-cpp): the same inputs in each run
    for (int round = 0; round < 60; ++round) {
        const auto records =
            records_of(random, 100, 1 + random() % 50, round % 3 == 0 ? 65536 : 300);
        std::size_t at = 0;
        while (at < records.size()) {
            const auto batch = make_batch(Class::event, 90, std::span(records).subspan(at));
            ASSERT_GT(batch.count, 0U);
            const auto frame = encode(batch);
            ASSERT_LE(frame.size(), maximum_body);
            const auto back = decode(frame[4], body_of(frame));
            ASSERT_TRUE(back);
            const auto& received = std::get<Batch>(*back);
            const auto body = unpack(received);
            ASSERT_TRUE(body);
            EXPECT_TRUE(for_each_record(
                received.first, received.count, *body, [&](std::uint64_t sequence, auto record) {
                    EXPECT_EQ(sequence, records[at].sequence);
                    EXPECT_TRUE(std::ranges::equal(record, records[at].bytes));
                    ++at;
                }));
        }
    }
}

TEST(Batch, EndsAtAGap) {
    const std::vector<spool::Record> records{{5, {1}}, {6, {2}}, {9, {3}}};
    EXPECT_EQ(make_batch(Class::event, 4, records).count, 2U);
}

TEST(Batch, APackedOneThatLiesIsRefused) {
    const std::vector<spool::Record> records{{5, Bytes(20'000, 1)}};
    auto batch = make_batch(Class::event, 4, records);
    ASSERT_TRUE(batch.packed);
    EXPECT_LT(batch.body.size(), 1000U);
    for (const int change : {-1, 1}) {
        auto other = batch;
        other.size = static_cast<std::uint32_t>(static_cast<int>(other.size) + change);
        EXPECT_FALSE(unpack(other));
    }
    auto other = batch;
    other.body.resize(other.body.size() / 2);
    EXPECT_FALSE(unpack(other));
}

TEST(Batch, ABodyThatIsNotItsRecordsReachesNobody) {
    const auto refused = [](std::uint32_t count, const Bytes& body) {
        bool called = false;
        const auto done = for_each_record(1, count, body, [&](auto, auto) { called = true; });
        return !done && !called;
    };
    const Bytes two{1, 0, 0, 0, 7, 2, 0, 0, 0, 8, 9};
    EXPECT_FALSE(refused(2, two));
    EXPECT_TRUE(refused(1, two));
    EXPECT_TRUE(refused(3, two));
    EXPECT_TRUE(refused(2, Bytes(two.begin(), two.end() - 1)));
    EXPECT_TRUE(refused(1, Bytes{0, 0, 0, 0}));
    EXPECT_TRUE(refused(1, Bytes{1, 0, 1, 0, 7}));
}

}  // namespace
}  // namespace shoji::line
