// Filters: what an organisation knows to be harmless, said once for many rules. A filter's
// condition must hold as well as the rule's, so that one which leaves something out says 'not
// selection'. Source: Sigma specification 2.1, "Filters"; where it is silent on how the two
// conditions are joined, and on 'rules: any', pySigma.
#pragma once

#include "core/base/result.h"
#include "watch/detect/sigma/draft.h"
#include "watch/detect/sigma/heading.h"
#include "watch/detect/sigma/yaml.h"

#include <string>
#include <vector>

namespace shoji::sigma {

struct Filter {
    Heading heading;
    RuleSource source;
    bool any = false;                // for all rules of its log source
    std::vector<std::string> rules;  // otherwise: names or ids
    DetectionPart part;

    // Whether it is for the rule: named, and of a log source that the filter's contains.
    [[nodiscard]] bool is_for(const RuleDraft& draft) const;
};

bool is_filter(const yaml::Node& document);
// Errors name the line; a part that no rule could compile is one.
base::Result<Filter> read_filter(const yaml::Node& document, const Reading& reading);

// Precondition: is_for(draft).
void apply(const Filter& filter, RuleDraft& draft);

}  // namespace shoji::sigma
