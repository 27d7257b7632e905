#include "watch/detect/sigma/network.h"

#include <random>
#include <string>

#include <arpa/inet.h>
#include <gtest/gtest.h>

namespace shoji::sigma {
namespace {

// Texts that are nearly addresses are taken for ones exactly when inet_pton() takes them.
TEST(Network, TakesTheAddressesThatTheSystemTakes) {
    std::mt19937 random(1);
    std::size_t addresses = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        for (int part = 0; part < 4; ++part) {
            text += (part > 0 ? "." : "") + std::to_string(random() % 300);
        }
        if (random() % 2 == 0) {
            constexpr std::string_view bytes = "0.9 x:";
            text[random() % text.size()] = bytes[random() % bytes.size()];
        }
        if (random() % 8 == 0) text.insert(random() % text.size(), "0");
        if (random() % 8 == 0) text += random() % 2 == 0 ? "." : "1";
        std::array<std::uint8_t, 16> expected{};
        const bool is = ::inet_pton(AF_INET, text.c_str(), expected.data()) == 1;
        const auto network = Network::parse(text);
        ASSERT_EQ(network.has_value(), is) << text;
        if (!is) continue;
        ++addresses;
        EXPECT_EQ(network->address, expected) << text;
        EXPECT_EQ(network->bits, 32);
        EXPECT_FALSE(network->version_6);
        EXPECT_TRUE(network->contains(text));
    }
    EXPECT_GT(addresses, 1000U);
    for (const auto* text :
         {"", ".", "1", "1.2.3", "1.2.3.", "1.2.3.4.", "1.2.3.4.5", "00.0.0.0"}) {
        EXPECT_FALSE(Network::parse(text)) << text;
    }
}

}  // namespace
}  // namespace shoji::sigma
