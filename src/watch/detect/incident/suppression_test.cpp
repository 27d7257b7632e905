#include "watch/detect/incident/suppression.h"

#include "watch/detect/incident/testing/alerts.h"
#include "watch/event/time.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::incident {
namespace {

using testing::alert;
using ::testing::HasSubstr;
using testing::monday;

constexpr std::string_view signed_off = "owner = '山田'\nreason = 'x'\nexpires = 2027-03-31\n";

Suppressions parsed(const std::string& body) {
    auto read = Suppressions::parse("[[suppression]]\n" + body);
    EXPECT_TRUE(read) << read.error().message;
    return std::move(*read);
}

std::string problem_of(const std::string& body) {
    const auto read = parsed(body);
    EXPECT_TRUE(read.all().empty()) << body;
    return read.problems().empty() ? "" : read.problems()[0].what.english();
}

TEST(Suppression, CoversWhatItNames) {
    const auto read = parsed(std::string(signed_off) +
                             "rule = 'persistence'\nhost = 'SRV.city.example'\n"
                             "user = 'CITY\\backup'\nprocess = 'C:\\Backup\\*'\n");
    ASSERT_EQ(read.all().size(), 1U);
    auto held = alert("srv", "persistence");
    held.user = "backup@city.example";
    held.process = "c:\\backup\\AGENT.EXE";
    EXPECT_NE(read.covering(held, monday), nullptr);
    auto other = held;
    other.host = "srv2";
    EXPECT_EQ(read.covering(other, monday), nullptr);
    other = held;
    other.user = "tanaka";
    EXPECT_EQ(read.covering(other, monday), nullptr);
    other = held;
    other.process = "c:\\temp\\agent.exe";
    EXPECT_EQ(read.covering(other, monday), nullptr);
    other = held;
    other.rule = "credential";
    EXPECT_EQ(read.covering(other, monday), nullptr);
}

TEST(Suppression, OwnerReasonAndExpiryAreRequired) {
    EXPECT_THAT(problem_of("rule = 'x'\nreason = 'x'\nexpires = 2027-03-31\n"), HasSubstr("owner"));
    EXPECT_THAT(problem_of("rule = 'x'\nowner = 'x'\nexpires = 2027-03-31\n"), HasSubstr("reason"));
    EXPECT_THAT(problem_of("rule = 'x'\nowner = 'x'\nreason = 'x'\n"), HasSubstr("expires"));
    EXPECT_THAT(problem_of("rule = 'x'\nowner = ''\nreason = 'x'\nexpires = 2027-03-31\n"),
                HasSubstr("owner"));
    EXPECT_THAT(problem_of("rule = 'x'\nowner = 'x'\nreason = 'x'\nexpires = '2027-03-31'\n"),
                HasSubstr("expires"));
    EXPECT_THAT(problem_of("rule = 'x'\nowner = 'x'\nreason = 'x'\n"
                           "expires = 2027-03-31T00:00:00\n"),
                HasSubstr("expires"));
    EXPECT_THAT(problem_of(std::string(signed_off)), HasSubstr("rule"));
    EXPECT_THAT(problem_of(std::string(signed_off) + "host = 'pc01'\n"), HasSubstr("rule"));
    EXPECT_THAT(problem_of(std::string(signed_off) + "rule = 'x'\ncolour = 'x'\n"),
                HasSubstr("colour"));
    EXPECT_THAT(problem_of(std::string(signed_off) + "detector = 'radar'\n"),
                HasSubstr("detector"));
}

TEST(Suppression, WhatIsWrongIsNamedAndTheRestLoads) {
    const auto read = Suppressions::parse(
        "[[suppression]]\nrule = 'x'\n[[suppression]]\nrule = 'y'\n" + std::string(signed_off));
    ASSERT_TRUE(read);
    ASSERT_EQ(read->all().size(), 1U);
    EXPECT_EQ(read->all()[0].rule, "y");
    ASSERT_EQ(read->problems().size(), 1U);
    EXPECT_EQ(read->problems()[0].line, 1U);
    EXPECT_FALSE(Suppressions::parse("[[suppression"));
    EXPECT_FALSE(Suppressions::parse(std::string(Suppressions::most_bytes + 1, '\n')));
}

TEST(Suppression, ADateLastsToItsEndInJapan) {
    const auto read = parsed(std::string(signed_off) + "rule = 'x'\n");
    const auto one = alert("pc01", "x");
    const auto last = *event::parse_time("2027-03-31T23:59:59+09:00");
    EXPECT_NE(read.covering(one, last), nullptr);
    EXPECT_EQ(read.covering(one, last + second), nullptr);
    EXPECT_NE(read.expired_covering(one, last + second), nullptr);
    EXPECT_TRUE(read.expired(last).empty());
    EXPECT_EQ(read.expired(last + second).size(), 1U);
}

TEST(Suppression, OneWithoutARuleDoesNotCoverCriticalAlerts) {
    const auto broad = parsed(std::string(signed_off) + "detector = 'intrusion'\n");
    EXPECT_NE(broad.covering(alert("pc01", "x", Level::high), monday), nullptr);
    EXPECT_EQ(broad.covering(alert("pc01", "x", Level::critical), monday), nullptr);
    const auto named = parsed(std::string(signed_off) + "rule = 'x'\n");
    EXPECT_NE(named.covering(alert("pc01", "x", Level::critical), monday), nullptr);
}

}  // namespace
}  // namespace shoji::incident
