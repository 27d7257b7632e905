#include "screen/wire/framing.h"

#include <gtest/gtest.h>

namespace shoji::wire {
namespace {

using Bytes = std::vector<std::uint8_t>;

TEST(Framing, MessagesComeOutHoweverTheStreamIsCut) {
    const std::vector<Bytes> messages{{1}, {2, 3, 4}, Bytes(300, 7), {9}};
    Bytes stream;
    for (const Bytes& message : messages) {
        const auto length = frame_length(message.size());
        stream.insert(stream.end(), length.begin(), length.end());
        stream.insert(stream.end(), message.begin(), message.end());
    }
    for (std::size_t step = 1; step <= stream.size(); ++step) {
        Deframer deframer(300);
        std::vector<Bytes> got;
        for (std::size_t i = 0; i < stream.size(); i += step) {
            deframer.feed(std::span(stream).subspan(i, std::min(step, stream.size() - i)));
            for (auto next = deframer.next(); next.value(); next = deframer.next()) {
                got.emplace_back(next.value()->begin(), next.value()->end());
            }
        }
        ASSERT_EQ(got, messages) << "in steps of " << step;
    }
}

TEST(Framing, EmptyAndOverlongMessagesAreErrors) {
    Deframer empty(100);
    empty.feed(Bytes{0, 0, 0, 0});
    EXPECT_FALSE(empty.next());
    Deframer overlong(100);
    overlong.feed(Bytes{101, 0, 0, 0});
    EXPECT_FALSE(overlong.next()) << "known before its bytes are there";
    Deframer huge(100);
    huge.feed(Bytes{255, 255, 255, 255});
    EXPECT_FALSE(huge.next());
    EXPECT_FALSE(huge.next());
}

}  // namespace
}  // namespace shoji::wire
