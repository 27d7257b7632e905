#include "watch/detect/sigma/correlation_plan.h"

#include <algorithm>
#include <map>
#include <set>

namespace shoji::sigma {
namespace {

using base::ErrorKind;
using base::Result;

// What a reference means: rules, which are several where one document has several conditions, or
// one correlation.
struct Target {
    std::vector<std::uint32_t> rules;
    std::optional<std::size_t> correlation;  // of the drafts
};

}  // namespace

class CorrelationCompiler {
  public:
    CorrelationCompiler(std::vector<CorrelationPlan::Draft> drafts,
                        std::span<const Referable> rules, event::Names& names,
                        std::vector<CorrelationPlan::Problem>& problems)
        : drafts_(std::move(drafts)),
          rules_(rules),
          names_(names),
          problems_(problems),
          states_(drafts_.size()) {
        for (std::size_t i = 0; i < rules_.size(); ++i) index(*rules_[i].heading, {true, i});
        for (std::size_t i = 0; i < drafts_.size(); ++i) index(drafts_[i].rule, {false, i});
    }

    CorrelationPlan compile() {
        for (std::size_t i = 0; i < drafts_.size(); ++i) visit(i, 0);
        propagate();
        return std::move(plan_);
    }

  private:
    using Step = CorrelationPlan::Step;
    using Source = CorrelationPlan::Source;

    enum class Mark : std::uint8_t { fresh, open, done, failed };
    struct State {
        Mark mark = Mark::fresh;
        std::uint32_t step = 0;
        std::size_t depth = 0;  // of those inside
    };
    struct Named {
        bool is_rule;
        std::size_t index;
    };

    void index(const Heading& heading, Named named) {
        if (!heading.id.empty()) named_.emplace(heading.id, named);
        if (!heading.name.empty() && heading.name != heading.id) {
            named_.emplace(heading.name, named);
        }
    }

    [[nodiscard]] const Heading& heading_of(const Named& named) const {
        return named.is_rule ? *rules_[named.index].heading
                             : static_cast<const Heading&>(drafts_[named.index].rule);
    }
    [[nodiscard]] std::string_view file_of(const Named& named) const {
        return named.is_rule ? rules_[named.index].file : drafts_[named.index].file;
    }

    // All that are called so: those of the file where there are any there, else those of all files.
    [[nodiscard]] std::vector<Named> called(std::string_view reference,
                                            std::string_view file) const {
        std::vector<Named> all;
        const auto [first, last] = named_.equal_range(reference);
        for (auto it = first; it != last; ++it) all.push_back(it->second);
        if (std::ranges::any_of(all, [&](const Named& one) { return file_of(one) == file; })) {
            std::erase_if(all, [&](const Named& one) { return file_of(one) != file; });
        }
        return all;
    }

    Result<Target> resolve(const std::string& reference, std::string_view file) const {
        const auto all = called(reference, file);
        if (all.empty()) {
            return base::because(ErrorKind::not_found,
                                 "it refers to '{}', and no rule that is read is called so",
                                 reference);
        }
        Target target;
        const auto& first = heading_of(all.front());
        for (const auto& one : all) {
            const auto& heading = heading_of(one);
            const bool same = one.is_rule && all.front().is_rule && heading.id == first.id &&
                              heading.title == first.title && file_of(one) == file_of(all.front());
            if (&one != &all.front() && !same) {
                return base::because(ErrorKind::invalid,
                                     "it refers to '{}', and several are called so", reference);
            }
            if (one.is_rule) {
                target.rules.push_back(rules_[one.index].rule);
            } else {
                target.correlation = one.index;
            }
        }
        return target;
    }

    // Depth first, so that a correlation comes behind those that it refers to.
    bool visit(std::size_t number, std::size_t depth) {
        auto& state = states_[number];
        if (state.mark != Mark::fresh) return state.mark == Mark::done;
        state.mark = Mark::open;
        path_.push_back(number);
        constexpr std::size_t most_calls = 1000;
        auto done = depth > most_calls ? Result<void>(too_deep()) : add(number, depth);
        path_.pop_back();
        state.mark = done ? Mark::done : Mark::failed;
        if (!done) {
            const auto line = base::at_line(drafts_[number].rule.line);
            problems_.push_back({number, std::move(done.error()).inside(line)});
        }
        return done.has_value();
    }

