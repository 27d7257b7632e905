#include "cli/apply_file.h"

#include "core/policy/check.h"

#include <gtest/gtest.h>

namespace shoji::cli {
namespace {

TEST(ApplyFile, ReadsTheShapeOfTheConfiguration) {
    const auto read = configuration_from_toml(R"(
[[zones]]
id = "internet"
name = { ja = "インターネット", en = "Internet" }

[[roles]]
id = "staff"
name = { ja = "職員", en = "Staff" }

[[destinations]]
id = "news"
name = { ja = "ニュース", en = "News" }
zone = "internet"
reason = "public"
approver = "課長"
approved = 2026-07-01
expires = "2027-06-30"
origins = [
  { scheme = "https", host = "news.example.jp" },
  { scheme = "http", host = "127.0.0.1", port = 8080, internal = true },
]

[[routes]]
id = "staff-news"
from_zone = "internet"
role = "staff"
destination = "news"
)");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_TRUE(policy::check(*read).empty());
    using namespace std::chrono_literals;
    EXPECT_EQ(read->destinations.at(0).approved, 2026y / 7 / 1);
    EXPECT_EQ(read->destinations.at(0).origins.at(0).port, 443);
    EXPECT_EQ(read->destinations.at(0).origins.at(1),
              (policy::Origin{policy::Scheme::http, "127.0.0.1", 8080, true}));
}

TEST(ApplyFile, ReadsAnEmptyFileAsNothing) {
    EXPECT_EQ(*configuration_from_toml(""), policy::Configuration{});
}

std::string error_of(std::string_view text) {
    const auto read = configuration_from_toml(text);
    return read ? "" : read.error().message;
}

TEST(ApplyFile, NamesLineOrPlace) {
    EXPECT_TRUE(error_of("a = 1\nb = = 2").starts_with("line 2: "));
    EXPECT_EQ(error_of("zone = []"), "configuration: zone is not known");
    EXPECT_EQ(error_of("zones = [{ id = 1.5 }]"), "configuration: zones[0].id must be a string");
    EXPECT_EQ(error_of("zones = [{ id = 07:32:00 }]"),
              "configuration: zones[0].id must be a string");
    EXPECT_TRUE(error_of("zones = []\nzones = []").starts_with("line 2: "));
    EXPECT_TRUE(error_of("[!zones]").starts_with("line 1: "));
    EXPECT_TRUE(error_of("é = 1").starts_with("line 1: "));
    EXPECT_TRUE(error_of("zones = [] あ").starts_with("line 1: "));
    EXPECT_FALSE(error_of("\xff").empty());
    EXPECT_FALSE(error_of(std::string(policy::maximum_json + 1, '#')).empty());
}

TEST(ApplyFile, IsNotUndoneByDepth) {
    EXPECT_FALSE(error_of("zones = " + std::string(200000, '[')).empty());
    EXPECT_FALSE(error_of("zones = " + std::string(100, '[') + std::string(100, ']')).empty());
}

}  // namespace
}  // namespace shoji::cli
