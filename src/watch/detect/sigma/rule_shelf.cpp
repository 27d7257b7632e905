#include "watch/detect/sigma/rule_shelf.h"

#include <algorithm>

namespace shoji::sigma {

// All but its level, which is kept beside.
template <class Archive>
void members(Archive& archive, Rule& rule) {
    archive(rule.id, rule.title, rule.name, rule.status, rule.description, rule.author, rule.tags,
            rule.false_positives, rule.references, rule.source.product, rule.source.category,
            rule.source.service, rule.unfilled);
}

void RuleShelf::add(Rule& rule) {
    Saver archive;
    members(archive, rule);
    bytes_ += archive.take();
    ends_.push_back(static_cast<std::uint32_t>(bytes_.size()));
    levels_.push_back(rule.level);
}

void RuleShelf::make_room() {
    bytes_.shrink_to_fit();
    unpacked_ = std::make_unique<std::atomic<const Rule*>[]>(size());
}

std::string_view RuleShelf::packed(std::size_t index) const {
    const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
    return std::string_view(bytes_).substr(begin, ends_[index] - begin);
}

const Rule& RuleShelf::at(std::uint32_t index) const {
    auto& place = unpacked_[index];
    if (const auto* known = place.load(std::memory_order_acquire)) return *known;
    auto rule = std::make_unique<Rule>();
    Loader archive(packed(index));
    members(archive, *rule);
    rule->level = levels_[index];
    // Another thread may have been faster.
    const Rule* expected = nullptr;
    if (!place.compare_exchange_strong(expected, rule.get(), std::memory_order_acq_rel)) {
        return *expected;
    }
    return *rule.release();
}

bool RuleShelf::is_sound() const {
    if (levels_.size() != ends_.size() || !std::ranges::is_sorted(ends_) ||
        (ends_.empty() ? 0 : ends_.back()) != bytes_.size()) {
        return false;
    }
    Rule shape;
    for (std::size_t i = 0; i < size(); ++i) {
        Skimmer archive(packed(i));
        members(archive, shape);
        if (!archive.finished() || levels_[i] > Level::critical) return false;
    }
    return true;
}

RuleShelf::~RuleShelf() {
    if (!unpacked_) return;
    for (std::size_t i = 0; i < size(); ++i) delete unpacked_[i].load(std::memory_order_acquire);
}

}  // namespace shoji::sigma
