// For tests: one rule from its text, asked about events written as fields.
#pragma once

#include "watch/detect/sigma/rule_reader.h"
#include "watch/event/event.h"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shoji::sigma::testing {

using Fields = std::vector<std::pair<std::string, std::optional<std::string>>>;  // nothing: null

class OneRule {
  public:
    // `detection` is what stands below the word, each line indented by two blanks.
    explicit OneRule(std::string_view detection, Placeholders placeholders = {});

    // Why the rule does not compile; empty when it does.
    [[nodiscard]] const std::string& error() const { return error_; }
    [[nodiscard]] const Rule& rule() const { return rules_.front(); }
    // The plain evaluator's answer and the plan's, which must be the same.
    [[nodiscard]] bool matches(const Fields& fields);

  private:
    event::Names names_;
    std::vector<Rule> rules_;
    std::string error_;
};

}  // namespace shoji::sigma::testing
