#include "core/policy/json.h"

#include "core/policy/check.h"
#include "core/policy/example_test.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace shoji::policy {
namespace {

using namespace std::chrono_literals;

TEST(Json, RoundTripsAnyConfiguration) {
    std::mt19937 random(11);  // NOLINT(cert-msc51-cpp): the same inputs in each run
    for (int round = 0; round < 500; ++round) {
        const Configuration configuration = random_configuration(random, 2026y / 1 / 1);
        const auto again = configuration_from_text(boost::json::serialize(to_json(configuration)));
        ASSERT_TRUE(again) << again.error().message;
        ASSERT_EQ(*again, configuration);
    }
}

TEST(Json, FillsInThePortAndInternal) {
    const auto read = configuration_from_text(
        R"({"destinations": [{"id": "d", "name": {"ja": "あ", "en": "a"}, "zone": "z",
            "reason": "r", "approver": "p", "approved": "2026-04-01", "expires": "2027-03-31",
            "origins": [{"scheme": "http", "host": "a.jp"}, {"scheme": "https", "host": "a.jp"}]}]})");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->destinations[0].origins,
              (std::vector<Origin>{{Scheme::http, "a.jp", 80, false},
                                   {Scheme::https, "a.jp", 443, false}}));
}

std::string error_of(std::string_view text) {
    const auto read = configuration_from_text(text);
    return read ? "" : read.error().message;
}

TEST(Json, NamesTheFirstErrorAndItsPlace) {
    EXPECT_EQ(error_of("[]"), "configuration: the whole must be an object");
    EXPECT_EQ(error_of(R"({"zone": []})"), "configuration: zone is not known");
    EXPECT_EQ(error_of(R"({"zones": {}})"), "configuration: zones must be a list");
    EXPECT_EQ(error_of(R"({"zones": [1]})"), "configuration: zones[0] must be an object");
    EXPECT_EQ(error_of(R"({"zones": [{"id": "a"}]})"), "configuration: zones[0].name is missing");
    EXPECT_EQ(error_of(R"({"zones": [{"id": 1, "name": {"ja": "", "en": ""}}]})"),
              "configuration: zones[0].id must be a string");
    EXPECT_EQ(error_of(R"({"zones": [{"id": "a", "name": {"ja": "", "en": "", "fr": ""}}]})"),
              "configuration: zones[0].name.fr is not known");
}

TEST(Json, RefusesWrongOriginsAndDates) {
    const auto origin = [](std::string_view members) {
        return error_of(fmt::format(
            R"({{"destinations": [{{"id": "", "name": {{"ja": "", "en": ""}}, "zone": "",
                "origins": [{{{}}}]}}]}})",
            members));
    };
    EXPECT_EQ(origin(R"("scheme": "ftp")"),
              "configuration: destinations[0].origins[0].scheme must be http or https");
    for (const char* port : {"65536", "-1", "1.5", "443.0", "\"443\"", "null"}) {
        EXPECT_EQ(origin(fmt::format(R"("scheme": "http", "host": "", "port": {})", port)),
                  "configuration: destinations[0].origins[0].port must be from 0 to 65535")
            << port;
    }
    EXPECT_EQ(origin(R"("scheme": "http", "host": "", "internal": 1)"),
              "configuration: destinations[0].origins[0].internal must be true or false");
    EXPECT_EQ(error_of(R"({"destinations": [{"id": "", "name": {"ja": "", "en": ""}, "zone": "",
                           "reason": "", "approver": "", "approved": "2026-02-30"}]})"),
              "configuration: destinations[0].approved must be a date such as 2026-03-31");
}

TEST(Json, RefusesWhatIsNoJsonOrTooLong) {
    EXPECT_TRUE(error_of("{").starts_with("configuration: it is no JSON"));
    EXPECT_TRUE(error_of(R"({"zones": []} x)").starts_with("configuration: it is no JSON"));
    EXPECT_TRUE(error_of(std::string(100, '[')).starts_with("configuration: it is no JSON"));
    EXPECT_EQ(error_of(std::string(maximum_json + 1, ' ')),
              "configuration: 1000001 bytes, the limit is 1000000");
}

TEST(Day, ReadsOnlyWholeDates) {
    EXPECT_EQ(day_from("2028-02-29"), 2028y / 2 / 29);
    for (const char* bad : {"2026-02-29", "2026-1-01", "2026/01/01", "+026-01-01", "2026-01-0x",
                            "2026-13-01", "2026-00-10", "", "2026-01-011"}) {
        EXPECT_EQ(day_from(bad), std::nullopt) << bad;
    }
    EXPECT_EQ(to_text(2026y / 3 / 1), "2026-03-01");
}

TEST(OriginUrl, RoundTrips) {
    for (const char* url : {"https://www.example.jp", "http://127.0.0.1:8080", "http://a.jp:443",
                            "https://[2001:db8::1]", "https://[2001:db8::1]:8443"}) {
        const auto origin = origin_from_url(url);
        ASSERT_TRUE(origin) << url;
        EXPECT_EQ(to_url(*origin), url);
    }
    EXPECT_EQ(to_url(*origin_from_url("HTTPS://Www.Example.JP:443/")), "https://www.example.jp");
}

TEST(OriginUrl, RefusesAllElse) {
    for (const char* url :
         {"", "www.example.jp", "ftp://a.jp", "https://", "https://a.jp/x", "https://a.jp?q",
          "https://u@a.jp", "https://u:p@a.jp", "https://a.jp:0", "https://a.jp:65536",
          "https://a.jp:", "https://a.jp:8x", "https://[a.jp]", "https://[::1", "https://::1",
          "https://[::1]x", "https://a.jp:80:80", "https://a.jp//", "https://日本.jp"}) {
        EXPECT_FALSE(origin_from_url(url)) << url;
    }
}

}  // namespace
}  // namespace shoji::policy
