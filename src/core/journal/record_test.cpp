#include "core/journal/record.h"

#include "core/journal/sample_test.h"

#include <gtest/gtest.h>

namespace shoji::journal {
namespace {

TEST(Record, RoundTrips) {
    for (std::size_t i = 0; i < 40; ++i) {
        const auto again = decode_record(encode(sample_record(i)));
        ASSERT_TRUE(again) << again.error().message;
        EXPECT_EQ(*again, sample_record(i));
    }
}

TEST(Record, IsNeverLostForItsContent) {
    Record record = sample_record(0);
    record.who = std::string(10000, 'x');
    record.what = "a\nb\xff\x1b[2J";
    record.reason = std::string(511, 'x') + "障";
    const auto again = decode_record(encode(record));
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->who, std::string(512, 'x'));
    EXPECT_EQ(again->what,
              "a\xef\xbf\xbd"
              "b\xef\xbf\xbd\xef\xbf\xbd[2J");
    EXPECT_EQ(again->reason, std::string(511, 'x'));
}

TEST(Record, RefusesEveryTruncationAndAddition) {
    auto packet = encode(sample_record(3));
    for (std::size_t length = 0; length < packet.size(); ++length) {
        EXPECT_FALSE(decode_record({packet.data(), length})) << length;
    }
    packet.push_back(0);
    EXPECT_FALSE(decode_record(packet));
}

TEST(Record, RefusesUnknownNumbersAndUnprintableText) {
    const auto packet = encode(sample_record(0));
    auto changed = packet;
    changed[0] = last_action + 1;
    EXPECT_FALSE(decode_record(changed));
    changed = packet;
    changed[1] = 3;
    EXPECT_FALSE(decode_record(changed));
    changed = packet;
    changed[4] = '\n';  // the first byte of `who`
    EXPECT_FALSE(decode_record(changed));
    EXPECT_FALSE(decode_record(std::vector<std::uint8_t>(maximum_record + 1)));
}

TEST(Record, RefusesAFieldThatIsTooLong) {
    std::vector<std::uint8_t> packet{0, 0, 0x01, 0x02};  // `who` of 513 bytes
    packet.insert(packet.end(), 513, 'x');
    packet.insert(packet.end(), 6, 0);
    EXPECT_FALSE(decode_record(packet));
}

TEST(Record, HasAWordForEachActionAndOutcome) {
    for (unsigned i = 0; i <= last_action; ++i) {
        const auto action = static_cast<Action>(i);
        EXPECT_EQ(action_from(name_of(action)), action);
    }
    for (unsigned i = 0; i <= 2; ++i) {
        const auto outcome = static_cast<Outcome>(i);
        EXPECT_EQ(outcome_from(name_of(outcome)), outcome);
    }
    EXPECT_EQ(action_from("no_such"), std::nullopt);
}

TEST(Record, KnowsWhatBeginsSomething) {
    Record record;
    record.action = Action::session_start;
    EXPECT_TRUE(begins_something(record));
    record.outcome = Outcome::refused;
    EXPECT_FALSE(begins_something(record));
    record = {};
    record.action = Action::session_end;
    EXPECT_FALSE(begins_something(record));
}

}  // namespace
}  // namespace shoji::journal
