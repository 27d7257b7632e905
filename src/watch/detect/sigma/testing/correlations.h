// For tests: correlation rules from their text over rules that have only names, and observations of
// events written as fields.
#pragma once

#include "watch/detect/sigma/correlation_plan.h"
#include "watch/detect/sigma/correlator.h"
#include "watch/detect/sigma/testing/one_rule.h"

#include <string>
#include <string_view>
#include <vector>

namespace shoji::sigma::testing {

class Correlations {
  public:
    // The rules' names are their numbers' names.
    Correlations(std::string_view text, std::vector<std::string> rules);

    // "title: what is wrong" of each that was left out, in the order in which they stand.
    [[nodiscard]] const std::vector<std::string>& errors() const { return errors_; }
    [[nodiscard]] const CorrelationPlan& plan() const { return plan_; }
    // An event at that many seconds after some day's midnight in which the rules hold.
    [[nodiscard]] Observation at(double seconds, const std::vector<std::string>& rules,
                                 const Fields& fields = {}) const;
    // All of them after another: "title@second group…" of each hit.
    [[nodiscard]] std::vector<std::string> hits(const std::vector<Observation>& observations,
                                                const CorrelationLimits& limits = {});
    [[nodiscard]] const CorrelationLosses& losses() const { return losses_; }

  private:
    event::Names names_;
    std::vector<std::string> rules_;
    std::vector<std::string> errors_;
    CorrelationPlan plan_;
    CorrelationLosses losses_;
};

// "title@second value…"
std::string shown(const CorrelationPlan& plan, const CorrelationHit& hit);

}  // namespace shoji::sigma::testing
