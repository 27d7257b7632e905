// What a compiled plan consists of; for plan.cpp, which makes it, and matcher.cpp, which uses it.
#pragma once

#include "watch/detect/sigma/lists.h"
#include "watch/detect/sigma/literals.h"
#include "watch/detect/sigma/plan.h"
#include "watch/detect/sigma/rule_shelf.h"
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
    std::vector<std::uint32_t> unsure_findings;      // those of no plain expressions (plain_text.h)
    std::vector<std::uint32_t> unsearched_findings;  // of expressions that are not looked for
};

// The detections of one log source. They have their places in `detections` as numbers here.
struct Group {
    event::SourceId product = event::no_source;  // no_source: any
    event::SourceId category = event::no_source;
    event::SourceId service = event::no_source;
    std::vector<DetectionNumber> detections;
    std::vector<std::uint32_t> always;  // those without a witness
    std::vector<FieldIndex> fields;
    Lists findings;

    [[nodiscard]] bool is_for(const event::LogSource& source) const;
};

// An expression laid out flat: a node's children follow it, and `after` is the index behind its
// last one.
struct FlatNode {
    std::uint32_t kind;  // Expression::Kind
    std::uint32_t test;  // TestNumber
    std::uint32_t after;

    [[nodiscard]] bool is(Expression::Kind other) const {
        return kind == static_cast<std::uint32_t>(other);
    }
};

// The fields that a detection asks about, or the first of them.
struct AskedFields {
    static constexpr std::size_t most = 6;

    std::array<event::FieldId, most> of{};
    std::uint32_t count = 0;
};

// What rules of one log source ask, once for all that ask the same.
struct FlatDetection {
    std::uint32_t first_node = 0;
    AskedFields asked;
};

// A test that one comparison with a folded value answers, as most are; or, when its shape is
// general, the place of another one.
struct FlatTest {
    event::FieldId field = any_field;
    std::uint32_t shape = 0;  // Glob::Shape
    std::uint32_t begin = 0;  // of its text in PlanContent::literals; general: index into `tests`
    std::uint32_t size = 0;   // bytes

    [[nodiscard]] bool is_general() const {
        return shape == static_cast<std::uint32_t>(Glob::Shape::general);
    }
};

struct PlanContent {
    RuleShelf rules;
    std::vector<FlatTest> flat_tests;  // by their numbers
    std::string literals;
    std::vector<Test> tests;                    // the general ones
    std::vector<std::optional<Regex>> regexes;  // one for each of `tests`
    std::vector<FlatNode> nodes;
    std::vector<FlatDetection> detections;
    std::vector<DetectionNumber> detection_of;  // each rule
    std::vector<Group> groups;
    std::size_t fields = 0;  // how many names of fields there were
    Lists reports;           // the rules of each detection
    Plan::Statistics statistics;

    [[nodiscard]] std::string_view literal(const FlatTest& test) const {
        return std::string_view(literals).substr(test.begin, test.size);
    }
};

// Fills what follows from the rest: `regexes` where they are not there yet, the reports, and the
// statistics' counts.
void derive(PlanContent& content);

}  // namespace shoji::sigma
