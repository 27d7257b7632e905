#include "screen/egress/allow_list.h"

#include <gtest/gtest.h>

namespace shoji::egress {
namespace {

using control::Origin;
using control::RefusalReason;
using control::Scheme;

AllowList list_of(std::vector<Origin> origins, std::vector<std::string> networks = {}) {
    return AllowList::from({std::move(origins), 0, std::move(networks), {}}).value();
}

const AllowList& example() {
    static const auto list = list_of({{Scheme::https, "www.example.jp", 443, false},
                                      {Scheme::https, "www.example.jp", 8443, false},
                                      {Scheme::http, "plain.example.jp", 80, false},
                                      {Scheme::http, "127.0.0.1", 8080, true},
                                      {Scheme::https, "2001:db8::1", 443, false},
                                      {Scheme::http, "both.example.jp", 443, false},
                                      {Scheme::https, "both.example.jp", 443, false}});
    return list;
}

// "https://www.example.jp:443", or the reason.
std::string decided(RequestKind kind, std::string_view authority) {
    const auto decision = example().decide(kind, parse_authority(authority).value());
    if (!decision) return std::to_string(static_cast<int>(decision.error()));
    return control::to_url(*decision);
}

std::string reason(RefusalReason reason) {
    return std::to_string(static_cast<int>(reason));
}

TEST(AllowList, AllowsWhatIsListed) {
    EXPECT_EQ(decided(RequestKind::tunnel, "www.example.jp:443"), "https://www.example.jp");
    EXPECT_EQ(decided(RequestKind::tunnel, "WWW.EXAMPLE.JP.:8443"), "https://www.example.jp:8443");
    EXPECT_EQ(decided(RequestKind::plain, "plain.example.jp:80"), "http://plain.example.jp");
    EXPECT_EQ(decided(RequestKind::tunnel, "plain.example.jp:80"), "http://plain.example.jp");
    EXPECT_EQ(decided(RequestKind::plain, "127.0.0.1:8080"), "http://127.0.0.1:8080");
    EXPECT_EQ(decided(RequestKind::tunnel, "[2001:db8:0::1]:443"), "https://[2001:db8::1]");
    EXPECT_EQ(decided(RequestKind::tunnel, "both.example.jp:443"), "https://both.example.jp");
    EXPECT_EQ(decided(RequestKind::plain, "both.example.jp:443"), "http://both.example.jp:443");
}

TEST(AllowList, RefusesAllElse) {
    const auto not_listed = reason(RefusalReason::not_listed);
    for (const char* authority : {"example.jp:443", "a.www.example.jp:443", "www.example.jp:80",
                                  "www.example.jp:444", "www.example.jp.evil.example:443",
                                  "plain.example.jp:81", "localhost:8080", "a_b.example.jp:443"}) {
        EXPECT_EQ(decided(RequestKind::tunnel, authority), not_listed) << authority;
    }
    // No plain request to an origin that is listed for https only.
    EXPECT_EQ(decided(RequestKind::plain, "www.example.jp:443"), not_listed);
}

TEST(AllowList, RefusesAddressesThatAreNotListedAsSuch) {
    const auto literal = reason(RefusalReason::address_literal);
    for (const char* authority :
         {"127.0.0.1:443", "8.8.8.8:443", "[::1]:443", "[::ffff:127.0.0.1]:8080",
          "[::ffff:7f00:1]:8080", "127.1:8080", "0x7f.1:8080", "2130706433:8080", "0177.0.0.1:8080",
          "[2001:db8::2]:443", "169.254.169.254:80"}) {
        EXPECT_EQ(decided(RequestKind::tunnel, authority), literal) << authority;
        EXPECT_EQ(decided(RequestKind::plain, authority), literal) << authority;
    }
}

using Texts = std::vector<std::string>;

Texts permitted(const AllowList& list, bool internal, const Texts& found, const Texts& own = {}) {
    std::vector<Address> addresses;
    std::vector<Address> mine;
    for (const auto& text : found) addresses.push_back(Address::from_text(text).value());
    for (const auto& text : own) mine.push_back(Address::from_text(text).value());
    const Origin origin{Scheme::https, "a.example", 443, internal};
    const auto verdict = list.permit(origin, addresses, mine);
    if (!verdict) return {reason(verdict.error())};
    Texts texts;
    for (const auto& address : *verdict) texts.push_back(address.to_text());
    return texts;
}

TEST(AllowList, NamesLeadOnlyToTheInternet) {
    const auto list = list_of({{Scheme::https, "a.example", 443, false}});
    const Texts refused{reason(RefusalReason::private_address)};
    EXPECT_EQ(permitted(list, false, {"8.8.8.8"}), Texts{"8.8.8.8"});
    for (const char* address :
         {"127.0.0.1", "10.0.0.1", "169.254.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1",
          "::", "fd00::1", "fe80::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::10.0.0.1",
          "2002:a00:1::1", "2001:0:a00:1::", "::10.0.0.1", "224.0.0.1", "fd00:ec2::254"}) {
        EXPECT_EQ(permitted(list, false, {address}), refused) << address;
    }
    // Of mixed answers only the good ones are used.
    EXPECT_EQ(permitted(list, false, {"127.0.0.1", "8.8.8.8", "::1", "1.1.1.1"}),
              (Texts{"8.8.8.8", "1.1.1.1"}));
    EXPECT_EQ(permitted(list, false, {}), refused);
}

TEST(AllowList, AnInternalOriginMayLieInside) {
    const auto list = list_of({{Scheme::https, "a.example", 443, true}});
    const Texts inside{"127.0.0.1", "10.0.0.1", "fe80::1", "fd00::1", "::1", "192.0.2.1"};
    EXPECT_EQ(permitted(list, true, inside), inside);
    const Texts refused{reason(RefusalReason::private_address)};
    for (const char* address : {"169.254.169.254", "fd00:ec2::254", "0.0.0.0", "::", "224.0.0.1",
                                "255.255.255.255", "2002:a00:1::1", "::10.0.0.1"}) {
        EXPECT_EQ(permitted(list, true, {address}), refused) << address;
    }
}

TEST(AllowList, TerminalNetworksAreRefusedWhateverTheOriginSays) {
    const auto list = list_of({{Scheme::https, "a.example", 443, true}},
                              {"10.1.0.0/16", "8.8.0.0/16", "fd12::/16", "2001:db8:5::/48"});
    const Texts refused{reason(RefusalReason::terminal_network)};
    for (const bool internal : {false, true}) {
        for (const char* address : {"10.1.2.3", "8.8.8.8", "fd12::1", "2001:db8:5::1",
                                    "::ffff:10.1.2.3", "64:ff9b::10.1.2.3", "64:ff9b::8.8.8.8"}) {
            EXPECT_EQ(permitted(list, internal, {address}), refused) << address;
        }
    }
    EXPECT_EQ(permitted(list, true, {"10.1.2.3", "10.2.2.3"}), Texts{"10.2.2.3"});
    EXPECT_EQ(permitted(list, false, {"10.1.2.3", "10.2.2.3"}), refused);
}

TEST(AllowList, ThisMachinesPublicAddressIsInside) {
    const auto list = list_of({{Scheme::https, "a.example", 443, false}});
    EXPECT_EQ(permitted(list, false, {"8.8.8.8"}, {"8.8.8.8"}),
              Texts{reason(RefusalReason::private_address)});
    EXPECT_EQ(permitted(list, true, {"8.8.8.8"}, {"8.8.8.8"}), Texts{"8.8.8.8"});
}

TEST(AllowList, NamesANetworkThatIsNone) {
    EXPECT_FALSE(AllowList::from({{}, 0, {"10.0.0.0"}, {}}));
}

}  // namespace
}  // namespace shoji::egress
