// What a compiled plan consists of; for plan.cpp, which makes it, and matcher.cpp, which uses it.
#pragma once

#include "watch/detect/sigma/literals.h"
#include "watch/detect/sigma/plan.h"
#include "watch/detect/sigma/test_match.h"
#include "watch/detect/sigma/trie.h"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace shoji::sigma {

using TestNumber = std::uint32_t;  // of all distinct tests
using RuleNumber = std::uint32_t;
using DetectionNumber = std::uint32_t;

// What is looked for in the values of one field. Each finding is a list of detections to ask, by
// its number.
struct FieldIndex {
    event::FieldId field = any_field;
    Trie starts;
    Trie ends;
    std::optional<ManyMatcher> inside;           // in the folded value
    std::vector<std::uint32_t> inside_findings;  // finding of each literal
    std::uint32_t shortest_inside = 0;           // bytes of the shortest literal
    std::optional<ManyMatcher> expressions;      // in the value as it is
    std::vector<std::uint32_t> expression_findings;
    std::vector<std::uint32_t> unsure_findings;  // those of no plain expressions (plain_text.h)
};

// The detections of one log source. They have their places in `detections` as numbers here.
struct Group {
    event::SourceId product = event::no_source;  // no_source: any
    event::SourceId category = event::no_source;
    event::SourceId service = event::no_source;
    std::vector<DetectionNumber> detections;
    std::vector<std::uint32_t> always;  // those without a witness
    std::vector<FieldIndex> fields;
    std::vector<std::vector<std::uint32_t>> findings;

    [[nodiscard]] bool is_for(const event::LogSource& source) const;
};

// An expression laid out flat: a node's children follow it, and `after` is the index behind its
// last one.
struct FlatNode {
    Expression::Kind kind;
    std::uint32_t test;  // TestNumber
    std::uint32_t after;
};

// The fields that a detection asks about, or the first of them.
struct AskedFields {
    static constexpr std::size_t most = 6;

    std::array<event::FieldId, most> of{};
    std::uint32_t count = 0;
};

// What rules of one log source ask, once for all that ask the same.
struct Detection {
    std::uint32_t first_node = 0;
    AskedFields asked;
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
    std::vector<Detection> detections;
    std::vector<DetectionNumber> detection_of;  // each rule
    std::vector<Group> groups;
    std::size_t fields = 0;  // how many names of fields there were
    // The rules of each detection: those of `reports` from its own place in `first_report` on, up
    // to the next one's.
    std::vector<std::uint32_t> first_report;
    std::vector<RuleNumber> reports;
    Plan::Statistics statistics;
};

// Fills what follows from the rest: `simple`, `regexes` where they are not there yet, the reports,
// and the statistics' counts.
void derive(PlanContent& content);

}  // namespace shoji::sigma
