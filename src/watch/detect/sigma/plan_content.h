// What a compiled plan consists of; for plan.cpp, which makes it, and matcher.cpp, which uses it.
#pragma once

#include "watch/detect/sigma/literals.h"
#include "watch/detect/sigma/plan.h"
#include "watch/detect/sigma/test_match.h"
#include "watch/detect/sigma/trie.h"
#include "watch/detect/sigma/verdict_cache.h"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace shoji::sigma {

using TestNumber = std::uint32_t;  // of all distinct tests
using RuleNumber = std::uint32_t;

// What is looked for in the values of one field. Each finding is a list of rules to ask, by its
// number.
struct FieldIndex {
    event::FieldId field = any_field;
    Trie starts;
    Trie ends;
    std::optional<ManyMatcher> inside;           // in the folded value
    std::vector<std::uint32_t> inside_findings;  // finding of each literal
    std::optional<ManyMatcher> expressions;      // in the value as it is
    std::vector<std::uint32_t> expression_findings;
    std::vector<std::uint32_t> unsure_findings;  // those of no plain expressions (plain_text.h)
};

// The rules of one log source.
struct Group {
    event::SourceId product = event::no_source;  // no_source: any
    event::SourceId category = event::no_source;
    event::SourceId service = event::no_source;
    std::vector<RuleNumber> rules;
    std::vector<RuleNumber> always;  // those without a witness
    std::vector<FieldIndex> fields;
    std::vector<std::vector<RuleNumber>> findings;

    [[nodiscard]] bool is_for(const event::LogSource& source) const;
};

// An expression laid out flat: a node's children follow it, and `after` is the index behind its
// last one.
struct FlatNode {
    Expression::Kind kind;
    std::uint32_t test;  // TestNumber
    std::uint32_t after;
};

// The fields that a rule asks about, or the first of them.
struct AskedFields {
    std::array<event::FieldId, VerdictCache::most_fields> of{};
    std::uint8_t count = 0;
    bool all = false;  // there are no others
};

// A test on a folded value that one comparison answers; most tests are such.
struct SimpleTest {
    Glob::Shape shape = Glob::Shape::general;  // general: it is none
    std::string_view literal;                  // a view into the test
    event::FieldId field = any_field;
};

struct PlanContent {
    std::vector<Rule> rules;
    std::vector<Test> tests;
    std::vector<SimpleTest> simple;             // one a test
    std::vector<std::optional<Regex>> regexes;  // one a test
    std::vector<FlatNode> nodes;
    std::vector<std::uint32_t> first_node;  // of each rule
    std::vector<AskedFields> asked_fields;  // of each rule
    std::vector<Group> groups;
    std::size_t fields = 0;  // how many names of fields there were
    Plan::Statistics statistics;
};

// Fills what follows from the rest: `simple`, `regexes` where they are not there yet, and the
// statistics' counts.
void derive(PlanContent& content);

}  // namespace shoji::sigma
