// Rules one after the other, each test after the other: slow, short and plainly right. The compiled
// plan (plan.h) is held against it.
#pragma once

#include "core/base/result.h"
#include "watch/detect/sigma/test_match.h"

#include <optional>
#include <vector>

namespace shoji::sigma {

class NaiveRule {
  public:
    // An error when an expression does not compile. The rule must outlive this.
    static base::Result<NaiveRule> compile(const Rule& rule);

    // Without regard to the log source.
    [[nodiscard]] bool matches(const event::Event& event) const;

  private:
    explicit NaiveRule(const Rule& rule) : rule_(&rule) {}
    [[nodiscard]] bool holds(const Expression& expression, const event::Event& event) const;
    [[nodiscard]] bool test_holds(std::uint32_t index, const event::Event& event) const;

    const Rule* rule_;
    std::vector<std::optional<Regex>> regexes_;  // one a test
};

}  // namespace shoji::sigma
