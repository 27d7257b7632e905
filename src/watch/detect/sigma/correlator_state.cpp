// The correlator's state as bytes: its clock and losses, then for each correlation that remembers
// something what it says (as a digest), how many groups, and these, the one with the newest event
// first.
#include "watch/detect/sigma/correlator.h"

#include <algorithm>

namespace shoji::sigma {
namespace {

constexpr std::uint32_t magic = 0x52524F43;  // "CORR"
constexpr std::uint16_t version = 1;

void put(base::Saver& saver, const std::vector<std::string>& texts) {
    saver.list(texts, texts.size());
}

void put(base::Saver& saver, const Expression& expression) {
    saver(expression.kind, expression.test, static_cast<std::uint32_t>(expression.children.size()));
    for (const auto& child : expression.children) put(saver, child);
}

// All by which its groups become what they are.
void put(base::Saver& saver, const CorrelationRule& rule) {
    saver(rule.id, rule.name, rule.title, rule.type, rule.span);
    put(saver, rule.rules);
    put(saver, rule.group_by);
    put(saver, rule.fields);
    for (const auto& alias : rule.aliases) {
        saver(alias.name, static_cast<std::uint32_t>(alias.fields.size()));
        for (const auto& [reference, field] : alias.fields) saver(reference, field);
    }
    saver(static_cast<std::uint32_t>(rule.bounds.size()));
    for (const auto& bound : rule.bounds) saver(bound.comparison, bound.number);
    saver(rule.percentile.has_value(), rule.percentile.value_or(0), rule.expression.has_value());
    if (rule.expression) put(saver, *rule.expression);
}

Digest digest_of_all(const std::vector<std::uint8_t>& bytes) {
    return digest_of({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

// One a step; those that a correlation refers to stand before it, and theirs are part of its own.
std::vector<Digest> fingerprints(const CorrelationPlan& plan) {
    constexpr std::size_t longest = 65'535;
    std::vector<Digest> all;
    std::vector<base::Saver> savers(plan.steps().size(), base::Saver({.most_text = longest}));
    for (std::size_t i = 0; i < savers.size(); ++i) {
        const auto& step = plan.steps()[i];
        put(savers[i], step.rule);
        all.push_back(digest_of_all(savers[i].take()));
        for (const auto& use : step.uses) savers[use.step](use.input, all.back());
    }
    return all;
}

}  // namespace

std::vector<std::uint8_t> Correlator::save() const {
    base::Saver saver;
    const auto remember = [](const Table& table) { return !table.groups.empty(); };
    saver(magic, version, now_, losses_,
          static_cast<std::uint32_t>(std::ranges::count_if(tables_, remember)));
    const auto names = fingerprints(plan_);
    for (std::size_t i = 0; i < tables_.size(); ++i) {
        if (!remember(tables_[i])) continue;
        base::Saver groups;
        for (const auto& group : tables_[i].groups) {
            groups(group.key, group.last, group.reported, group.held);
            group.window->save(groups);
        }
        saver(names[i], static_cast<std::uint32_t>(tables_[i].groups.size()));
        saver.part(groups.take());
    }
    return saver.take();
}

bool Correlator::load_group(std::uint32_t number, base::Loader& loader) {
    auto& table = tables_[number];
    Group group;
    loader(group.key, group.last, group.reported, group.held);
    const auto newest = table.groups.empty() ? now_ : table.groups.back().last;
    if (!loader.ok() || group.last > newest || group.reported > group.last) return false;
    group.window = CorrelationWindow::make(plan_.steps()[number].rule, limits_.events);
    const auto dropped = group.window->load(loader, group.last);
    if (!dropped) return false;
    losses_.events += *dropped;
    table.groups.push_back(std::move(group));
    const auto place = std::prev(table.groups.end());
    count_bytes(table, *place);
    return table.by_key.emplace(place->key, place).second;
}

void Correlator::load_table(std::uint32_t number, std::uint32_t groups, base::Loader& loader) {
    const auto most = std::max<std::size_t>(1, limits_.groups);
    for (; groups > 0; --groups) {
        if (!load_group(number, loader)) return loader.fail();
        if (tables_[number].groups.size() > most) {
            drop_last(number);
            ++losses_.groups;
        }
        keep_to_bytes();
    }
}

base::Result<CorrelationsLeft> Correlator::load(std::span<const std::uint8_t> bytes) {
    base::Loader loader(bytes);
    std::uint32_t read_magic = 0;
    std::uint16_t read_version = 0;
    std::uint32_t count = 0;
    Correlator loaded(plan_, limits_);
    loader(read_magic, read_version, loaded.now_, loaded.losses_, count);
    if (!loader.ok() || read_magic != magic || read_version != version) {
        return base::because(base::ErrorKind::corrupt,
                             "the state of correlations: of another version");
    }
    std::multimap<Digest, std::uint32_t> steps;
    for (const auto& name : fingerprints(plan_)) {
        steps.emplace(name, static_cast<std::uint32_t>(steps.size()));
    }
    CorrelationsLeft left;
    for (; count > 0 && loader.ok(); --count) {
        Digest name;
        std::uint32_t groups = 0;
        loader(name, groups);
        base::Loader part(loader.part());
        const auto step = steps.extract(name);
        if (!step.empty()) {
            loaded.load_table(step.mapped(), groups, part);
            if (!part.finished()) loader.fail();
        } else {
            if (groups > part.remaining()) loader.fail();
            ++left.correlations;
            left.groups += groups;
        }
    }
    if (!loader.finished()) {
        return base::because(base::ErrorKind::corrupt, "the state of correlations: damaged");
    }
    loaded.losses_.groups += left.groups;
    tables_ = std::move(loaded.tables_);
    losses_ = loaded.losses_;
    bytes_ = loaded.bytes_;
    now_ = loaded.now_;
    return left;
}

}  // namespace shoji::sigma
