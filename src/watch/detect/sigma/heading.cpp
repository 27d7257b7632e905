#include "watch/detect/sigma/heading.h"

#include <algorithm>
#include <array>

namespace shoji::sigma {
namespace {

using base::Result;

constexpr std::array<std::string_view, 5> levels{"informational", "low", "medium", "high",
                                                 "critical"};

}  // namespace

std::string_view name_of(Level level) {
    return levels.at(static_cast<std::size_t>(level));
}

std::optional<Level> level_of(std::string_view name) {
    const auto* known = std::ranges::find(levels, name);
    if (known == levels.end()) return std::nullopt;
    return static_cast<Level>(known - levels.begin());
}

bool RuleSource::contains(const RuleSource& other) const {
    const auto fits = [](const std::string& asked, const std::string& has) {
        return asked.empty() || asked == has;
    };
    return fits(product, other.product) && fits(category, other.category) &&
           fits(service, other.service);
}

std::vector<std::string> texts_of(const yaml::Node& node, std::string_view key) {
    std::vector<std::string> texts;
    const auto* member = node.find(key);
    if (member == nullptr) return texts;
    if (member->is_scalar() && !member->text.empty()) texts.push_back(member->text);
    for (const auto& item : member->items) texts.push_back(item.text);
    return texts;
}

Result<Heading> read_heading(const yaml::Node& document) {
    Heading heading;
    heading.id = document.text_of("id");
    heading.title = document.text_of("title");
    heading.name = document.text_of("name");
    heading.status = document.text_of("status");
    heading.description = document.text_of("description");
    heading.author = document.text_of("author");
    heading.tags = texts_of(document, "tags");
    heading.false_positives = texts_of(document, "falsepositives");
    heading.references = texts_of(document, "references");
    if (heading.title.empty()) return wrong(document, "the rule has no title");
    const auto level = document.text_of("level");
    if (const auto known = level_of(level)) {
        heading.level = *known;
    } else if (!level.empty()) {
        return wrong(*document.find("level"), "'{}' is no level", level);
    }
    return heading;
}

Result<RuleSource> read_source(const yaml::Node& document) {
    const auto* source = document.find("logsource");
    if (source == nullptr || source->kind != yaml::Kind::mapping) {
        return wrong(document, "the rule has no logsource");
    }
    return RuleSource{std::string(source->text_of("product")),
                      std::string(source->text_of("category")),
                      std::string(source->text_of("service"))};
}

}  // namespace shoji::sigma
