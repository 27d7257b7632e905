// For tests: one rule with a pipeline applied, asked about events written as fields.
#pragma once

#include "watch/detect/sigma/pipeline.h"
#include "watch/detect/sigma/testing/one_rule.h"

#include <string>
#include <string_view>

namespace shoji::sigma::testing {

class PipedRule {
  public:
    // The transformations as a list in YAML; the detection as in OneRule. `top`: further members of
    // the pipeline.
    PipedRule(const std::string& transformations, const std::string& detection,
              const std::string& top = "");

    // Why the pipeline cannot be read, or not be applied, or the rule not compiled then.
    [[nodiscard]] const std::string& error() const { return error_; }
    [[nodiscard]] const Rule& rule() const { return rules_.front(); }
    [[nodiscard]] bool matches(const Fields& fields) const;

  private:
    event::Names names_;
    std::vector<Rule> rules_;
    std::string error_;
};

}  // namespace shoji::sigma::testing
