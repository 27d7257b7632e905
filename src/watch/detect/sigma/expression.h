// Small makers of expressions.
#pragma once

#include "watch/detect/sigma/rule.h"

#include <utility>
#include <vector>

namespace shoji::sigma {

// One part alone stands for itself; parts of the same kind are taken in.
inline Expression combined(Expression::Kind kind, std::vector<Expression> parts) {
    if (parts.size() == 1) return std::move(parts.front());
    Expression whole{kind, 0, {}};
    for (auto& part : parts) {
        if (part.kind == kind) {
            for (auto& inner : part.children) whole.children.push_back(std::move(inner));
        } else {
            whole.children.push_back(std::move(part));
        }
    }
    return whole;
}

inline Expression negation(Expression of) {
    Expression whole{Expression::Kind::negation, 0, {}};
    whole.children.push_back(std::move(of));
    return whole;
}

}  // namespace shoji::sigma
