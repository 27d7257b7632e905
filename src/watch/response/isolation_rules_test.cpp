#include "watch/response/isolation_rules.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::response {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Network network(std::string_view text) {
    return parse_network(text).value();
}

TEST(IsolationRules, ReadsAddressesAndNetworks) {
    for (const char* good :
         {"10.1.2.3", "10.0.0.0/8", "0.0.0.0/0", "fd00::1", "fd00::/8", "::/0"}) {
        const auto read = parse_network(good);
        ASSERT_TRUE(read) << good;
        EXPECT_EQ(to_text(*read), good);
    }
    for (const char* bad :
         {"", "10.1.2", "10.1.2.3/33", "10.1.2.3/", "10.1.2.3/8", "fd00::/129", "fd00::1/8", "host",
          "10.1.2.3; drop", "10.1.2.3/8x", "10.1.2.3 ", "::1%lo"}) {
        EXPECT_FALSE(parse_network(bad)) << bad;
    }
}

TEST(IsolationRules, WrittenNetworksReadBackTheSame) {
    std::mt19937 random(1);
    for (int i = 0; i < 2000; ++i) {
        Network one;
        one.version_6 = random() % 2 == 0;
        const std::size_t bytes = one.version_6 ? 16 : 4;
        one.prefix = static_cast<std::uint8_t>(random() % (bytes * 8 + 1));
        for (std::size_t bit = 0; bit < one.prefix; ++bit) {
            if (random() % 2 == 0)
                one.bytes[bit / 8] |= static_cast<std::uint8_t>(0x80U >> (bit % 8));
        }
        const auto read = parse_network(to_text(one));
        ASSERT_TRUE(read) << to_text(one);
        EXPECT_EQ(*read, one);
        EXPECT_TRUE(contains(one, *read));
    }
}

TEST(IsolationRules, KnowsWhatIsInANetwork) {
    EXPECT_TRUE(contains(network("10.0.0.0/8"), network("10.9.9.9")));
    EXPECT_TRUE(contains(network("10.0.0.0/8"), network("10.9.0.0/16")));
    EXPECT_FALSE(contains(network("10.9.0.0/16"), network("10.0.0.0/8")));
    EXPECT_FALSE(contains(network("10.0.0.0/8"), network("11.0.0.1")));
    EXPECT_FALSE(contains(network("0.0.0.0/0"), network("::1")));
    EXPECT_TRUE(contains(network("fc00::/7"), network("fc00::5")));
}

TEST(IsolationRules, DecidesWhichConnectionsStay) {
    const IsolationPolicy policy{
        {{network("10.0.0.2"), 8443}}, {network("10.5.0.0/16")}, {network("10.0.0.4")}};
    EXPECT_TRUE(may_stay(policy, network("10.0.0.2"), 8443));
    EXPECT_FALSE(may_stay(policy, network("10.0.0.2"), 22));
    EXPECT_TRUE(may_stay(policy, network("10.5.1.1"), 9));
    EXPECT_TRUE(may_stay(policy, network("10.0.0.4"), 53));
    EXPECT_FALSE(may_stay(policy, network("10.0.0.4"), 853));
    EXPECT_FALSE(may_stay(policy, network("10.0.0.3"), 53));
}

TEST(IsolationRules, NameNoDeviceThatCouldSayMore) {
    EXPECT_THAT(device_chains("br-lan.5@x", 3), HasSubstr("device \"br-lan.5@x\""));
    EXPECT_THAT(device_chains("eth0", 3), HasSubstr("chain out_3 {"));
    for (const char* odd : {"a+b", "a\"b", "a b", "a;b", "eth*", "\xff", "0123456789abcdef"}) {
        EXPECT_FALSE(is_plain_device(odd)) << odd;
        const auto chains = device_chains(odd, 3);
        EXPECT_THAT(chains, Not(HasSubstr(odd)));
        EXPECT_THAT(chains, Not(HasSubstr("device")));
        EXPECT_THAT(chains, HasSubstr("chain out_3 {"));
    }
    EXPECT_THAT(device_sets({}), Not(HasSubstr("chain")));
}

TEST(IsolationRules, BootBeforeTheNetwork) {
    const auto unit = boot_unit("/var/lib/shoji/response/isolation.nft", "/usr/sbin/nft");
    EXPECT_THAT(unit, HasSubstr("DefaultDependencies=no"));
    EXPECT_THAT(unit, HasSubstr("Before=network-pre.target"));
    EXPECT_THAT(unit,
                HasSubstr("ExecStart=/usr/sbin/nft -f /var/lib/shoji/response/isolation.nft\n"));
}

}  // namespace
}  // namespace shoji::response
