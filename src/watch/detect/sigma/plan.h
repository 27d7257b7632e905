// All rules as one plan. Rules are grouped by their log source, so that an event meets the rules of
// its own sources only; within a group a rule is asked about an event only when one of its
// witnesses (witness.h) is in it; and a test that several rules share is answered once an event.
// Its answers are those of naive.h.
//
// A plan is fixed once compiled and may be used by many threads, each with a Matcher of its own.
#pragma once

#include "core/base/result.h"
#include "watch/detect/sigma/rule.h"
#include "watch/event/event.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace shoji::sigma {

struct PlanContent;

class Plan {
  public:
    struct Statistics {
        std::size_t rules = 0;
        std::size_t tests = 0;  // distinct ones
        std::size_t groups = 0;
        std::size_t always = 0;  // rules without a witness, asked about each event of their source
        std::size_t matcher_bytes = 0;
    };

    // Of rules that read_rule() or compile() (draft.h) has made: their expressions compile.
    // `names` must have been given to read them, and must outlive the plan.
    static base::Result<Plan> compile(std::vector<Rule> rules, event::Names& names);

    [[nodiscard]] const Rule& rule(std::uint32_t index) const;
    [[nodiscard]] const Statistics& statistics() const;

    Plan(Plan&&) noexcept;
    Plan& operator=(Plan&&) noexcept;
    ~Plan();

  private:
    friend class Matcher;
    friend std::string to_bytes(const Plan& plan, const event::Names& names);
    friend base::Result<Plan> from_bytes(std::string_view bytes, event::Names& names);
    explicit Plan(std::unique_ptr<PlanContent> content);
    std::unique_ptr<PlanContent> content_;
};

class Matcher {
  public:
    enum class Routing : std::uint8_t {
        by_source,  // rules of the event's log sources
        all,        // all rules, whatever their log source
    };

    // The plan must outlive it.
    static base::Result<Matcher> make(const Plan& plan, Routing routing = Routing::by_source);

    // Indexes of the rules that hold, in no order; good until the next call.
    std::span<const std::uint32_t> match(const event::Event& event);

    Matcher(Matcher&&) noexcept;
    Matcher& operator=(Matcher&&) noexcept;
    ~Matcher();

  private:
    class State;
    explicit Matcher(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace shoji::sigma
