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
    if (shape == Glob::Shape::equal) {
        // Short values are words such as true, tcp and numbers; long ones names of programs.
        constexpr std::size_t word = 5;
        constexpr std::size_t name = 9;
        if (literal.size() <= word) return 0.5;
        return literal.size() <= name ? 0.05 : 0.005;
    }
    constexpr double common_value = 0.01;  // one program of those that run
    const double by_length = std::exp(-static_cast<double>(literal.size()) / 2.0);
    const bool program = literal.front() == '\\' && literal.ends_with(".exe");
    if (program) return common_value / 2;
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

// How often the expression holds; a guess of one half where nothing is known.
double frequency_of(const Rule& rule, const Expression& expression) {
    constexpr double unknown = 0.5;
    const auto child_frequency = [&](const Expression& child) { return frequency_of(rule, child); };
    switch (expression.kind) {
        case Expression::Kind::test:
            return frequency_of(rule.tests[expression.test]).value_or(unknown);
        case Expression::Kind::negation:
            return 1 - child_frequency(expression.children.front());
        case Expression::Kind::any: {
            double sum = 0;
            for (const auto& child : expression.children) sum += child_frequency(child);
            return std::min(1.0, sum);
        }
        default: {
            double least = 1;
            for (const auto& child : expression.children) {
                least = std::min(least, child_frequency(child));
            }
            return least;
        }
    }
}

}  // namespace

void put_in_order(const Rule& rule, Expression& expression) {
    for (auto& child : expression.children) put_in_order(rule, child);
    const auto key = [&](const Expression& child) { return frequency_of(rule, child); };
    std::vector<std::pair<double, std::size_t>> order;
    for (std::size_t i = 0; i < expression.children.size(); ++i) {
        const double frequency = key(expression.children[i]);
        order.emplace_back(expression.kind == Expression::Kind::any ? -frequency : frequency, i);
    }
    std::ranges::sort(order);
    std::vector<Expression> sorted;
    for (const auto& [frequency, index] : order)
        sorted.push_back(std::move(expression.children[index]));
    expression.children = std::move(sorted);
}

std::optional<Witness> witness_of(const Rule& rule) {
    return of(rule, rule.expression);
}

}  // namespace shoji::sigma
