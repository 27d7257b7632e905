#include "watch/detect/city/names.h"

#include "watch/detect/beacon/destination.h"
#include "watch/detect/beacon/hash.h"
#include "watch/detect/beacon/language.h"
#include "watch/detect/beacon/words.h"

#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace shoji::beacon {
namespace {

std::string normal(std::string_view name) {
    std::string buffer;
    return std::string(normal_name(name, buffer));
}

TEST(Destination, names_are_compared_small_and_short) {
    EXPECT_EQ(normal("WWW.Example.JP."), "www.example.jp");
    EXPECT_EQ(normal("plain.example"), "plain.example");
    EXPECT_EQ(normal(""), "");
    EXPECT_EQ(normal("."), "");
    EXPECT_EQ(normal(std::string(10'000'000, 'A')).size(), longest_name);
}

TEST(Destination, what_somebody_registered) {
    EXPECT_EQ(registered_domain("a.b.example.com"), "example.com");
    EXPECT_EQ(registered_domain("www.example.co.jp"), "example.co.jp");
    EXPECT_EQ(registered_domain("www.city.lg.jp"), "city.lg.jp");
    EXPECT_EQ(registered_domain("www.example.jp"), "example.jp");
    EXPECT_EQ(registered_domain("co.jp"), "co.jp");
    EXPECT_EQ(registered_domain("localhost"), "localhost");
    EXPECT_EQ(registered_domain(""), "");
    EXPECT_EQ(registered_domain("..."), ".");
    EXPECT_EQ(registered_label("a.example.co.jp"), "example");
}

TEST(Destination, addresses_that_are_not_routed_are_inside) {
    for (const auto* inside : {"10.1.2.3", "192.168.0.1", "172.16.0.1", "172.31.9.9", "127.0.0.1",
                               "169.254.1.1", "fd00::1", "fe80::1", "::1"}) {
        EXPECT_TRUE(is_inside_address(inside)) << inside;
    }
    for (const auto* outside : {"172.32.0.1", "172.15.0.1", "11.0.0.1", "192.169.0.1",
                                "2001:db8::1", "fd.example.com", "", "1721.2.3.4"}) {
        EXPECT_FALSE(is_inside_address(outside)) << outside;
    }
}

TEST(Destination, tells_by_which_way) {
    using Way = Destination::Way;
    EXPECT_EQ((Destination{Way::direct, "a.example", {}}).text(), "a.example");
    EXPECT_EQ((Destination{Way::dns, "a.example", {}}).text(), "dns:a.example");
    EXPECT_EQ((Destination{Way::denied, "192.0.2.1", {}}).text(), "denied:192.0.2.1");
    EXPECT_EQ((Destination{Way::direct, "a.example", "b.example"}).text(),
              "a.example as b.example");
    EXPECT_EQ((Destination{Way::direct, "a.example", "-"}).text(), "a.example without a header");
}

TEST(Hash, depends_on_all_of_it) {
    std::set<std::uint64_t> seen;
    for (const std::uint64_t key : {0U, 1U}) {
        for (const std::uint64_t domain : {1U, 2U}) {
            for (const auto* text : {"", "a", "b", "ab", "12345678", "123456789", "1234567"}) {
                EXPECT_TRUE(seen.insert(Hash(key, domain).add(text).value()).second) << text;
            }
        }
    }
    EXPECT_NE(Hash(0, 1).add("ab").add("c").value(), Hash(0, 1).add("a").add("bc").value());
}

double share_generated(const Language& model, const std::vector<std::string>& labels) {
    double count = 0;
    for (const auto& label : labels) count += model.looks_generated(label) ? 1 : 0;
    return count / static_cast<double>(labels.size());
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> parts;
    std::string part;
    for (const char c : text) {
        if (c >= 'a' && c <= 'z') {
            part += c;
        } else if (!part.empty()) {
            parts.push_back(std::exchange(part, {}));
        }
    }
    return parts;
}

// Half of the words teach; names made of two of the other half are held to be names.
TEST(Language, takes_few_names_of_unknown_words_for_generated) {
    const auto all = split(words);
    ASSERT_GT(all.size(), 2000U);
    std::string taught;
    std::vector<std::string> unknown;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (i % 2 == 0) taught += all[i] + " ";
        if (i % 2 == 1) unknown.push_back(all[i] + all[(i * 7919) % (all.size() / 2) * 2 + 1]);
    }
    EXPECT_LT(share_generated(Language(taught), unknown), 0.005);
}

TEST(Language, takes_most_labels_by_chance_for_generated) {
    std::vector<std::string> labels;
    for (std::uint64_t i = 0; i < 5000; ++i)
        labels.push_back(city::chance_label(i, 10 + i % 8, false));
    EXPECT_GT(share_generated(language(), labels), 0.95);
    for (auto& label : labels) label = city::chance_label(label.size(), label.size(), true);
    EXPECT_GT(share_generated(language(), labels), 0.95);
}

TEST(Language, knows_names_from_chance) {
    for (const auto* name : {"google", "googleusercontent", "cloudfront", "windowsupdate",
                             "hatenablog", "stackoverflow", "kumamoto-sightseeing", "mhlw-grants",
                             "smbc-card", "rakuten-card", "softbankhealthcare", "letsencrypt",
                             "xn--eckwd4c7c", "jpncert", "12345678", "a-b-c-d-e-f", ""}) {
        EXPECT_FALSE(language().looks_generated(name)) << name;
    }
    for (const auto* name : {"bkzxwqpjvh", "kdjf8s7df6", "pldtkrwnqmz", "d3k2jf9x8"}) {
        EXPECT_TRUE(language().looks_generated(name)) << name;
    }
}

}  // namespace
}  // namespace shoji::beacon
