#include "watch/detect/sigma/correlation_plan.h"
#include "watch/detect/sigma/filter.h"
#include "watch/detect/sigma/pipeline.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

// The text before the first line "%%%" is a pipeline; what follows are rules, correlations and
// filters that it is applied to.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    constexpr std::string_view border = "%%%\n";
    const auto end = text.find(border);
    if (end == std::string_view::npos) return 0;
    const auto pipeline = sigma::read_pipeline(text.substr(0, end));
    const auto documents = sigma::yaml::read(text.substr(end + border.size()));
    if (!pipeline || !documents) return 0;
    event::Names names;
    const sigma::Placeholders none;
    const sigma::Reading reading{names, none};
    std::vector<sigma::Rule> rules;
    std::vector<sigma::CorrelationPlan::Draft> correlations;
    for (const auto& document : *documents) {
        if (sigma::is_correlation(document)) {
            auto rule = sigma::read_correlation(document);
            if (rule && sigma::apply(*pipeline, *rule, {})) {
                correlations.push_back({std::move(*rule), "file"});
            }
            continue;
        }
        auto draft = sigma::read_draft(document);
        if (!draft) continue;
        for (const auto& other : *documents) {
            if (!sigma::is_filter(other)) continue;
            const auto filter = sigma::read_filter(other, reading);
            if (filter && filter->is_for(*draft)) sigma::apply(*filter, *draft);
        }
        if (!sigma::apply(*pipeline, *draft)) continue;
        const auto compiled = sigma::compile(*draft, reading);
        if (compiled) rules.insert(rules.end(), compiled->begin(), compiled->end());
    }
    std::vector<sigma::Referable> referables;
    for (std::size_t i = 0; i < rules.size(); ++i) {
        referables.push_back({&rules[i], static_cast<std::uint32_t>(i), "file"});
    }
    std::vector<sigma::CorrelationPlan::Problem> problems;
    const auto plan =
        sigma::CorrelationPlan::compile(std::move(correlations), referables, names, problems);
    return plan.steps().size() + problems.size() > documents->size() ? -1 : 0;
}
