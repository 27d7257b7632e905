// A rule between its text and its tests: its detection as a tree of items, each a field with its
// modifiers and values. This is what filters add to and what pipelines change.
#pragma once

#include "core/base/result.h"
#include "watch/detect/sigma/heading.h"
#include "watch/detect/sigma/modifiers.h"
#include "watch/detect/sigma/rule.h"
#include "watch/detect/sigma/yaml.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::sigma {

struct DetectionItem {
    std::string field;                        // empty: keywords
    std::string modifiers;                    // "contains|all"
    const yaml::Node* written = nullptr;      // in the document, which outlives this
    std::shared_ptr<const yaml::Node> given;  // in its place, once something has changed it
    std::set<std::string> processed;          // the pipeline's items that did

    // A value, or a sequence of values.
    [[nodiscard]] const yaml::Node& value() const { return given ? *given : *written; }
};

struct Detection {
    enum class Kind : std::uint8_t { all, any, item };

    Kind kind = Kind::all;
    DetectionItem item;
    std::vector<Detection> parts;  // of all and any
    bool emptied = false;          // a pipeline has taken all parts away
};

using Detections = std::map<std::string, Detection, std::less<>>;

// Searches and the condition that joins them.
struct DetectionPart {
    Detections searches;
    std::vector<std::string> conditions;  // the rule's own part: one or several; others: one
    std::size_t line = 0;                 // of the condition
    // What the items refer to, where that is not the rule's own document.
    std::shared_ptr<const yaml::Node> document;
};

struct RuleDraft {
    Heading heading;
    RuleSource source;
    DetectionPart own;
    std::vector<DetectionPart> more;            // must hold as well
    const yaml::Node* document = nullptr;       // outlives this
    std::map<std::string, std::string> custom;  // attributes that a pipeline has set
    std::set<std::string> processed;            // the pipeline's items that were applied
};

// Errors name the line.
base::Result<Detection> read_detection(const yaml::Node& node);
// The members of `section` but for those left out, and its condition.
base::Result<DetectionPart> read_part(const yaml::Node& section,
                                      const std::set<std::string_view>& leave_out);
base::Result<RuleDraft> read_draft(const yaml::Node& document);

// One rule for each of its own conditions. Errors name the line.
base::Result<std::vector<Rule>> compile(const RuleDraft& draft, const Reading& reading);

// Calls visit(DetectionItem&) for each item of a detection, visit(Detection&) for each search of a
// draft; const where those are.
template <class AnyDetection, class Visit>
void each_item(AnyDetection& detection, Visit&& visit) {
    if (detection.kind == Detection::Kind::item) return visit(detection.item);
    for (auto& part : detection.parts) each_item(part, visit);
}
template <class AnyDraft, class Visit>
void each_search(AnyDraft& draft, Visit&& visit) {
    for (auto& [name, detection] : draft.own.searches) visit(detection);
    for (auto& part : draft.more) {
        for (auto& [name, detection] : part.searches) visit(detection);
    }
}

}  // namespace shoji::sigma
