#include "core/policy/check.h"

#include "core/policy/describe.h"
#include "core/policy/example_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::policy {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

// The problems of the example after `change`, as "where key"; each is in the catalogue.
template <class Function>
std::vector<std::string> problems_after(Function change) {
    Configuration configuration = example();
    change(configuration);
    std::vector<std::string> shown;
    for (const Problem& problem : check(configuration)) {
        EXPECT_TRUE(text::knows(problem.key)) << problem.key;
        shown.push_back(problem.where + " " + std::string(problem.key.substr(15)));
    }
    return shown;
}

TEST(Check, FindsNothingInASoundConfiguration) {
    EXPECT_THAT(check(example()), IsEmpty());
    EXPECT_THAT(check({}), IsEmpty());
    std::mt19937 random(3);  // NOLINT(cert-msc51-cpp): the same inputs in each run
    for (int round = 0; round < 200; ++round) {
        ASSERT_THAT(check(random_sound_configuration(random)), IsEmpty());
    }
}

TEST(Check, NamesIds) {
    EXPECT_THAT(problems_after([](auto& c) { c.roles[0].id = "Staff"; }),
                ElementsAre("roles[0].id id_form", "routes.staff-demo.role unknown_role"));
    EXPECT_THAT(problems_after([](auto& c) { c.zones.push_back(c.zones[0]); }),
                ElementsAre("zones.lgwan id_twice"));
    EXPECT_THAT(problems_after([](auto& c) { c.routes[0].id = std::string(65, 'a'); }),
                ElementsAre("routes[0].id id_form"));
    EXPECT_THAT(problems_after([](auto& c) { c.routes[0].id = ""; }),
                ElementsAre("routes[0].id id_form"));
}

TEST(Check, NamesTexts) {
    EXPECT_THAT(problems_after([](auto& c) { c.roles[0].name.ja = ""; }),
                ElementsAre("roles.staff.name.ja text_empty"));
    EXPECT_THAT(problems_after([](auto& c) { c.zones[0].name.en = std::string(201, 'x'); }),
                ElementsAre("zones.lgwan.name.en text_too_long"));
    EXPECT_THAT(problems_after([](auto& c) { c.destinations[0].reason = "a\x1b[2J"; }),
                ElementsAre("destinations.demo.reason text_characters"));
    EXPECT_THAT(problems_after([](auto& c) { c.destinations[0].approver = "\xff"; }),
                ElementsAre("destinations.demo.approver text_characters"));
}

TEST(Check, NamesReferencesThatLeadNowhere) {
    EXPECT_THAT(problems_after([](auto& c) {
                    c.routes[0].from_zone = "moon";
                    c.routes[0].role = "king";
                    c.routes[0].destination = "gold";
                    c.destinations[0].zone = "mars";
                }),
                ElementsAre("destinations.demo.zone unknown_zone",
                            "routes.staff-demo.from_zone unknown_zone",
                            "routes.staff-demo.role unknown_role",
                            "routes.staff-demo.destination unknown_destination"));
}

TEST(Check, NamesOrigins) {
    const auto host = [](std::string text) {
        return problems_after([&](auto& c) { c.destinations[0].origins[0].host = text; });
    };
    for (const char* bad : {"", "WWW.example.jp", "www.example.jp.", "-a.jp", "a-.jp", "a..jp",
                            "*.example.jp", "a_b.jp", "a.jp/x", "a.jp:80", "1.2.3", "10.0.0.01",
                            "a.0x7f", "[::1]", "日本.jp", "user@a.jp", "2001:DB8::1"}) {
        EXPECT_THAT(host(bad), ElementsAre("destinations.demo.origins[0].host host_form")) << bad;
    }
    for (const char* good : {"localhost", "a.jp", "xn--wgv71a.jp", "3com.com", "a-b.c-d.jp",
                             "8.8.8.8", "2606:4700:4700::1111"}) {
        EXPECT_THAT(host(good), IsEmpty()) << good;
    }
    for (const char* internal :
         {"127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "172.31.0.1", "100.64.0.1",
          "0.0.0.0", "224.0.0.1", "::1", "fe80::1", "fd00::1", "::ffff:8.8.8.8", "64:ff9b::808:808",
          "2001:db8::1", "2002:7f00:1::1", "2001::1"}) {
        EXPECT_THAT(host(internal),
                    ElementsAre("destinations.demo.origins[0].internal address_is_internal"))
            << internal;
    }
    EXPECT_THAT(problems_after([](auto& c) { c.destinations[0].origins.clear(); }),
                ElementsAre("destinations.demo.origins no_origin"));
    EXPECT_THAT(problems_after([](auto& c) { c.destinations[0].origins[0].port = 0; }),
                ElementsAre("destinations.demo.origins[0].port port"));
    EXPECT_THAT(problems_after([](auto& c) {
                    c.destinations[0].origins.push_back(c.destinations[0].origins[0]);
                }),
                ElementsAre("destinations.demo.origins[2] origin_twice"));
}

TEST(Check, NamesDates) {
    EXPECT_THAT(problems_after([](auto& c) { c.destinations[0].expires = 2027y / 2 / 30; }),
                ElementsAre("destinations.demo.expires date"));
    EXPECT_THAT(problems_after([](auto& c) { c.destinations[0].expires = 2026y / 3 / 31; }),
                ElementsAre("destinations.demo.expires expires_before_approved"));
}

TEST(Check, NamesARouteThatStandsTwice) {
    EXPECT_THAT(problems_after([](auto& c) {
                    c.routes.push_back(c.routes[0]);
                    c.routes[1].id = "again";
                }),
                ElementsAre("routes.again route_twice"));
}

TEST(Check, BoundsCountsAndSize) {
    EXPECT_THAT(problems_after([](auto& c) {
                    for (int i = 0; i < 64; ++i) {
                        c.destinations[0].origins.push_back(
                            {Scheme::https, "h" + std::to_string(i) + ".jp", 443, false});
                    }
                }),
                ElementsAre("destinations.demo.origins too_many"));
    EXPECT_THAT(problems_after([](auto& c) {
                    const Zone zone = c.zones[0];
                    while (c.zones.size() < 101) {
                        c.zones.push_back(zone);
                        c.zones.back().id = "z" + std::to_string(c.zones.size());
                    }
                }),
                ElementsAre("zones too_many"));
    EXPECT_THAT(problems_after([](auto& c) {
                    const Destination demo = c.destinations[0];
                    while (c.destinations.size() < 900) {
                        c.destinations.push_back(demo);
                        c.destinations.back().id = "d" + std::to_string(c.destinations.size());
                        c.destinations.back().reason = std::string(500, 'x');
                        c.destinations.back().approver = std::string(500, 'x');
                    }
                }),
                ElementsAre(" too_large"));
}

TEST(Check, NamesABoundedNumberOfProblems) {
    Configuration configuration;
    configuration.zones.resize(5000);
    EXPECT_EQ(check(configuration).size(), 200U);
}

TEST(Describe, ShowsAProblemWithoutItsControlCharacters) {
    Configuration configuration = example();
    configuration.roles[0].id = "a\x1b]0;x\x07";
    const auto problems = check(configuration);
    ASSERT_FALSE(problems.empty());
    EXPECT_EQ(describe(text::Language::en, problems[0]),
              "roles[0].id: \"a\xef\xbf\xbd]0;x\xef\xbf\xbd\" cannot be used. An id has 1 to 64 "
              "lower-case letters, digits or hyphens.");
}

}  // namespace
}  // namespace shoji::policy
