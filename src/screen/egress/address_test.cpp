#include "screen/egress/address.h"

#include <random>

#include <gtest/gtest.h>

namespace shoji::egress {
namespace {

Address address(std::string_view text) {
    return Address::from_text(text).value();
}

TEST(Address, ReadsOnlyPlainForms) {
    for (const char* text : {"192.0.2.1", "::", "::1", "2001:db8::1", "fe80::1"}) {
        EXPECT_EQ(address(text).to_text(), text);
    }
    for (const char* text : {"", "127.1", "0x7f.1", "2130706433", "127.0.0.1.", " 127.0.0.1",
                             "127.0.0.01", "[::1]", "fe80::1%lo", "1.2.3.4/8", ":::", "g::"}) {
        EXPECT_FALSE(Address::from_text(text)) << text;
    }
    EXPECT_FALSE(Address::from_text(std::string_view("::1\0", 4)));
    EXPECT_FALSE(Address::from_text(std::string(1000, '1')));
}

TEST(Address, MappedAddressesAreTheAddressesTheyMean) {
    EXPECT_EQ(address("::ffff:127.0.0.1"), address("127.0.0.1"));
    EXPECT_TRUE(address("::ffff:7f00:1").is_version4());
    EXPECT_EQ(address("::ffff:7f00:1").to_text(), "127.0.0.1");
    EXPECT_FALSE(address("::fffe:127.0.0.1").is_version4());
}

TEST(Address, FormsOfTextRoundTrip) {
    std::mt19937 random(1);
    for (int round = 0; round < 2000; ++round) {
        Address::Version6 six{};
        for (auto& byte : six) byte = static_cast<std::uint8_t>(random() % 3 == 0 ? random() : 0);
        EXPECT_EQ(address(Address(six).to_text()), Address(six));
    }
}

TEST(Address, KnowsWhatLiesBehind) {
    const auto all = [](Reach reach, std::initializer_list<const char*> texts) {
        for (const char* text : texts) {
            EXPECT_EQ(static_cast<int>(reach_of(address(text))), static_cast<int>(reach)) << text;
        }
    };
    all(Reach::global, {"8.8.8.8",
                        "1.0.0.1",
                        "11.0.0.0",
                        "9.255.255.255",
                        "100.63.255.255",
                        "100.128.0.0",
                        "126.255.255.255",
                        "128.0.0.0",
                        "169.253.255.255",
                        "169.255.0.0",
                        "172.15.255.255",
                        "172.32.0.0",
                        "192.167.255.255",
                        "192.169.0.0",
                        "192.0.1.0",
                        "198.17.255.255",
                        "198.20.0.0",
                        "223.255.255.255",
                        "2001:4860:4860::8888",
                        "2606:4700::1111",
                        "3ffe::1"});
    all(Reach::inside, {"10.0.0.0",     "10.255.255.255",  "127.0.0.1",      "127.255.255.255",
                        "172.16.0.0",   "172.31.255.255",  "192.168.0.1",    "169.254.0.1",
                        "100.64.0.0",   "100.127.255.255", "192.0.2.1",      "198.51.100.1",
                        "203.0.113.1",  "198.18.0.1",      "198.19.255.255", "::1",
                        "fe80::1",      "febf::1",         "fec0::1",        "fc00::1",
                        "fd12:3456::1", "2001:db8::1",     "2001:2::1",      "3fff::1"});
    all(Reach::never, {"0.0.0.0",           "0.1.2.3",     "169.254.169.254", "169.254.170.2",
                       "100.100.100.200",   "192.0.0.192", "192.88.99.1",     "224.0.0.1",
                       "239.255.255.255",   "240.0.0.1",   "255.255.255.255", "::",
                       "::127.0.0.1",       "::2",         "2002:7f00:1::",   "2001::1",
                       "2001:0:1::",        "2001:10::1",  "2001:20::1",      "fd00:ec2::254",
                       "fd20:ce::254",      "100::1",      "ff02::1",         "ff0e::1",
                       "64:ff9b:1::7f00:1", "4000::1",     "fe00::1"});
}

TEST(Address, LooksThroughMappingAndNat64) {
    EXPECT_EQ(reach_of(address("::ffff:8.8.8.8")), Reach::global);
    EXPECT_EQ(reach_of(address("::ffff:10.0.0.1")), Reach::inside);
    EXPECT_EQ(reach_of(address("::ffff:169.254.169.254")), Reach::never);
    EXPECT_EQ(reach_of(address("64:ff9b::8.8.8.8")), Reach::global);
    EXPECT_EQ(reach_of(address("64:ff9b::127.0.0.1")), Reach::inside);
    EXPECT_EQ(reach_of(address("64:ff9b::a9fe:a9fe")), Reach::never);
    EXPECT_EQ(address("64:ff9b::10.0.0.1").behind_nat64(), address("10.0.0.1"));
    EXPECT_FALSE(address("10.0.0.1").behind_nat64());
}

TEST(Network, ContainsWhatItsPrefixSays) {
    const auto contains = [](std::string_view network, std::string_view member) {
        return Network::from_text(network).value().contains(address(member));
    };
    EXPECT_TRUE(contains("10.1.0.0/16", "10.1.255.255"));
    EXPECT_FALSE(contains("10.1.0.0/16", "10.2.0.0"));
    EXPECT_TRUE(contains("10.1.2.3/16", "10.1.0.0"));
    EXPECT_TRUE(contains("0.0.0.0/0", "255.255.255.255"));
    EXPECT_FALSE(contains("0.0.0.0/0", "::1"));
    EXPECT_TRUE(contains("::/0", "2001:db8::1"));
    EXPECT_FALSE(contains("::/0", "10.0.0.1"));
    EXPECT_TRUE(contains("192.0.2.1/32", "192.0.2.1"));
    EXPECT_FALSE(contains("192.0.2.1/32", "192.0.2.0"));
    EXPECT_TRUE(contains("172.16.0.0/12", "172.31.0.1"));
    EXPECT_FALSE(contains("172.16.0.0/12", "172.32.0.1"));
    EXPECT_TRUE(contains("::ffff:10.0.0.0/104", "10.9.9.9"));
    EXPECT_TRUE(contains("10.0.0.0/8", "::ffff:10.9.9.9"));
    EXPECT_TRUE(contains("2001:db8::/33", "2001:db8:7fff::"));
    EXPECT_FALSE(contains("2001:db8::/33", "2001:db8:8000::"));
}

TEST(Network, RefusesWhatIsNone) {
    for (const char* text : {"", "/", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1",
                             "10.0.0.0/8x", "10.0.0.0/ 8", "10.0.0/8", "::/129", "x/1",
                             "::ffff:10.0.0.0/95", "10.0.0.0/99999999999"}) {
        EXPECT_FALSE(Network::from_text(text)) << text;
    }
}

}  // namespace
}  // namespace shoji::egress
