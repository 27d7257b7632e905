// What holds for every message: it comes back as it was, no part of it is valid, nothing may follow
// it, and no damage to it does more than be refused.
#include "screen/wire/sample_messages.h"

#include <gtest/gtest.h>

namespace shoji::wire {
namespace {

constexpr int rounds = 3000;

using Bytes = std::vector<std::uint8_t>;

template <class Decode>
void expect_whole_only(const Bytes& message, std::size_t open_ended, Decode decode) {
    for (std::size_t length = 0; length + open_ended < message.size(); ++length) {
        ASSERT_FALSE(decode(std::span(message).first(length))) << "cut to " << length << " bytes";
    }
    if (open_ended == 0) {
        Bytes longer = message;
        longer.push_back(0);
        ASSERT_FALSE(decode(longer)) << "one byte more";
    }
}

// Under the sanitizers a read past the end stops the test; here it must also come back to the same
// bytes when it is still accepted.
template <class Decode>
void expect_unhurt_by_mutation(Bytes message, samples::Random& random, Decode decode) {
    for (int i = samples::between(random, 1, 4); i > 0 && !message.empty(); --i) {
        message[samples::between<std::size_t>(random, 0, message.size() - 1)] =
            samples::between<std::uint8_t>(random, 0, 255);
    }
    if (const auto decoded = decode(std::span<const std::uint8_t>(message))) {
        EXPECT_EQ(encode(*decoded), message);
    }
}

TEST(RoundTrip, FromViewer) {
    samples::Random random = samples::seeded(1);
    for (int i = 0; i < rounds; ++i) {
        const FromViewer message = samples::from_viewer(random);
        const Bytes bytes = encode(message);
        const auto decoded = decode_from_viewer(bytes);
        ASSERT_TRUE(decoded) << decoded.error().message;
        EXPECT_EQ(*decoded, message);
        expect_whole_only(bytes, 0, decode_from_viewer);
        expect_unhurt_by_mutation(bytes, random, decode_from_viewer);
    }
}

TEST(RoundTrip, FromSession) {
    samples::Random random = samples::seeded(2);
    for (int i = 0; i < rounds; ++i) {
        const Bytes bytes = encode(samples::small_from_session(random));
        const auto decoded = decode_from_session(bytes);
        ASSERT_TRUE(decoded) << decoded.error().message;
        EXPECT_EQ(encode(*decoded), bytes);
        expect_whole_only(bytes, 0, decode_from_session);
        expect_unhurt_by_mutation(bytes, random, decode_from_session);
    }
}

TEST(RoundTrip, FromGateway) {
    samples::Random random = samples::seeded(3);
    for (int i = 0; i < rounds; ++i) {
        const FromGateway message = samples::from_gateway(random);
        const Bytes bytes = encode(message);
        const auto decoded = decode_from_gateway(bytes);
        ASSERT_TRUE(decoded) << decoded.error().message;
        EXPECT_EQ(*decoded, message);
        expect_whole_only(bytes, 0, decode_from_gateway);
        expect_unhurt_by_mutation(bytes, random, decode_from_gateway);
    }
}

TEST(RoundTrip, Frames) {
    samples::Random random = samples::seeded(4);
    const Bytes body{1, 2, 3, 4, 5};
    for (int i = 0; i < rounds; ++i) {
        const Frame frame = samples::frame(random, body);
        const Bytes bytes = encode(FromSession(frame));
        const auto decoded = decode_from_session(bytes);
        if (frame.raw > maximum_raw) {
            EXPECT_FALSE(decoded);
            continue;
        }
        ASSERT_TRUE(decoded) << decoded.error().message;
        const auto& again = std::get<Frame>(*decoded);
        EXPECT_EQ(again.rectangles, frame.rectangles);
        EXPECT_EQ(again.fresh, frame.fresh);
        EXPECT_EQ(Bytes(again.body.begin(), again.body.end()),
                  Bytes(frame.body.begin(), frame.body.end()));
        EXPECT_EQ(encode(*decoded), bytes);
        // The body is what remains: only its first byte must be there.
        expect_whole_only(bytes, frame.body.empty() ? 0 : frame.body.size() - 1,
                          decode_from_session);
        expect_unhurt_by_mutation(bytes, random, decode_from_session);
    }
}

TEST(RoundTrip, NoDirectionAcceptsAnother) {
    samples::Random random = samples::seeded(5);
    for (int i = 0; i < rounds; ++i) {
        EXPECT_FALSE(decode_from_session(encode(samples::from_viewer(random))));
        EXPECT_FALSE(decode_from_gateway(encode(samples::from_viewer(random))));
        EXPECT_FALSE(decode_from_viewer(encode(samples::small_from_session(random))));
        EXPECT_FALSE(decode_from_gateway(encode(samples::small_from_session(random))));
        EXPECT_FALSE(decode_from_viewer(encode(samples::from_gateway(random))));
        EXPECT_FALSE(decode_from_session(encode(samples::from_gateway(random))));
    }
}

}  // namespace
}  // namespace shoji::wire
