#include "watch/detect/sigma/plan_bytes.h"

#include "watch/detect/sigma/rule_reader.h"

#include <gtest/gtest.h>

namespace shoji::sigma {
namespace {

constexpr std::string_view rules_text = R"(
title: One
id: 1
level: high
tags: [attack.t1059]
logsource: {product: windows, category: process_creation}
detection:
  s1: {Image|endswith: '\cmd.exe', CommandLine|contains: ['/c', 'whoami']}
  s2: {CommandLine|re: 'a.b$'}
  filter: {User: null}
  condition: (s1 or s2) and not filter
---
title: Two
logsource: {product: linux}
detection:
  keywords: [failed, 'ro*t']
  net: {SourceIp|cidr: 10.0.0.0/8, Port|gt: 1024}
  condition: keywords or net
)";

struct Made {
    event::Names names;
    std::optional<Plan> plan;
};

std::unique_ptr<Made> made() {
    auto made = std::make_unique<Made>();
    made->plan = std::move(*Plan::compile(*read_rules(rules_text, {made->names, {}}), made->names));
    return made;
}

std::string hits(const Plan& plan, const event::Names& names,
                 std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
    auto matcher = Matcher::make(plan, Matcher::Routing::all);
    event::Event event;
    for (const auto& [name, value] : fields) {
        event.add({names.field(name), event::Type::text, name, value});
    }
    std::string titles;
    for (const auto rule : matcher->match(event)) titles += plan.rule(rule).title + " ";
    return titles;
}

TEST(PlanBytes, AnswersAsThePlanThatWasSaved) {
    const auto before = made();
    const auto bytes = to_bytes(*before->plan, before->names);
    event::Names names;
    auto plan = from_bytes(bytes, names);
    ASSERT_TRUE(plan) << plan.error().message;
    EXPECT_EQ(to_bytes(*plan, names), bytes);
    EXPECT_EQ(plan->statistics().rules, 2U);
    EXPECT_EQ(plan->rule(0).level, Level::high);
    EXPECT_EQ(plan->rule(0).tags, std::vector<std::string>{"attack.t1059"});
    const auto event = {std::pair<std::string_view, std::string_view>{"Image", "C:\\CMD.exe"},
                        {"CommandLine", "x /C y"},
                        {"User", "tanaka"}};
    EXPECT_EQ(hits(*plan, names, event), "One ");
    EXPECT_EQ(hits(*plan, names, {{"CommandLine", "xaab"}, {"User", "u"}}), "One ");
    EXPECT_EQ(hits(*plan, names, {{"x", "it FAILED"}}), "Two ");
    EXPECT_EQ(hits(*plan, names, {{"SourceIp", "10.1.2.3"}, {"Port", "2000"}}), "Two ");
    EXPECT_EQ(hits(*plan, names, {{"SourceIp", "11.1.2.3"}, {"Port", "2000"}}), "");
}

TEST(PlanBytes, DamageIsTold) {
    const auto before = made();
    const auto bytes = to_bytes(*before->plan, before->names);
    for (std::size_t i = 0; i < bytes.size(); i += 7) {
        auto damaged = bytes;
        damaged[i] = static_cast<char>(damaged[i] ^ 4);
        event::Names names;
        EXPECT_FALSE(from_bytes(damaged, names)) << i;
        EXPECT_FALSE(from_bytes(bytes.substr(0, i), names)) << i;
    }
}

TEST(PlanBytes, OtherNamesBeforeAreTold) {
    const auto before = made();
    event::Names names;
    names.add_field("Another");
    EXPECT_FALSE(from_bytes(to_bytes(*before->plan, before->names), names));
}

// With a right sum and a wrong content nothing is read that is not there; what is accepted can be
// used.
TEST(PlanBytes, DamageBehindARightSumIsBounded) {
    const auto before = made();
    const auto bytes = to_bytes(*before->plan, before->names);
    std::size_t refused = 0;
    for (std::size_t i = 0; i + sizeof(std::uint64_t) < bytes.size(); ++i) {
        auto damaged = bytes.substr(0, bytes.size() - sizeof(std::uint64_t));
        damaged[i] = static_cast<char>(damaged[i] ^ 0x81);
        const auto sum = sum_of(damaged);
        damaged.append(reinterpret_cast<const char*>(&sum), sizeof sum);
        event::Names names;
        auto plan = from_bytes(damaged, names);
        refused += plan ? 0 : 1;
        if (plan) hits(*plan, names, {{"Image", "C:\\cmd.exe"}, {"CommandLine", "/c a.b"}});
    }
    EXPECT_GT(refused, 0U);
}

}  // namespace
}  // namespace shoji::sigma
