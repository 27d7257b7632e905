#include "screen/host/machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::host {
namespace {

using ::testing::ElementsAre;

TEST(Resolvers, AreThoseOfTheFile) {
    EXPECT_THAT(parse_resolvers("# made by hand\nsearch example.jp\nnameserver 10.0.0.2\n"
                                "nameserver\t2001:db8::1\n  nameserver fe80::1%eth0\n"
                                "nameserver not-an-address\noptions edns0\n"),
                ElementsAre("10.0.0.2", "2001:db8::1", "fe80::1"));
}

TEST(Resolvers, AreTheMachineItselfWhereTheFileNamesNone) {
    EXPECT_THAT(parse_resolvers(""), ElementsAre("127.0.0.1"));
    EXPECT_THAT(parse_resolvers("nameserver\n#nameserver 10.0.0.2\n"), ElementsAre("127.0.0.1"));
}

TEST(TimeZone, IsReadOffTheLink) {
    EXPECT_EQ(time_zone_of("/usr/share/zoneinfo/Asia/Tokyo"), "Asia/Tokyo");
    EXPECT_EQ(time_zone_of("../usr/share/zoneinfo/Etc/UTC"), "Etc/UTC");
    EXPECT_EQ(time_zone_of(""), "UTC");
    EXPECT_EQ(time_zone_of("/usr/share/zoneinfo/"), "UTC");
    EXPECT_EQ(time_zone_of("/usr/share/zoneinfo/A=B\nC"), "UTC");
}

}  // namespace
}  // namespace shoji::host
