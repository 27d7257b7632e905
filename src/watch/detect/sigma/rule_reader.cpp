#include "watch/detect/sigma/rule_reader.h"

#include "watch/detect/sigma/draft.h"

#include <algorithm>
#include <iterator>

namespace shoji::sigma {

using base::Result;

Result<std::vector<Rule>> read_rule(const yaml::Node& document, const Reading& reading) {
    const auto draft = read_draft(document);
    if (!draft) return base::Failure(draft.error());
    return compile(*draft, reading);
}

Result<std::vector<Rule>> read_rules(std::string_view text, const Reading& reading) {
    const auto documents = yaml::read(text);
    if (!documents) return base::Failure(documents.error());
    std::vector<Rule> all;
    for (const auto& document : *documents) {
        auto rules = read_rule(document, reading);
        if (!rules) return rules;
        std::ranges::move(*rules, std::back_inserter(all));
    }
    return all;
}

}  // namespace shoji::sigma
