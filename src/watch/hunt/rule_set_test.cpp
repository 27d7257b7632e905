#include "watch/hunt/rule_set.h"

#include "watch/hunt/gathering.h"
#include "watch/hunt/hunt.h"

#include <cstdlib>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::hunt {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

std::string rule(const std::string& name, const std::string& detection) {
    return "---\ntitle: " + name + "\nname: " + name +
           "\nlevel: low\nlogsource: {product: windows}\ndetection:\n  s: {" + detection +
           "}\n  condition: s\n";
}
std::string correlation(const std::string& title, const std::string& members) {
    return "---\ntitle: " + title + "\nname: " + title +
           "\nlevel: high\ncorrelation: {timespan: 10m, " + members + "}\n";
}
const std::string failed = rule("failed", "EventID: 4625");
const std::string many =
    correlation("many",
                "type: event_count, rules: [failed], group-by: [TargetUserName], "
                "condition: {gte: 3}");

class RuleSetTest : public ::testing::Test {
  protected:
    RuleSetTest() {
        std::string name = (fs::temp_directory_path() / "shoji-rules-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        request_.rules = {folder_ / "rules"};
    }
    ~RuleSetTest() override { fs::remove_all(folder_); }

    fs::path write(const fs::path& name, std::string_view text) {
        fs::create_directories((folder_ / name).parent_path());
        std::ofstream(folder_ / name, std::ios::binary) << text;
        return folder_ / name;
    }
    // Events of the Security log, each "minute user".
    void write_log(const fs::path& name, int id,
                   const std::vector<std::pair<int, std::string>>& events) {
        std::string text;
        for (const auto& [minute, user] : events) {
            const auto time =
                minute < 0 ? std::string()
                           : fmt::format(R"("@timestamp":"2026-11-20T01:{:02}:00Z",)", minute);
            text += fmt::format(
                R"({{{}"winlog":{{"event_id":{},"channel":"Security","event_data":{{"TargetUserName":"{}"}}}}}})"
                "\n",
                time, id, user);
        }
        write(name, text);
    }
    std::vector<std::string> problems(const RuleSet& set) {
        std::vector<std::string> all;
        for (const auto& problem : set.folder.problems) {
            all.push_back(problem.rule + ": " + problem.error.message);
        }
        return all;
    }
    Timeline hunt_with(const RuleSet& set, Wish wish = {}) {
        files_ = *log_files({folder_ / "logs"});
        wish.correlations = &set.correlations;
        Progress progress;
        auto timeline = hunt(*set.plan, set.names, set.windows, files_, wish, progress);
        EXPECT_TRUE(timeline);
        return std::move(*timeline);
    }
    // "title file details" of each hit.
    std::vector<std::string> shown(const RuleSet& set, const Timeline& timeline) {
        std::vector<std::string> all;
        const auto rules = set.plan->statistics().rules;
        for (const auto& hit : timeline.hits) {
            const auto& title = hit.rule < rules
                                    ? set.plan->rule(hit.rule).title
                                    : set.correlations.steps()[hit.rule - rules].rule.title;
            all.push_back(title + " " + files_[hit.file].filename().string() + " " + hit.details);
        }
        return all;
    }

    fs::path folder_;
    RuleRequest request_;
    std::vector<fs::path> files_;
};

TEST_F(RuleSetTest, CorrelationsSeeAllFilesInTheOrderOfTime) {
    write("rules/a.yml", failed);
    write("rules/b.yml", many + rule("success", "EventID: 4624") +
                             correlation("breach",
                                         "type: temporal_ordered, rules: [many, "
                                         "success], group-by: [TargetUserName]"));
    write_log("logs/1.json", 4625, {{1, "ada"}, {9, "ada"}, {2, "bob"}});
    write_log("logs/2.json", 4625, {{5, "ADA"}, {40, "bob"}});
    write_log("logs/3.json", 4624, {{12, "Ada"}, {12, "bob"}});
    const auto set = read_rule_set(request_);
    ASSERT_TRUE(set) << set.error().message;
    EXPECT_THAT(problems(**set), IsEmpty());
    for (const unsigned int threads : {1U, 3U}) {
        Wish wish;
        wish.threads = threads;
        const auto timeline = hunt_with(**set, wish);
        EXPECT_THAT(shown(**set, timeline),
                    ElementsAre("breach 3.json TargetUserName=Ada | rules=2 | "
                                "since=2026-11-20T01:09:00.000000000Z"))
            << "the rules that it refers to are no hits themselves";
        EXPECT_EQ(timeline.hits.front().event_id, "4624");
        EXPECT_EQ(timeline.correlation_losses.all(), 0U);
    }
}

TEST_F(RuleSetTest, GeneratedRulesAreHitsAsWell) {
    write("rules/a.yml", failed + correlation("two",
                                              "type: event_count, rules: [failed], "
                                              "generate: true, condition: {gte: 2}"));
    write_log("logs/1.json", 4625, {{1, "ada"}, {2, "ada"}});
    const auto set = read_rule_set(request_);
    EXPECT_THAT(shown(**set, hunt_with(**set)),
                ElementsAre("failed 1.json TargetUserName=ada", "failed 1.json TargetUserName=ada",
                            "two 1.json event_count=2 | since=2026-11-20T01:01:00.000000000Z"));
    Wish wish;
    wish.least = sigma::Level::high;
    EXPECT_EQ(hunt_with(**set, wish).hits.size(), 1U);
    wish.least = sigma::Level::critical;
    EXPECT_EQ(hunt_with(**set, wish).hits.size(), 0U);
}

TEST_F(RuleSetTest, WhatCorrelationsAreNotToldIsCounted) {
    write("rules/a.yml", failed + many);
    write_log("logs/1.json", 4625, {{1, "ada"}, {-1, "ada"}, {2, "ada"}, {3, "ada"}});
    const auto set = read_rule_set(request_);
    auto timeline = hunt_with(**set);
    EXPECT_EQ(timeline.observations_left_out, 1U) << "one has no time";
    EXPECT_EQ(timeline.hits.size(), 1U);
    Wish wish;
    wish.most_gathered_bytes = 700;
    timeline = hunt_with(**set, wish);
    EXPECT_GE(timeline.observations_left_out, 2U);
    EXPECT_THAT(timeline.hits, IsEmpty());
    wish = {};
    wish.correlation_limits.events = 2;
    timeline = hunt_with(**set, wish);
    EXPECT_EQ(timeline.correlation_losses.events, 1U);
    EXPECT_THAT(timeline.hits, IsEmpty());
}

TEST_F(RuleSetTest, AGatheringKeepsTheEarliestWhateverTheirOrder) {
    const auto kept = [](const std::vector<int>& times) {
        Seen one;
        const auto bytes = one.bytes();
        Gathering gathering(3 * bytes);
        for (const auto time : times) {
            one.observation.time = time;
            std::vector<Seen> some{one};
            gathering.add(some);
            EXPECT_THAT(some, IsEmpty());
        }
        std::string all;
        for (const auto& seen : gathering.take()) all += std::to_string(seen.observation.time);
        return all + " " + std::to_string(gathering.left_out());
    };
    EXPECT_EQ(kept({5, 4, 3, 2, 1, 6, 7, 8, 9}), "123 6");
    EXPECT_EQ(kept({1, 9, 8, 2, 7, 6, 5, 3, 4}), "123 6");
    EXPECT_EQ(kept({2, 1}), "12 0");
}

TEST_F(RuleSetTest, FiltersAreAppliedWhereverTheyStand) {
    write("rules/a-filter.yml",
          "title: F\nlogsource: {product: windows}\nfilter:\n  rules: "
          "[failed, nobody]\n  s: {TargetUserName: ada}\n  condition: not s\n");
    write("rules/b.yml", failed);
    write("rules/c-filter.yml",
          "title: G\nlogsource: {product: windows}\nfilter:\n  rules: any\n"
          "  s: {TargetUserName: cid}\n  condition: not s\n");
    write("rules/d-filter.yml", "title: H\nlogsource: {}\nfilter:\n  rules: any\n  condition: s\n");
    write_log("logs/1.json", 4625, {{1, "ada"}, {2, "bob"}, {3, "cid"}});
    const auto set = read_rule_set(request_);
    ASSERT_TRUE(set) << set.error().message;
    EXPECT_THAT(
        problems(**set),
        ElementsAre(HasSubstr("H: line 5"),
                    "F: line 1: it is for 'nobody', and no rule that is read is called so"));
    EXPECT_EQ((*set)->folder.filters, 1U);
    EXPECT_EQ((*set)->plan->statistics().rules, 1U);
    EXPECT_THAT(shown(**set, hunt_with(**set)), ElementsAre("failed 1.json TargetUserName=bob"));
}

TEST_F(RuleSetTest, PipelinesAndListsAreForRulesAndCorrelations) {
    write("rules/a.yml",
          rule("failed", "Id: 4625, User|expand: '%watched%'") +
              correlation("C",
                          "type: event_count, rules: [failed], group-by: [User], condition: "
                          "{gte: 2}"));
    write_log("logs/1.json", 4625, {{1, "ada"}, {2, "eve"}, {3, "ada"}, {4, "eve"}});
    request_.pipelines = {
        write("2.yml",
              "priority: 2\ntransformations: [{type: field_name_mapping, mapping: {u: "
              "TargetUserName, i: EventID}}]\n"),
        write("1.yml",
              "priority: 1\nallowed_backends: [x]\ntransformations: [{type: "
              "field_name_mapping, mapping: {User: u, Id: i}}]\n")};
    auto set = read_rule_set(request_);
    ASSERT_TRUE(set) << set.error().message;
    EXPECT_THAT((*set)->plan->rule(0).unfilled, ElementsAre("watched"));
    EXPECT_EQ((*set)->notices.size(), 1U);
    request_.placeholders = write("lists.yml", "watched: [ada, x]\nother: 1\n");
    set = read_rule_set(request_);
    ASSERT_TRUE(set) << set.error().message;
    EXPECT_THAT(problems(**set), IsEmpty());
    EXPECT_THAT(shown(**set, hunt_with(**set)),
                ElementsAre(HasSubstr("C 1.json TargetUserName=ada | event_count=2")));
}

TEST_F(RuleSetTest, WrongPipelinesAndListsAreErrors) {
    write("rules/a.yml", failed + many);
    const auto error = [&] {
        const auto set = read_rule_set(request_);
        return set ? "" : set.error().message;
    };
    request_.pipelines = {write("p.yml", "transformations: [{type: magic}]\n")};
    EXPECT_THAT(error(),
                HasSubstr("p.yml cannot be used: line 1: the transformation 'magic': not known"));
    EXPECT_EQ(read_rule_set(request_).error().words.front().sentence, "{} cannot be used");
    request_.pipelines = {folder_ / "none.yml"};
    EXPECT_EQ(read_rule_set(request_).error().kind, base::ErrorKind::not_found);
    request_.pipelines = {write("p.yml", "transformations: [{type: rule_failure, message: no}]\n")};
    EXPECT_THAT(problems(**read_rule_set(request_)),
                ElementsAre(HasSubstr(": no"), HasSubstr(": no")));
    request_.pipelines.clear();
    for (const auto* text : {"- a\n", "a: {b: c}\n", "a: [[b]]\n", "a: [\n"}) {
        request_.placeholders = write("l.yml", text);
        EXPECT_THAT(error(), HasSubstr("l.yml cannot be used: line ")) << text;
    }
}

TEST_F(RuleSetTest, ARuleOfSeveralConditionsIsOneRule) {
    auto two = rule("two", "A: x");
    two.replace(two.find("condition: s"), 12, "condition: [s, not s]");
    write("rules/a.yml", failed + two + "---\n");
    const auto set = read_rule_set(request_);
    ASSERT_TRUE(set) << set.error().message;
    EXPECT_THAT(problems(**set), IsEmpty()) << "nothing stands behind the last ---";
    EXPECT_EQ((*set)->folder.documents, 2U);
    EXPECT_EQ((*set)->plan->statistics().rules, 3U);
}

TEST_F(RuleSetTest, EveryErrorNamesFileAndLine) {
    write("rules/a.yml", failed + rule("regex", "A|re: '('") +
                             correlation("self", "type: temporal, rules: [self]") +
                             correlation("alias",
                                         "type: temporal, rules: [failed], aliases: "
                                         "{x: {nobody: y}}"));
    write("rules/b.yml",
          "title: F\nlogsource: {product: windows}\nfilter: {rules: [nobody], s: {A: x}, "
          "condition: s}\n");
    write("rules/c.yml", "title: [\n");
    request_.pipelines = {write("p.yml", "transformations: [{type: rule_failure, message: no}]\n")};
    for (const bool piped : {false, true}) {
        if (!piped) request_.pipelines.clear();
        const auto set = read_rule_set(request_);
        ASSERT_TRUE(set) << set.error().message;
        EXPECT_GE((*set)->folder.problems.size(), 5U);
        for (const auto& problem : (*set)->folder.problems) {
            EXPECT_THAT(problem.file, HasSubstr("rules/"));
            EXPECT_THAT(problem.error.words,
                        ::testing::Contains(::testing::Field(&base::Words::sentence, "line {}")))
                << problem.error.message;
        }
    }
}

TEST_F(RuleSetTest, WrongCorrelationsAreNamedAndTheRestLoads) {
    write("rules/a.yml", failed + many + correlation("bad", "type: temporal, rules: [nobody]") +
                             correlation("worse", "type: magic, rules: [failed]") +
                             rule("broken", "A|re: '('") +
                             correlation("lost", "type: temporal, rules: [broken]"));
    const auto set = read_rule_set(request_);
    ASSERT_TRUE(set) << set.error().message;
    EXPECT_THAT(problems(**set),
                ElementsAre(MatchesRegex("worse: line [0-9]+: .*"),
                            MatchesRegex("broken: s: line [0-9]+: the expression '\\(' .*"),
                            MatchesRegex("bad: line [0-9]+: it refers to 'nobody'.*"),
                            MatchesRegex("lost: line [0-9]+: it refers to 'broken'.*")));
    EXPECT_EQ((*set)->correlations.steps().size(), 1U);
    EXPECT_EQ((*set)->folder.problems.back().about, RuleProblem::About::correlation);
}

}  // namespace
}  // namespace shoji::hunt
