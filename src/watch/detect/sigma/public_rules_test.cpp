// SigmaHQ's own rules and regression data, where the folder of public data stands beside the
// checkout.
#include "watch/detect/sigma/naive.h"
#include "watch/detect/sigma/plan.h"
#include "watch/detect/sigma/rule_reader.h"
#include "watch/event/evtx_file.h"
#include "watch/event/json_documents.h"
#include "watch/event/json_reader.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::sigma {
namespace {

namespace fs = std::filesystem;

const fs::path folder = fs::path(SHOJI_SHARED_DATA) / "sigma";

std::string content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

class PublicRules : public ::testing::Test {
  protected:
    void SetUp() override {
        if (!fs::exists(folder)) GTEST_SKIP() << folder << " is not there";
        for (const auto* part : {"rules", "rules-compliance", "rules-emerging-threats",
                                 "rules-placeholder", "rules-threat-hunting"}) {
            for (const auto& entry : fs::recursive_directory_iterator(folder / part)) {
                if (entry.path().extension() == ".yml") read(entry.path());
            }
        }
    }
    void read(const fs::path& path) {
        auto rules = read_rules(content(path), {names_, {}});
        ASSERT_TRUE(rules) << path << ": " << rules.error().message;
        for (auto& rule : *rules) {
            const auto id = rule.id;
            rules_.emplace(id, std::move(rule));
        }
    }

    event::Names names_;
    std::map<std::string, Rule> rules_;
};

TEST_F(PublicRules, AllCompile) {
    for (const auto& [id, rule] : rules_) {
        const auto naive = NaiveRule::compile(rule);
        EXPECT_TRUE(naive) << rule.title << ": " << naive.error().message;
    }
    EXPECT_EQ(rules_.size(), 3780U);
}

// Every event of the regression data, with the id of the rule that one at least of a file's must
// match.
template <class Visit>
void each_event(const event::Names& names, const event::WindowsSources& windows, Visit&& visit) {
    event::JsonReader reader(names, windows);
    event::Event event;
    for (const auto& entry : fs::recursive_directory_iterator(folder / "regression_data")) {
        if (entry.path().extension() != ".json") continue;
        auto text = content(entry.path());
        const auto size = text.size();
        text.resize(size + event::json_padding);
        event::JsonDocuments documents({text.data(), size});
        while (const auto document = documents.next()) {
            const auto read = reader.read(*document, event);
            EXPECT_TRUE(read) << entry.path() << ": " << read.error().message;
            visit(entry.path().stem().string(), event);
        }
    }
}

TEST_F(PublicRules, MatchTheEventLogsOfTheirRegressionData) {
    const event::WindowsSources windows(names_);
    std::vector<std::string> missed;
    std::size_t files = 0;
    event::Event event;
    for (const auto& entry : fs::recursive_directory_iterator(folder / "regression_data")) {
        if (entry.path().extension() != ".evtx") continue;
        ++files;
        const auto text = content(entry.path());
        const auto naive = NaiveRule::compile(rules_.at(entry.path().stem()));
        event::EvtxFile file({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()},
                             names_, windows);
        bool matched = false;
        while (file.next(event)) matched = naive->matches(event) || matched;
        if (!matched) missed.push_back(entry.path().string());
        EXPECT_EQ(file.damages().count(), 0U) << entry.path();
        EXPECT_GT(file.records(), 0U) << entry.path();
    }
    EXPECT_EQ(files, 202U);
    EXPECT_THAT(missed, ::testing::IsEmpty());
}

TEST_F(PublicRules, MatchTheirRegressionData) {
    const event::WindowsSources windows(names_);
    std::set<std::string> expected;
    std::set<std::string> matched;
    each_event(names_, windows, [&](const std::string& id, const event::Event& event) {
        expected.insert(id);
        const auto naive = NaiveRule::compile(rules_.at(id));
        if (naive->matches(event)) matched.insert(id);
    });
    EXPECT_EQ(expected.size(), 202U);
    std::vector<std::string> missed;
    std::ranges::set_difference(expected, matched, std::back_inserter(missed));
    EXPECT_THAT(missed, ::testing::IsEmpty());
}

TEST_F(PublicRules, GiveTheSameAsOnePlan) {
    const event::WindowsSources windows(names_);
    std::vector<Rule> rules;
    std::vector<NaiveRule> naive;
    for (const auto& [id, rule] : rules_) {
        rules.push_back(rule);
        naive.push_back(*NaiveRule::compile(rule));
    }
    const auto plan = Plan::compile(rules, names_);
    ASSERT_TRUE(plan) << plan.error().message;
    auto all = Matcher::make(*plan, Matcher::Routing::all);
    auto routed = Matcher::make(*plan);
    ASSERT_TRUE(all && routed);
    const auto ids = [&](auto hits) {
        std::set<std::string> found;
        for (const auto hit : hits) found.insert(plan->rule(hit).id);
        return found;
    };
    each_event(names_, windows, [&](const std::string& id, const event::Event& event) {
        std::set<std::string> expected;
        std::size_t index = 0;
        for (const auto& [rule, content] : rules_) {
            if (naive[index++].matches(event)) expected.insert(rule);
        }
        EXPECT_EQ(ids(all->match(event)), expected) << id;
        std::erase_if(expected, [&](const std::string& rule) {
            const auto& source = rules_.at(rule).source;
            const auto is = [&](const std::string& asked, event::SourceId one) {
                return asked.empty() || asked == names_.name(one);
            };
            return !is(source.product, event.source.product) ||
                   !is(source.service, event.source.service) ||
                   std::ranges::none_of(event.source.categories,
                                        [&](auto one) { return is(source.category, one); });
        });
        EXPECT_EQ(ids(routed->match(event)), expected) << id;
    });
    const auto& statistics = plan->statistics();
    RecordProperty("always", static_cast<int>(statistics.always));
    fmt::print("{} rules, {} tests, {} groups, {} always, {} bytes\n", statistics.rules,
               statistics.tests, statistics.groups, statistics.always, statistics.matcher_bytes);
}

}  // namespace
}  // namespace shoji::sigma
