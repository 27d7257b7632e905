#include "watch/sensor/dns_message.h"

#include "watch/sensor/address_names.h"

#include <gtest/gtest.h>

namespace shoji::sensor {
namespace {

using Bytes = std::vector<std::uint8_t>;

// Its head: flags, one question, so many answers.
Bytes head(std::uint8_t flags, std::uint8_t status, std::uint8_t answers) {
    return {0x12, 0x34, flags, status, 0, 1, 0, answers, 0, 0, 0, 0};
}
Bytes operator+(Bytes one, const Bytes& other) {
    one.insert(one.end(), other.begin(), other.end());
    return one;
}
const Bytes city{4, 'c', 'i', 't', 'y', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0};
const Bytes a_in{0, 1, 0, 1};
const Bytes live{0, 0, 0, 60};

TEST(DnsMessage, AQuestion) {
    const auto message = parse_dns(head(1, 0, 0) + city + a_in, true);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->id, 0x1234);
    EXPECT_FALSE(message->is_answer);
    EXPECT_EQ(message->name, "city.example");
    EXPECT_EQ(dns_type_name(message->type), "A");
}

TEST(DnsMessage, AnAnswerWithPointersAndBothSortsOfAddresses) {
    const Bytes to_name{0xc0, 12};
    const auto message =
        parse_dns(head(0x81, 0x80, 3) + city + a_in + to_name + Bytes{0, 5, 0, 1} + live +
                      Bytes{0, 4, 1, 'x', 0xc0, 17} + to_name + a_in + live +
                      Bytes{0, 4, 192, 0, 2, 1} + to_name + Bytes{0, 28, 0, 1} + live +
                      Bytes{0, 16, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7},
                  true);
    ASSERT_TRUE(message);
    EXPECT_TRUE(message->is_answer);
    EXPECT_EQ(message->status, 0);
    ASSERT_EQ(message->answers.size(), 3U);
    EXPECT_EQ(message->answers[0].name, "x.example");
    EXPECT_EQ(message->answers[1].address[12], 192);
    EXPECT_EQ(message->answers[2].address[15], 7);
}

TEST(DnsMessage, WhatIsNoTextIsWrittenAsNumbers) {
    const auto message =
        parse_dns(head(1, 0, 0) + Bytes{3, 'a', '.', 0xff, 1, ' ', 0} + a_in, true);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->name, "a\\.\\255.\\032");
}

TEST(DnsMessage, NamesThatLeadNowhereAreRefused) {
    // To itself, forwards, behind the end, of an unknown sort, cut, and too long.
    for (const Bytes& name : {Bytes{0xc0, 12}, Bytes{0xc0, 20}, Bytes{1, 'a', 0xc0, 12},
                              Bytes{0xff, 0xff}, Bytes{0x40, 0}, Bytes{5, 'a'}}) {
        EXPECT_FALSE(parse_dns(head(1, 0, 0) + name + a_in, true));
    }
    Bytes labels;
    for (int i = 0; i < 130; ++i) labels = labels + Bytes{1, 'a'};
    EXPECT_FALSE(parse_dns(head(1, 0, 0) + labels + Bytes{0} + a_in, true));
    EXPECT_FALSE(parse_dns(Bytes{1, 2, 3}, true));
    auto two = head(1, 0, 0) + city + a_in;
    two[5] = 2;
    EXPECT_FALSE(parse_dns(two, true));
}

TEST(DnsMessage, ACutAnswerIsSaidToBeOne) {
    const auto bytes = head(0x81, 0x83, 9) + city + a_in;
    EXPECT_FALSE(parse_dns(bytes, true));
    const auto message = parse_dns(bytes, false);
    ASSERT_TRUE(message);
    EXPECT_TRUE(message->is_cut);
    EXPECT_EQ(message->status, 3);
}

TEST(AddressNames, TheFirstGoesWhenThereIsNoRoom) {
    AddressNames names;
    const auto address = [](std::size_t number) {
        AddressNames::Address made{};
        made[0] = static_cast<std::uint8_t>(number >> 8);
        made[1] = static_cast<std::uint8_t>(number);
        return made;
    };
    for (std::size_t i = 0; i <= AddressNames::most; ++i) names.add(address(i), "name");
    names.add(address(5), "newer");
    EXPECT_EQ(names.size(), AddressNames::most);
    EXPECT_EQ(names.find(address(0)), "");
    EXPECT_EQ(names.find(address(5)), "newer");
}

}  // namespace
}  // namespace shoji::sensor
