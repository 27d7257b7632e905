// Processing pipelines in pySigma's YAML: what an organisation changes about rules before they are
// used, above all the names of fields. Source: pySigma's documentation, "Processing Pipelines",
// and its code where that is silent.
//
// Rules are drafts here, and correlations are as read: a field's new name holds for their groups,
// aliases and conditions too. What would be about queries, their output or other programs has no
// meaning here and is an error: postprocessing, finalizers, query expressions, lists of fields.
#pragma once

#include "core/base/result.h"
#include "watch/detect/sigma/correlation_rule.h"
#include "watch/detect/sigma/draft.h"
#include "watch/detect/sigma/pipeline_checks.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::sigma {

class Transformation;

// A transformation and when it applies.
struct PipelineItem {
    std::string id;  // its own, or its place among the pipeline's
    RuleChecks rule_checks;
    ItemChecks item_checks;
    FieldChecks field_checks;
    std::shared_ptr<const Transformation> transformation;

    // Whether it is about the item: by its checks of items, and by those of fields, which a field
    // that the item refers to may satisfy as well.
    [[nodiscard]] bool is_about(const DetectionItem& item, Application& application) const;
    [[nodiscard]] bool is_about_field(std::string_view field, const DetectionItem* item,
                                      Application& application) const;
};

class Transformation {
  public:
    virtual ~Transformation() = default;

    virtual base::Result<void> apply(RuleDraft& rule, const PipelineItem& item,
                                     Application& application) const = 0;
    // Those that are about detections have nothing to do with a correlation.
    virtual base::Result<void> apply(CorrelationRule& /*rule*/, const PipelineItem& /*item*/,
                                     Application& /*application*/) const {
        return {};
    }
    // True for those that checks of items and fields mean something to.
    [[nodiscard]] virtual bool is_of_items() const { return false; }
};

struct Pipeline {
    static constexpr std::size_t most_items = 10'000;

    std::string name;
    double priority = 0;
    Vars vars;
    std::vector<PipelineItem> items;
    std::vector<std::string> notices;  // members and transformations that have no effect here
};

// Errors name the line and what is not known.
base::Result<Pipeline> read_pipeline(std::string_view text);
base::Result<std::vector<PipelineItem>> read_items(const yaml::Node& list,
                                                   std::vector<std::string>& notices);

// Several pipelines as one: those of lower priority first, in the order given among equals. A later
// one's vars stand over an earlier one's.
Pipeline joined(std::vector<Pipeline> pipelines);

// An error is the rule's, which cannot be used then.
base::Result<void> apply(const Pipeline& pipeline, RuleDraft& rule);
// `referenced`: the log sources of the rules that it refers to.
base::Result<void> apply(const Pipeline& pipeline, CorrelationRule& rule,
                         std::span<const RuleSource> referenced);

// The items one after the other, as part of an application.
base::Result<void> apply_items(std::span<const PipelineItem> items, RuleDraft& rule,
                               Application& application);
base::Result<void> apply_items(std::span<const PipelineItem> items, CorrelationRule& rule,
                               Application& application);

}  // namespace shoji::sigma
