#include "screen/gateway/input_guard.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <linux/input-event-codes.h>

namespace shoji::gateway {
namespace {

// The check digit of 12345678901 is 8 (core/guard's tests hold it against the ordinance).
constexpr std::string_view my_number = "123456789018";

void type(InputGuard& guard, std::string_view digits) {
    for (const char digit : digits) {
        const auto code = static_cast<std::uint16_t>(digit == '0' ? KEY_0 : KEY_1 + (digit - '1'));
        guard.observe(wire::Key{code, true});
        guard.observe(wire::Key{code, false});
    }
}

TEST(InputGuard, CountsCharactersOfKeysAndTexts) {
    InputGuard guard;
    type(guard, "12");
    guard.observe(wire::Commit{"日本語"});
    guard.observe(wire::Preedit{0, 0, "not yet"});
    guard.observe(wire::Pointer{1, 1});
    EXPECT_EQ(guard.take(true), (InputTally{5, 0}));
    EXPECT_EQ(guard.take(true), InputTally{});
}

TEST(InputGuard, FindsAMyNumberThatIsTyped) {
    ASSERT_EQ(guard::count_my_numbers(my_number), 1U);
    InputGuard guard;
    type(guard, my_number);
    EXPECT_EQ(guard.tally().my_numbers, 0U) << "a further digit may follow";
    guard.observe(wire::Key{KEY_TAB, true});
    EXPECT_EQ(guard.tally().my_numbers, 1U);
    type(guard, my_number);
    EXPECT_EQ(guard.take(true), (InputTally{25, 2}));
}

TEST(InputGuard, FindsThoseInTextsAndInSingleCharacters) {
    InputGuard guard;
    guard.observe(wire::Commit{"番号は" + std::string(my_number) + "です"});
    EXPECT_EQ(guard.tally().my_numbers, 1U);
    for (const char digit : my_number) guard.observe(wire::Commit{std::string(1, digit)});
    guard.observe(wire::Focus{false});
    EXPECT_EQ(guard.take(true).my_numbers, 2U);
}

TEST(InputGuard, JoinsNoTextWithAnother) {
    InputGuard guard;
    guard.observe(wire::Commit{std::string(my_number.substr(0, 6))});
    guard.observe(wire::Commit{std::string(my_number.substr(6))});
    type(guard, my_number.substr(0, 6));
    guard.observe(wire::Focus{false});
    type(guard, my_number.substr(6));
    EXPECT_EQ(guard.take(true).my_numbers, 0U);
}

TEST(InputGuard, GoesOnWithWhatIsTypedWhileItIsAsked) {
    InputGuard guard;
    type(guard, my_number.substr(0, 6));
    EXPECT_EQ(guard.take(false), (InputTally{6, 0}));
    type(guard, my_number.substr(6));
    EXPECT_EQ(guard.take(true), (InputTally{6, 1}));
}

}  // namespace
}  // namespace shoji::gateway
