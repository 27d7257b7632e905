#include "watch/detect/sigma/filter.h"

#include "watch/detect/sigma/fold.h"

#include <algorithm>

namespace shoji::sigma {
namespace {

using base::Result;

Result<void> read_rules_of(const yaml::Node& section, Filter& filter) {
    const auto* rules = section.find("rules");
    if (rules == nullptr) return wrong(section, "the filter says not which rules it is for");
    if (rules->kind == yaml::Kind::mapping) {
        return wrong(*rules, "'rules' needs names or ids, or 'any'");
    }
    filter.rules = texts_of(section, "rules");
    for (const auto& rule : rules->items) {
        if (!rule.is_scalar() || rule.text.empty()) {
            return wrong(rule, "'rules' needs names or ids, or 'any'");
        }
    }
    filter.any = filter.rules.empty() ||
                 (rules->is_scalar() && (fold(rules->text) == "any" || fold(rules->text) == "all"));
    if (filter.any) filter.rules.clear();
    return {};
}

}  // namespace

bool Filter::is_for(const RuleDraft& draft) const {
    if (!source.contains(draft.source)) return false;
    return any || std::ranges::any_of(rules, [&](const std::string& rule) {
               return draft.heading.is_called(rule);
           });
}

bool is_filter(const yaml::Node& document) {
    return document.find("filter") != nullptr;
}

Result<Filter> read_filter(const yaml::Node& document, const Reading& reading) {
    auto heading = read_heading(document);
    if (!heading) return base::Failure(heading.error());
    auto source = read_source(document);
    if (!source) return base::Failure(source.error());
    Filter filter;
    const auto kept = std::make_shared<const yaml::Node>(document);
    const auto* section = kept->find("filter");
    if (section == nullptr || section->kind != yaml::Kind::mapping) {
        return wrong(document, "the filter is empty");
    }
    if (auto read = read_rules_of(*section, filter); !read) return base::Failure(read.error());
    auto part = read_part(*section, {"rules"});
    if (!part) return base::Failure(part.error());
    if (part->conditions.size() != 1) return wrong(*section, "a filter has one condition");
    RuleDraft alone;
    alone.own = *part;
    if (auto compiled = compile(alone, reading); !compiled) {
        return base::Failure(compiled.error());
    }
    filter.heading = std::move(*heading);
    filter.source = std::move(*source);
    filter.part = std::move(*part);
    filter.part.document = kept;
    return filter;
}

void apply(const Filter& filter, RuleDraft& draft) {
    draft.more.push_back(filter.part);
}

}  // namespace shoji::sigma
