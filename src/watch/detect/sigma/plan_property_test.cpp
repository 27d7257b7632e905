// The compiled plan answers as the plain evaluator does, over random rules and events of few words,
// so that much of it holds; values come again and again, as in logs, and some rules twice.
#include "watch/detect/sigma/naive.h"
#include "watch/detect/sigma/plan.h"
#include "watch/detect/sigma/rule_reader.h"

#include <algorithm>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace shoji::sigma {
namespace {

class Random {
  public:
    explicit Random(std::uint32_t seed) : engine_(seed) {}
    std::uint32_t below(std::uint32_t limit) {
        return static_cast<std::uint32_t>(engine_() % limit);
    }
    bool one_in(std::uint32_t count) { return below(count) == 0; }
    std::string of(std::initializer_list<const char*> texts) {
        return *(texts.begin() + below(static_cast<std::uint32_t>(texts.size())));
    }
    // A short text over a small alphabet, wildcards and escapes among it where the caller wants
    // them.
    std::string text(bool wild) {
        std::string text;
        for (auto length = below(5); length > 0; --length) {
            text +=
                wild && one_in(4)
                    ? of({"*", "?", "\\*", "\\\\", "\\"})
                    : of({"a", "B", "b", "ab", "\\", "-", "é", "É", "障", "*", "\v", "1", "\xff"});
        }
        return text;
    }

  private:
    std::mt19937 engine_;
};

std::string quoted(const std::string& text) {
    std::string yaml = "'";
    for (const char c : text) {
        if (c != '\v' && c != '\xff')
            yaml += c == '\'' ? "''" : std::string(1, c);  // YAML has no such characters
    }
    return yaml + "'";
}

std::string item(Random& random) {
    std::string field = random.one_in(8) ? "" : random.of({"A", "B", "C"});
    const auto modifiers =
        random.of({"", "", "|contains", "|startswith", "|endswith", "|contains|all", "|cased",
                   "|cased|contains", "|re", "|re|i", "|windash|contains", "|exists", "|fieldref",
                   "|gt", "|null", "|base64offset|contains"});
    if (field.empty())
        return modifiers == "|contains|all" ? "'|all': [a, b]"
                                            : "'|contains': " + quoted(random.text(false));
    if (modifiers == "|exists") return field + modifiers + ": " + random.of({"true", "false"});
    if (modifiers == "|fieldref") return field + modifiers + ": " + random.of({"A", "B", "C"});
    if (modifiers == "|gt") return field + modifiers + ": 1";
    if (modifiers == "|null") return field + ": null";
    if (modifiers.starts_with("|re")) {
        return field + modifiers + ": " +
               random.of({"'^a'", "'b$'", "'a.b'", "'^.$'", "'[^a]'", "'\\S'", "'a|B'", "'é'"});
    }
    const bool wild = modifiers.find("base64") == std::string::npos;
    std::string list;
    for (auto count = 1 + random.below(3); count > 0; --count) {
        list += (list.empty() ? "" : ", ") +
                quoted(wild ? random.text(true) : random.of({"a", "ab", "b1"}));
    }
    return field + modifiers + ": [" + list + "]";
}

std::string rule_text(Random& random) {
    std::string text = "title: T\nlogsource: {product: windows}\ndetection:\n";
    for (const auto* name : {"s1", "s2", "s3"}) {
        text += std::string("  ") + name + ":\n    " + item(random) + "\n";
        if (random.one_in(3)) text += "    X|contains: ''\n";
    }
    return text + "  condition: " +
           random.of({"s1", "s1 and s2", "s1 or s2", "s1 and not s2", "not s1", "1 of s*",
                      "all of them", "2 of s*", "s1 and (s2 or not s3)", "not (s1 or s2) and s3"}) +
           "\n";
}

TEST(PlanProperty, AnswersAsThePlainEvaluator) {
    constexpr std::uint32_t rounds = 40;
    std::size_t held = 0;
    for (std::uint32_t seed = 1; seed <= rounds; ++seed) {
        Random random(seed);
        event::Names names;
        std::vector<Rule> rules;
        std::vector<NaiveRule> naive;
        rules.reserve(60);
        std::vector<std::string> texts;
        for (int i = 0; i < 60; ++i) {
            const bool again = i > 0 && random.one_in(8);
            const auto text = again ? texts[random.below(static_cast<std::uint32_t>(texts.size()))]
                                    : rule_text(random);
            texts.push_back(text);
            auto read = read_rules(text, {names, {}});
            ASSERT_TRUE(read) << read.error().message << "\n" << text;
            rules.push_back(std::move(read->front()));
            naive.push_back(*NaiveRule::compile(rules.back()));
        }
        const auto plan = Plan::compile(rules, names);
        ASSERT_TRUE(plan);
        auto matcher = Matcher::make(*plan, Matcher::Routing::all);
        ASSERT_TRUE(matcher);
        std::vector<std::string> usual(8);
        for (auto& value : usual) value = random.text(false);
        event::Event event;
        for (int i = 0; i < 200; ++i) {
            event.clear();
            for (auto fields = random.below(6); fields > 0; --fields) {
                const auto name = event.keep(random.of({"A", "B", "C", "X", "other"}));
                const bool null = random.one_in(8);
                const auto value =
                    random.one_in(4)
                        ? random.text(false)
                        : usual[random.below(static_cast<std::uint32_t>(usual.size()))];
                event.add({names.field(name), null ? event::Type::null : event::Type::text, name,
                           null ? std::string_view() : event.keep(value)});
            }
            const auto hits = matcher->match(event);
            for (std::uint32_t rule = 0; rule < rules.size(); ++rule) {
                const bool expected = naive[rule].matches(event);
                ASSERT_EQ(std::ranges::find(hits, rule) != hits.end(), expected)
                    << "seed " << seed << ", event " << i << ", rule " << rule;
                held += expected ? 1 : 0;
            }
        }
    }
    EXPECT_GT(held, 10'000U) << "the rules hold too seldom to say anything";
}

}  // namespace
}  // namespace shoji::sigma
