// Whatever a saved state says, it is refused or one that a correlator can be in: it can go on, and
// what it saves is read again.
#include "watch/detect/sigma/correlator.h"
#include "watch/detect/sigma/testing/all_correlations.h"
#include "watch/detect/sigma/yaml.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

using namespace shoji;

struct Rules {
    Rules() {
        std::vector<sigma::CorrelationPlan::Draft> drafts;
        const auto documents = sigma::yaml::read(sigma::testing::all_correlations);
        for (const auto& document : *documents) {
            drafts.push_back({sigma::read_correlation(document).value(), "file"});
        }
        std::vector<sigma::Heading> headings(2);
        headings[0].name = "r";
        headings[1].name = "s";
        const std::vector<sigma::Referable> rules{{headings.data(), 0, "file"},
                                                  {&headings[1], 1, "file"}};
        std::vector<sigma::CorrelationPlan::Problem> problems;
        plan = sigma::CorrelationPlan::compile(std::move(drafts), rules, names, problems);
        if (!problems.empty() || plan.steps().size() != 8) std::abort();
    }

    event::Names names;
    sigma::CorrelationPlan plan;
};

void go_on(const Rules& rules, sigma::Correlator& correlator, event::Time time) {
    constexpr event::Time step = 7'000'000'000;
    std::vector<sigma::CorrelationHit> hits;
    for (std::uint32_t i = 0; i < 24; ++i) {
        event::Event event;
        event.time = time + i * step;
        const auto number = std::to_string(i * 5);
        event.add({rules.names.field("G"), event::Type::text, "G", i % 3 == 0 ? "x" : "y"});
        event.add({rules.names.field("V"), event::Type::text, "V", number});
        event.add({rules.names.field("N"), event::Type::text, "N", number});
        const std::uint32_t rule = i % 5 == 0 ? 1 : 0;
        correlator.add(*rules.plan.observe(event, {&rule, 1}), hits);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Rules rules;
    const sigma::CorrelationLimits limits{4, 8, 1 << 16};
    sigma::Correlator correlator(rules.plan, limits);
    if (!correlator.load({data, size})) return 0;
    const auto saved = correlator.save();
    sigma::Correlator again(rules.plan, limits);
    if (!again.load(saved) || again.save() != saved || again.bytes() > limits.bytes) std::abort();
    go_on(rules, correlator, 1'700'000'000'000'000'000);
    go_on(rules, again, 1'700'000'000'000'000'000);
    if (again.save() != correlator.save()) std::abort();
    // From the end of time nothing may overflow either.
    go_on(rules, again, 9'223'372'036'854'775'807 - 23 * event::Time{7'000'000'000});
    return 0;
}
