#include "screen/session/start_parameters.h"

#include <gtest/gtest.h>

namespace shoji::session {
namespace {

using Bytes = std::vector<std::uint8_t>;

TEST(StartParameters, AreReadInOrder) {
    const auto options = decode_start_parameters(Bytes{0x00, 0x05, 0x20, 0x03, 150, 0, 1});
    ASSERT_TRUE(options);
    EXPECT_EQ(options->size, (compositor::Size{1280, 800}));
    EXPECT_EQ(options->scale, 150);
    EXPECT_EQ(options->layout, compositor::Layout::us);
}

TEST(StartParameters, HaveBounds) {
    EXPECT_FALSE(decode_start_parameters(Bytes{}));
    EXPECT_FALSE(decode_start_parameters(Bytes{0x00, 0x05, 0x20, 0x03, 150, 0}));
    EXPECT_FALSE(decode_start_parameters(Bytes{0x00, 0x05, 0x20, 0x03, 150, 0, 1, 0}));
    EXPECT_FALSE(decode_start_parameters(Bytes{0x00, 0x05, 0x20, 0x03, 150, 0, 2}));
    EXPECT_FALSE(decode_start_parameters(Bytes{0x00, 0x05, 0x20, 0x03, 59, 0, 1}));
    EXPECT_FALSE(decode_start_parameters(Bytes{0x00, 0x05, 0x20, 0x03, 0xe1, 1, 1}));
    EXPECT_FALSE(decode_start_parameters(Bytes{63, 0, 0x20, 0x03, 150, 0, 1}));
    EXPECT_FALSE(decode_start_parameters(Bytes{0x00, 0x05, 0x01, 0x1e, 150, 0, 1}));
}

}  // namespace
}  // namespace shoji::session
