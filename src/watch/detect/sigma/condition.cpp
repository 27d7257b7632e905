#include "watch/detect/sigma/condition.h"

#include "watch/detect/sigma/expression.h"
#include "watch/detect/sigma/fold.h"
#include "watch/detect/sigma/glob.h"

#include <charconv>
#include <optional>

namespace shoji::sigma {
namespace {

using base::ErrorKind;
using base::Result;

std::size_t size_of(const Expression& expression) {
    std::size_t size = 1;
    for (const auto& child : expression.children) size += size_of(child);
    return size;
}

// Every choice of `count` of the parts, joined: at least that many hold. Bounded by the caller's
// budget.
Expression at_least(std::size_t count, const std::vector<Expression>& parts, std::size_t from) {
    if (count == 0) return {Expression::Kind::all, 0, {}};
    std::vector<Expression> any;
    for (std::size_t i = from; i + count <= parts.size(); ++i) {
        std::vector<Expression> both;
        both.push_back(parts[i]);
        if (count > 1) both.push_back(at_least(count - 1, parts, i + 1));
        any.push_back(combined(Expression::Kind::all, std::move(both)));
    }
    return combined(Expression::Kind::any, std::move(any));
}

// or ← and ('or' and)*; and ← not ('and' not)*; not ← 'not' not | '(' or ')' | quantified | name
class Parser {
  public:
    Parser(std::string_view text, const Searches& searches) : rest_(text), searches_(searches) {
        advance();
    }

    Result<Expression> whole() {
        auto expression = joined(Expression::Kind::any, 0);
        if (expression && !token_.empty()) {
            if (token_ == "|") {
                return base::because(
                    ErrorKind::invalid,
                    "the condition counts with '|'; correlation rules do that now");
            }
            return unexpected();
        }
        return expression;
    }

  private:
    void advance() {
        const auto start = rest_.find_first_not_of(" \t\r\n");
        rest_.remove_prefix(start == std::string_view::npos ? rest_.size() : start);
        std::size_t length = rest_.find_first_of(" \t\r\n()|");
        if (length == 0) length = 1;
        token_ = rest_.substr(0, length);
        rest_.remove_prefix(token_.size());
    }
    [[nodiscard]] bool is(std::string_view word) const { return fold(token_) == word; }

    [[nodiscard]] base::Failure unexpected() const {
        if (token_.empty())
            return base::because(ErrorKind::invalid, "the condition ends too early");
        return base::because(ErrorKind::invalid, "the condition has '{}' where it does not belong",
                             token_);
    }

    Result<Expression> joined(Expression::Kind kind, std::size_t depth) {
        const bool any = kind == Expression::Kind::any;
        if (depth > most_condition_depth) {
            return base::because(ErrorKind::invalid, "the condition is nested more than {} deep",
                                 most_condition_depth);
        }
        std::vector<Expression> parts;
        while (true) {
            auto part = any ? joined(Expression::Kind::all, depth) : negated(depth);
            if (!part) return part;
            parts.push_back(std::move(*part));
            if (!is(any ? "or" : "and")) return combined(kind, std::move(parts));
            advance();
        }
    }

    Result<Expression> negated(std::size_t depth) {
        bool negate = false;
        while (is("not")) {
            negate = !negate;
            advance();
        }
        auto inner = operand(depth);
        if (!inner || !negate) return inner;
        return negation(std::move(*inner));
    }

    Result<Expression> operand(std::size_t depth) {
        if (token_ == "(") {
            advance();
            auto inner = joined(Expression::Kind::any, depth + 1);
            if (!inner) return inner;
            if (token_ != ")") return unexpected();
            advance();
            return inner;
        }
        if (auto count = quantity()) {
            const auto next = rest_.find_first_not_of(" \t\r\n");
            if (next != std::string_view::npos && fold(rest_.substr(next, 2)) == "of") {
                advance();
                advance();
                return quantified(*count);
            }
        }
        const auto search = searches_.find(token_);
        if (search == searches_.end()) {
            if (token_.empty() || token_ == ")" || token_ == "|") return unexpected();
            return base::because(ErrorKind::invalid, "the condition names '{}', which is not there",
                                 token_);
        }
        advance();
        return copy(search->second);
    }

    // The number before 'of'; 0: all of them.
    [[nodiscard]] std::optional<std::size_t> quantity() const {
        if (is("all")) return 0;
        if (is("any")) return 1;
        std::size_t count = 0;
        const auto* end = token_.data() + token_.size();
        const auto [at, error] = std::from_chars(token_.data(), end, count);
        if (token_.empty() || error != std::errc{} || at != end || count == 0) return std::nullopt;
        return count;
    }

    Result<Expression> quantified(std::size_t count) {
        const bool them = is("them");
        const Glob pattern = Glob::parse(token_);
        if (token_.empty()) return unexpected();
        const auto name = token_;
        advance();
        std::vector<Expression> parts;
        for (const auto& [search, expression] : searches_) {
            if (them ? search.starts_with('_') : !pattern.matches(search)) continue;
            auto part = copy(expression);
            if (!part) return part;
            parts.push_back(std::move(*part));
        }
        if (parts.empty()) {
            return base::because(ErrorKind::invalid,
                                 "the condition asks for '{}', and nothing is called so", name);
        }
        if (count == 0) return combined(Expression::Kind::all, std::move(parts));
        if (count == 1) return combined(Expression::Kind::any, std::move(parts));
        constexpr std::size_t most_parts = 12;  // 924 choices at the most
        if (parts.size() > most_parts) {
            return base::because(ErrorKind::invalid, "'{} of' is for at most {} searches", count,
                                 most_parts);
        }
        return at_least(count, parts, 0);
    }

    Result<Expression> copy(const Expression& search) {
        nodes_ += size_of(search);
        if (nodes_ > most_condition_nodes) {
            return base::because(ErrorKind::full, "the condition grows beyond {} parts",
                                 most_condition_nodes);
        }
        return search;
    }

    std::string_view rest_;
    std::string_view token_;
    const Searches& searches_;
    std::size_t nodes_ = 0;
};

}  // namespace

Result<Expression> read_condition(std::string_view condition, const Searches& searches) {
    if (condition.size() > most_condition_bytes) {
        return base::because(ErrorKind::full, "the condition is longer than {} bytes",
                             most_condition_bytes);
    }
    return Parser(condition, searches).whole();
}

}  // namespace shoji::sigma
