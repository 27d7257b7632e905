// For tests: correlations by their definition. Keeps all there ever was and looks through it again
// at each event; the Correlator is held against it.
#pragma once

#include "watch/detect/sigma/correlator.h"

#include <map>
#include <string>
#include <vector>

namespace shoji::sigma::testing {

class NaiveCorrelator {
  public:
    explicit NaiveCorrelator(const CorrelationPlan& plan)
        : plan_(plan), steps_(plan.steps().size()) {}

    void add(const Observation& observation, std::vector<CorrelationHit>& hits);

  private:
    struct Seen {
        event::Time time;
        std::string group;
        std::uint64_t rules;
        std::string value;
        double number;
    };
    struct Last {
        event::Time time = 0;
        bool held = false;
        event::Time reported = 0;
    };
    struct Step {
        std::vector<Seen> seen;
        std::map<std::string, Last> last;  // by group
    };
    // A rule or a correlation that held, with its group's values.
    struct Fact {
        CorrelationPlan::Use use;
        std::vector<std::string> group;
    };

    void ask(std::uint32_t number, const std::vector<Fact>& facts, const Observation& observation,
             std::map<std::uint32_t, std::vector<Fact>>& further,
             std::vector<CorrelationHit>& hits);

    const CorrelationPlan& plan_;
    std::vector<Step> steps_;
};

}  // namespace shoji::sigma::testing
