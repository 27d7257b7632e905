#include "screen/control/control.h"

#include <random>

#include <gtest/gtest.h>

namespace shoji::control {
namespace {

using Bytes = std::vector<std::uint8_t>;

SessionId session_of(std::uint8_t first) {
    SessionId id{};
    for (std::size_t i = 0; i < id.size(); ++i) id[i] = static_cast<std::uint8_t>(first + i);
    return id;
}

Start example_start() {
    Start start;
    start.request = 7;
    start.origins = {{Scheme::https, "www.example.jp", 443, false},
                     {Scheme::http, "127.0.0.1", 8080, true},
                     {Scheme::https, "2001:db8::1", 8443, false}};
    start.geometry = {2560, 1440, 150};
    start.locale = Locale::en;
    start.layout = Layout::us;
    start.expires = 1'900'000'000;
    return start;
}

Allowance example_allowance() {
    return {example_start().origins,
            1'900'000'000,
            {"10.1.0.0/16", "fd00::/8", "0.0.0.0/0"},
            {"192.0.2.53", "2001:db8::53"}};
}

std::vector<ToHost> messages_to_host() {
    return {example_start(), Attach{1, session_of(3)}, End{session_of(9)}, List{0xffffffff}};
}

std::vector<FromHost> messages_from_host() {
    Listing full{5, {}};
    for (std::size_t i = 0; i < maximum_sessions; ++i) {
        full.sessions.push_back({session_of(static_cast<std::uint8_t>(i)), i, i * i});
    }
    return {Started{1, session_of(1)}, Failed{2, Reason::mechanism_missing},
            Exited{session_of(2), Reason::out_of_memory}, Listing{3, {}}, full};
}

std::vector<FromEgress> messages_from_egress() {
    return {Refused{RefusalReason::not_listed, Scheme::https, "tracker.example", 443, 12},
            Refused{RefusalReason::malformed, Scheme::http, "", 0, 1},
            Refused{RefusalReason::address_literal, Scheme::http, "::1", 80, 1},
            Traffic{1, 2, 3, 4, 5}};
}

template <class Message, class Decoder>
void holds_at_every_cut(const Message& message, Decoder decode) {
    const Bytes whole = encode(message);
    ASSERT_LE(whole.size(), maximum_packet);
    const auto decoded = decode(whole);
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(*decoded, message);
    for (std::size_t size = 0; size<whole.size(); size += whole.size()> 4096 ? 97 : 1) {
        EXPECT_FALSE(decode(Bytes(whole.begin(), whole.begin() + static_cast<long>(size)))) << size;
    }
    Bytes longer = whole;
    longer.push_back(0);
    EXPECT_FALSE(decode(longer));
}

// A changed message is refused, or is another valid message that encodes to just these bytes: there
// is one form of each message.
template <class Message, class Decoder>
void has_one_form(const Message& message, Decoder decode, std::mt19937& random) {
    const Bytes whole = encode(message);
    for (std::size_t round = 0; round < (whole.size() > 4096 ? 50U : 2000U); ++round) {
        Bytes changed = whole;
        for (auto left = random() % 3 + 1; left > 0; --left) {
            changed[random() % changed.size()] = static_cast<std::uint8_t>(random());
        }
        const auto decoded = decode(changed);
        if (decoded) {
            EXPECT_EQ(encode(*decoded), changed);
        }
    }
}

template <class Messages, class Decoder>
void check(const Messages& messages, Decoder decode) {
    std::mt19937 random(1);
    for (const auto& message : messages) {
        holds_at_every_cut(message, decode);
        has_one_form(message, decode, random);
    }
}

TEST(Control, MessagesToTheHost) {
    check(messages_to_host(), decode_to_host);
}
TEST(Control, MessagesFromTheHost) {
    check(messages_from_host(), decode_from_host);
}
TEST(Control, MessagesFromTheEgress) {
    check(messages_from_egress(), decode_from_egress);
}
TEST(Control, TheAllowance) {
    check(std::vector{example_allowance()}, decode_allowance);
}

TEST(Control, NoDirectionAcceptsAnothersMessage) {
    for (const auto& message : messages_to_host()) {
        EXPECT_FALSE(decode_from_host(encode(message)));
        EXPECT_FALSE(decode_from_egress(encode(message)));
        EXPECT_FALSE(decode_allowance(encode(message)));
    }
    for (const auto& message : messages_from_host()) EXPECT_FALSE(decode_to_host(encode(message)));
    for (const auto& message : messages_from_egress()) {
        EXPECT_FALSE(decode_from_host(encode(message)));
    }
    EXPECT_FALSE(decode_to_host(encode(example_allowance())));
    EXPECT_FALSE(decode_to_host(Bytes{}));
    EXPECT_FALSE(decode_to_host(Bytes{0}));
    EXPECT_FALSE(decode_to_host(Bytes(maximum_packet + 1, 1)));
}

TEST(Control, TheLargestMessagesFitInAPacket) {
    Start start = example_start();
    std::string longest;
    while (longest.size() < maximum_host_name) longest += longest.size() % 64 == 63 ? '.' : 'a';
    start.origins.assign(maximum_origins, {Scheme::https, longest, 443, false});
    EXPECT_EQ(decode_to_host(encode(start)).value(), ToHost{start});
    Allowance allowance = example_allowance();
    allowance.origins = start.origins;
    allowance.terminal_networks.assign(maximum_networks,
                                       "1111:2222:3333:4444:5555:6666:7777:8888/128");
    allowance.resolvers.assign(maximum_resolvers, "1111:2222:3333:4444:5555:6666:7777:8888");
    EXPECT_LE(encode(allowance).size(), maximum_packet);
    EXPECT_EQ(decode_allowance(encode(allowance)).value(), allowance);
}

template <class Change>
bool starts_with(Change change) {
    Start start = example_start();
    change(start);
    return decode_to_host(encode(start)).has_value();
}

TEST(Control, RefusesAStartOutOfBounds) {
    EXPECT_TRUE(starts_with([](Start&) {}));
    EXPECT_FALSE(starts_with([](Start& s) { s.origins.clear(); }));
    EXPECT_TRUE(starts_with([](Start& s) { s.origins.resize(maximum_origins, s.origins[0]); }));
    EXPECT_FALSE(
        starts_with([](Start& s) { s.origins.resize(maximum_origins + 1, s.origins[0]); }));
    EXPECT_FALSE(starts_with([](Start& s) { s.origins[0].port = 0; }));
    EXPECT_FALSE(starts_with([](Start& s) { s.origins[0].host = ""; }));
    EXPECT_FALSE(starts_with([](Start& s) { s.origins[0].host = "WWW.example.jp"; }));
    EXPECT_FALSE(starts_with([](Start& s) { s.origins[0].host = "a.example/--flag"; }));
    EXPECT_FALSE(starts_with([](Start& s) { s.origins[0].host = "[::1]"; }));
    EXPECT_FALSE(starts_with([](Start& s) { s.origins[0].scheme = static_cast<Scheme>(2); }));
    EXPECT_FALSE(starts_with([](Start& s) { s.geometry.width = minimum_side - 1; }));
    EXPECT_FALSE(starts_with([](Start& s) { s.geometry.height = maximum_side + 1; }));
    EXPECT_FALSE(starts_with([](Start& s) { s.geometry.scale = 59; }));
    EXPECT_FALSE(starts_with([](Start& s) { s.geometry.scale = 481; }));
    EXPECT_FALSE(starts_with([](Start& s) { s.locale = static_cast<Locale>(2); }));
    EXPECT_FALSE(starts_with([](Start& s) { s.layout = static_cast<Layout>(2); }));
}

template <class Change>
bool allows_with(Change change) {
    Allowance allowance = example_allowance();
    change(allowance);
    return decode_allowance(encode(allowance)).has_value();
}

TEST(Control, RefusesAnAllowanceOutOfBounds) {
    EXPECT_FALSE(allows_with([](Allowance& a) { a.origins.clear(); }));
    for (const char* network : {"", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0/8",
                                "x/8", "10.0.0.0/-1", "10.0.0.0/8 ", "10.0.0.0/0x8"}) {
        EXPECT_FALSE(allows_with([&](Allowance& a) { a.terminal_networks = {network}; }))
            << network;
    }
    EXPECT_FALSE(allows_with([](Allowance& a) { a.resolvers = {"dns.example"}; }));
    EXPECT_FALSE(
        allows_with([](Allowance& a) { a.resolvers = {std::string("192.0.2.1\0x", 11)}; }));
    EXPECT_FALSE(
        allows_with([](Allowance& a) { a.resolvers.assign(maximum_resolvers + 1, "::1"); }));
    EXPECT_FALSE(allows_with(
        [](Allowance& a) { a.terminal_networks.assign(maximum_networks + 1, "::/0"); }));
}

TEST(Control, RefusesReportsOutOfBounds) {
    const auto decodes = [](const Refused& refused) {
        return decode_from_egress(encode(refused)).has_value();
    };
    EXPECT_FALSE(decodes({RefusalReason::not_listed, Scheme::https, "free text", 1, 1}));
    EXPECT_FALSE(decodes({RefusalReason::not_listed, Scheme::https, "a.example", 1, 0}));
    EXPECT_FALSE(decodes(
        {static_cast<RefusalReason>(last_refusal_reason + 1), Scheme::https, "a.example", 1, 1}));
    EXPECT_FALSE(decode_from_host(encode(Failed{1, static_cast<Reason>(last_reason + 1)})));
    Listing listing;
    listing.sessions.resize(maximum_sessions + 1);
    EXPECT_FALSE(decode_from_host(encode(listing)));
}

TEST(Control, KnowsNamesFromOtherText) {
    const std::string label(63, 'a');
    for (const std::string& name : std::vector<std::string>{
             "a", "localhost", "example.jp", "xn--eckwd4c7c.xn--zckzah", "a-b.c3", "3com.example",
             label, "1.2.3.4.example", "0x7f.0.0.one", "a.0xg"}) {
        EXPECT_TRUE(is_host_name(name)) << name;
    }
    for (const std::string& name : std::vector<std::string>{"",
                                                            ".",
                                                            "a.",
                                                            ".a",
                                                            "a..b",
                                                            "-a",
                                                            "a-",
                                                            "a.-b",
                                                            "A.example",
                                                            "a_b.example",
                                                            "a b",
                                                            "a\n",
                                                            "ａ",
                                                            "1",
                                                            "127.1",
                                                            "127.0.0.1",
                                                            "2130706433",
                                                            "0x7f000001",
                                                            "a.0x",
                                                            "a.0x7f",
                                                            "a.1",
                                                            "::1",
                                                            "[::1]",
                                                            "user@a",
                                                            "a:80",
                                                            "a/b",
                                                            "a%00",
                                                            label + "a",
                                                            std::string("a\0b", 3)}) {
        EXPECT_FALSE(is_host_name(name)) << name;
    }
    std::string long_name;
    while (long_name.size() < maximum_host_name) long_name += "a.";
    long_name.resize(maximum_host_name);
    EXPECT_TRUE(is_host_name(long_name));
    EXPECT_FALSE(is_host_name(long_name + ".a"));
}

TEST(Control, KnowsOneFormOfEachAddress) {
    for (const char* address :
         {"127.0.0.1", "0.0.0.0", "::", "::1", "2001:db8::1", "fe80::1", "::ffff:192.0.2.1"}) {
        EXPECT_TRUE(is_address_literal(address)) << address;
    }
    for (const char* address : {"", "127.1", "0127.0.0.1", "127.0.0.1.", "0x7f.0.0.1", "2130706433",
                                "[::1]", "fe80::1%lo", "2001:DB8::1", "0:0:0:0:0:0:0:1",
                                "2001:db8:0::1", "1.2.3.4/8", "a.example"}) {
        EXPECT_FALSE(is_address_literal(address)) << address;
    }
    EXPECT_FALSE(is_address_literal(std::string_view("::1\0x", 5)));
}

TEST(Control, WritesUrls) {
    EXPECT_EQ(to_url({Scheme::https, "example.jp", 443, false}), "https://example.jp");
    EXPECT_EQ(to_url({Scheme::https, "example.jp", 80, false}), "https://example.jp:80");
    EXPECT_EQ(to_url({Scheme::http, "127.0.0.1", 8080, true}), "http://127.0.0.1:8080");
    EXPECT_EQ(to_url({Scheme::http, "::1", 80, true}), "http://[::1]");
}

TEST(Control, SessionIdsHaveOneText) {
    const auto id = session_of(0xf7);
    EXPECT_EQ(session_id_from(to_text(id)).value(), id);
    EXPECT_EQ(to_text(id).size(), 32U);
    for (const char* text :
         {"", "00", "F7000000000000000000000000000000", "g7000000000000000000000000000000",
          "f700000000000000000000000000000000", "../../../../../../../../../../ab"}) {
        EXPECT_FALSE(session_id_from(text)) << text;
    }
}

}  // namespace
}  // namespace shoji::control