    static base::Failure too_deep() {
        return base::because(ErrorKind::full, "correlations of correlations, more than {} deep",
                             CorrelationPlan::most_depth);
    }

    Result<void> add(std::size_t number, std::size_t depth) {
        if (plan_.steps_.size() >= CorrelationPlan::most_correlations) {
            return base::because(ErrorKind::full, "more than {} correlations",
                                 CorrelationPlan::most_correlations);
        }
        const auto& draft = drafts_[number];
        std::vector<Target> targets;
        for (const auto& reference : draft.rule.rules) {
            auto target = resolve(reference, draft.file);
            if (!target) return base::Failure(target.error());
            if (target->correlation) {
                if (auto inner = enter(*target->correlation, reference, depth); !inner)
                    return inner;
                auto& deep = states_[number].depth;
                deep = std::max(deep, states_[*target->correlation].depth + 1);
                if (deep > CorrelationPlan::most_depth) return too_deep();
            }
            targets.push_back(std::move(*target));
        }
        if (auto known = check_aliases(draft, targets); !known) return known;
        states_[number].step = static_cast<std::uint32_t>(plan_.steps_.size());
        plan_.steps_.push_back({draft.rule, number, {}, {}, false});
        for (std::size_t i = 0; i < targets.size(); ++i) connect(number, i, targets[i]);
        return {};
    }

    Result<void> enter(std::size_t inner, const std::string& reference, std::size_t depth) {
        const auto open = std::ranges::find(path_, inner);
        if (open != path_.end()) {
            std::string circle;
            for (auto it = open; it != path_.end(); ++it) {
                circle += "'" + drafts_[*it].rule.title + "' → ";
            }
            return base::because(ErrorKind::invalid, "it refers to itself: {}'{}'", circle,
                                 drafts_[inner].rule.title);
        }
        if (visit(inner, depth + 1)) return {};
        return base::because(ErrorKind::invalid, "it refers to '{}', which has an error itself",
                             reference);
    }

    // Each rule that an alias names must be one of the correlation's.
    Result<void> check_aliases(const CorrelationPlan::Draft& draft,
                               const std::vector<Target>& targets) const {
        for (const auto& alias : draft.rule.aliases) {
            for (const auto& [reference, field] : alias.fields) {
                if (!place_of(reference, draft, targets)) {
                    return base::because(ErrorKind::invalid,
                                         "the alias '{}' names '{}', which is none of the rules",
                                         alias.name, reference);
                }
            }
        }
        return {};
    }

    // Which of the correlation's rules a reference means.
    std::optional<std::size_t> place_of(const std::string& reference,
                                        const CorrelationPlan::Draft& draft,
                                        const std::vector<Target>& targets) const {
        const auto said = std::ranges::find(draft.rule.rules, reference);
        if (said != draft.rule.rules.end()) {
            return static_cast<std::size_t>(said - draft.rule.rules.begin());
        }
        const auto meant = resolve(reference, draft.file);
        if (!meant) return std::nullopt;
        for (std::size_t i = 0; i < targets.size(); ++i) {
            if (targets[i].rules == meant->rules && targets[i].correlation == meant->correlation) {
                return i;
            }
        }
        return std::nullopt;
    }

    // The field that a name in group_by means in the events of one of the rules.
    [[nodiscard]] std::string field_of(const std::string& name, std::size_t number,
                                       std::size_t reference,
                                       const std::vector<Target>& targets) const {
        const auto& draft = drafts_[number];
        for (const auto& alias : draft.rule.aliases) {
            if (alias.name != name) continue;
            for (const auto& [rule, field] : alias.fields) {
                if (place_of(rule, draft, targets) == reference) return field;
            }
        }
        return name;
    }

