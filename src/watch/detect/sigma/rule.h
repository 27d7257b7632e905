// A Sigma rule as read: what it says of itself, which log source it is for, and its detection as an
// expression over tests of fields. Source: Sigma specification 2.1, "Rules".
#pragma once

#include "watch/detect/sigma/glob.h"
#include "watch/detect/sigma/heading.h"
#include "watch/detect/sigma/network.h"
#include "watch/event/names.h"

#include <cstdint>
#include <string>
#include <vector>

namespace shoji::sigma {

// Keywords: any field of the event.
inline constexpr event::FieldId any_field{0xfffffffe};

enum class Operation : std::uint8_t {
    glob,     // the value, without regard to case unless `cased`
    regex,    // RE2's syntax, searched for anywhere in the value
    network,  // an IPv4 or IPv6 address inside
    exists,   // the field is there
    null,     // the field is not there, or null
    less,     // numbers
    less_equal,
    greater,
    greater_equal,
    same,         // as the other field's value
    same_start,   // begins with the other field's value
    same_end,     // ends with it
    same_inside,  // contains it
    minute,       // parts of the time that the field holds, in UTC
    hour,
    day,
    week,  // of ISO 8601
    month,
    year,
    never,  // a placeholder that nobody has filled
};

// One question about one field. A field with several values answers yes when one of them does.
struct Test {
    event::FieldId field = any_field;
    Operation operation = Operation::glob;
    bool cased = false;
    Glob glob;         // folded unless cased
    std::string text;  // regex: the expression with its flags
    Network network;
    double number = 0;                          // comparisons and parts of times
    event::FieldId other = event::other_field;  // same…

    bool operator==(const Test&) const = default;
};

struct Expression {
    enum class Kind : std::uint8_t { all, any, negation, test };

    Kind kind = Kind::all;
    std::uint32_t test = 0;            // index into Rule::tests
    std::vector<Expression> children;  // one for negation; none: 'all' is true, 'any' is false

    bool operator==(const Expression&) const = default;
};

struct Rule : Heading {
    RuleSource source;

    std::vector<Test> tests;
    Expression expression;
    std::vector<std::string> unfilled;  // placeholders without a list
};

}  // namespace shoji::sigma
