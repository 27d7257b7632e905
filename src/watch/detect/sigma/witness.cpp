#include "watch/detect/sigma/witness.h"

#include <algorithm>
#include <cmath>

namespace shoji::sigma {
namespace {

// How often a test is true. Only the order of these figures matters, and no answer depends on them:
// they come from counting how often literals of that length stand in usual events.
std::optional<double> frequency_of(const Test& test) {
    if (test.operation == Operation::regex) return 0.02;
    if (test.operation == Operation::never) return 0;
    if (test.operation != Operation::glob) return std::nullopt;
    const auto shape = test.glob.shape();
    if (shape == Glob::Shape::anything) return std::nullopt;
    const auto literal = test.glob.longest_literal();
    if (literal.empty()) {
        // The empty text alone; '?' alone has no literal to look for.
        return test.glob.parts().empty() ? std::optional(0.05) : std::nullopt;
    }
    // One value of few: the programs that run, the numbers of events.
    constexpr double common_value = 0.01;
    if (shape == Glob::Shape::equal) return common_value;
    const double by_length = std::exp(-static_cast<double>(literal.size()) / 2.0);
    if (shape == Glob::Shape::end || shape == Glob::Shape::start) {
        return std::max(by_length, common_value / 2);
    }
    return std::max(by_length, common_value / 20);
}

std::optional<Witness> of(const Rule& rule, const Expression& expression) {
    switch (expression.kind) {
        case Expression::Kind::test: {
            const auto frequency = frequency_of(rule.tests[expression.test]);
            if (!frequency) return std::nullopt;
            return Witness{{expression.test}, *frequency};
        }
        case Expression::Kind::any: {
            Witness all;
            for (const auto& child : expression.children) {
                const auto one = of(rule, child);
                if (!one) return std::nullopt;
                all.tests.insert(all.tests.end(), one->tests.begin(), one->tests.end());
                all.cost += one->cost;
            }
            return all;
        }
        case Expression::Kind::all: {
            std::optional<Witness> best;
            for (const auto& child : expression.children) {
                auto one = of(rule, child);
                if (one && (!best || one->cost < best->cost)) best = std::move(one);
            }
            return best;
        }
        default:
            return std::nullopt;
    }
}

}  // namespace

std::optional<Witness> witness_of(const Rule& rule) {
    return of(rule, rule.expression);
}

}  // namespace shoji::sigma