    void connect(std::size_t number, std::size_t reference, const Target& target) {
        const auto step = states_[number].step;
        std::vector<Target> targets;
        for (const auto& other : drafts_[number].rule.rules) {
            targets.push_back(*resolve(other, drafts_[number].file));
        }
        const CorrelationPlan::Use use{
            step, static_cast<std::uint32_t>(plan_.steps_[step].inputs.size())};
        CorrelationPlan::Input input;
        input.reference = static_cast<std::uint32_t>(reference);
        const auto& rule = drafts_[number].rule;
        const auto* inner =
            target.correlation ? &plan_.steps_[states_[*target.correlation].step].rule : nullptr;
        for (const auto& name : rule.group_by) {
            input.group.push_back(source_of(field_of(name, number, reference, targets), inner));
        }
        for (const auto& name : rule.fields) {
            input.fields.push_back(source_of(name, inner));
        }
        plan_.steps_[step].inputs.push_back(std::move(input));
        if (target.correlation) {
            auto& inside = plan_.steps_[states_[*target.correlation].step];
            inside.uses.push_back(use);
            inside.quiet = inside.quiet || !rule.generate;
        }
        for (const auto base : target.rules) {
            if (plan_.bases_.size() <= base) plan_.bases_.resize(base + 1);
            plan_.bases_[base].uses.push_back(use);
            plan_.bases_[base].quiet = plan_.bases_[base].quiet || !rule.generate;
        }
    }

    Source source_of(const std::string& field, const CorrelationRule* inner) {
        if (inner != nullptr) {
            const auto group = std::ranges::find(inner->group_by, field);
            if (group != inner->group_by.end()) {
                return {true, static_cast<std::uint32_t>(group - inner->group_by.begin())};
            }
        }
        const auto id = names_.add_field(field);
        const auto [entry, fresh] =
            slot_of_.emplace(id, static_cast<std::uint32_t>(plan_.slots_.size()));
        if (fresh) plan_.slots_.push_back(id);
        return {false, entry->second};
    }

    // Which slots each rule has to fill: those of the correlations that it reaches in the end.
    void propagate() {
        std::vector<std::set<std::uint32_t>> asked(plan_.steps_.size());
        const auto add_of = [&](const CorrelationPlan::Use& use, std::set<std::uint32_t>& slots) {
            slots.insert(asked[use.step].begin(), asked[use.step].end());
            const auto& input = plan_.steps_[use.step].inputs[use.input];
            for (const auto& sources : {input.group, input.fields}) {
                for (const auto& source : sources) {
                    if (!source.inner) slots.insert(source.place);
                }
            }
        };
        for (std::size_t i = plan_.steps_.size(); i-- > 0;) {
            for (const auto& use : plan_.steps_[i].uses) add_of(use, asked[i]);
        }
        for (auto& base : plan_.bases_) {
            std::set<std::uint32_t> slots;
            for (const auto& use : base.uses) add_of(use, slots);
            base.slots.assign(slots.begin(), slots.end());
        }
    }

    std::vector<CorrelationPlan::Draft> drafts_;
    std::span<const Referable> rules_;
    event::Names& names_;
    std::vector<CorrelationPlan::Problem>& problems_;
    std::vector<State> states_;
    std::multimap<std::string, Named, std::less<>> named_;
    std::vector<std::size_t> path_;  // the drafts being visited
    std::map<event::FieldId, std::uint32_t> slot_of_;
    CorrelationPlan plan_;
};

CorrelationPlan CorrelationPlan::compile(std::vector<Draft> drafts,
                                         std::span<const Referable> rules, event::Names& names,
                                         std::vector<Problem>& problems) {
    return CorrelationCompiler(std::move(drafts), rules, names, problems).compile();
}

std::span<const CorrelationPlan::Use> CorrelationPlan::uses_of(std::uint32_t rule) const {
    if (rule >= bases_.size()) return {};
    return bases_[rule].uses;
}

bool CorrelationPlan::is_quiet(std::uint32_t rule) const {
    return rule < bases_.size() && bases_[rule].quiet;
}

std::optional<Observation> CorrelationPlan::observe(const event::Event& event,
                                                    std::span<const std::uint32_t> rules) const {
    std::vector<std::uint32_t> used;
    std::vector<std::uint32_t> slots;
    for (const auto rule : rules) {
        if (rule >= bases_.size() || bases_[rule].uses.empty()) continue;
        used.push_back(rule);
        slots.insert(slots.end(), bases_[rule].slots.begin(), bases_[rule].slots.end());
    }
    if (used.empty()) return std::nullopt;
    std::ranges::sort(slots);
    slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
    return sigma::observe(event, used, slots_, slots);
}

}  // namespace shoji::sigma
