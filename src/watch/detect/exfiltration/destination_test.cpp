#include "watch/detect/exfiltration/destination.h"

#include "watch/detect/exfiltration/protocols.h"

#include <gtest/gtest.h>

namespace shoji::exfiltration {
namespace {

TEST(Destination, RegisteredDomainsFollowThePublicSuffixList) {
    RegisteredDomain registered;
    // Twice, since answers are remembered; all under one hash, since hashes may fall together.
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(registered.of("a.b.example.co.jp", 1), "example.co.jp");
        EXPECT_EQ(registered.of("x.y.city.yokohama.jp", 2), "city.yokohama.jp");
        EXPECT_EQ(registered.of("www.example.com", 3), "example.com");
        EXPECT_EQ(registered.of("co.jp", 4), "co.jp");
        EXPECT_EQ(registered.of("203.0.113.7", 5), "203.0.113.7");
        EXPECT_EQ(registered.of("a.b.unheardof", 6), "b.unheardof");
    }
    const std::string longer(1000, 'a');
    EXPECT_EQ(registered.of(longer, 7), longer);
    EXPECT_EQ(registered.of("", 8), "");
}

TEST(Destination, PrivateAddresses) {
    for (const auto* address : {"10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
                                "127.0.0.1", "169.254.1.1", "::1", "fd00::1", "fe80::1"}) {
        EXPECT_TRUE(is_private_address(address)) << address;
    }
    for (const auto* address : {"11.1.2.3", "172.15.0.1", "172.32.0.1", "192.169.1.1", "8.8.8.8",
                                "2001:db8::1", "::2", "", "10.1.2", "city.lg.jp"}) {
        EXPECT_FALSE(is_private_address(address)) << address;
    }
}

TEST(Destination, PathsBeginWithoutRegardToCaseAndSlash) {
    const std::vector<std::string> folders{R"(\\fs01\MyNumber)"};
    EXPECT_TRUE(begins_with(R"(\\FS01\mynumber\a.xlsx)", folders));
    EXPECT_TRUE(begins_with("//fs01/mynumber/a.xlsx", folders));
    EXPECT_FALSE(begins_with(R"(\\fs01\other)", folders));
    EXPECT_FALSE(begins_with(R"(\\fs01)", folders));
}

TEST(Destination, NamesUnderOnesThatAreInside) {
    const std::vector<std::string> inside{"lg.jp"};
    EXPECT_TRUE(is_under("lg.jp", inside));
    EXPECT_TRUE(is_under("a.city.lg.jp", inside));
    EXPECT_FALSE(is_under("notlg.jp", inside));
}

TEST(Destination, ArchivesAndPackers) {
    EXPECT_TRUE(is_archive_name(R"(C:\Temp\a.ZIP)"));
    EXPECT_TRUE(is_archive_name("a.tar.gz"));
    EXPECT_FALSE(is_archive_name(R"(C:\a.zip\b)"));
    EXPECT_FALSE(is_archive_name("zip"));
    EXPECT_TRUE(is_packed_name("a.XLSX"));
    EXPECT_TRUE(is_archiver(R"(C:\Program Files\7-Zip\7zG.exe)"));
    EXPECT_FALSE(is_archiver(R"(C:\Program Files\7-Zip\readme.exe)"));
}

TEST(Protocols, OfAPort) {
    EXPECT_TRUE(is_usual_protocol(443, "tls"));
    EXPECT_TRUE(is_usual_protocol(443, ""));
    EXPECT_TRUE(is_usual_protocol(443, "tcp"));
    EXPECT_FALSE(is_usual_protocol(443, "ssh"));
    EXPECT_FALSE(is_usual_protocol(53, "tls"));
    EXPECT_TRUE(is_usual_protocol(12345, "ssh"));
}

}  // namespace
}  // namespace shoji::exfiltration
