#include "watch/detect/sigma/plan.h"

#include "watch/detect/sigma/fold.h"
#include "watch/detect/sigma/plain_text.h"
#include "watch/detect/sigma/plan_content.h"
#include "watch/detect/sigma/searched_expressions.h"
#include "watch/detect/sigma/witness.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>

namespace shoji::sigma {
namespace {

// A text that is the same for two tests exactly when they are.
std::string key_of(const Test& test) {
    std::string key = fmt::format("{} {} {} {} {} ", static_cast<std::uint32_t>(test.field),
                                  static_cast<int>(test.operation), test.cased, test.number,
                                  static_cast<std::uint32_t>(test.other));
    key.append(reinterpret_cast<const char*>(test.network.address.data()),
               test.network.address.size());
    key.push_back(static_cast<char>(test.network.bits));
    key.push_back(test.network.version_6 ? '6' : '4');
    key += fmt::format("{}:", test.text.size()) + test.text;
    for (const auto& part : test.glob.parts()) {
        key += fmt::format("{},{}:", static_cast<int>(part.kind), part.text.size()) + part.text;
    }
    return key;
}

AskedFields asked_fields(const Rule& rule) {
    AskedFields asked;
    const auto add = [&](event::FieldId field) {
        const auto end = asked.of.begin() + asked.count;
        if (field == any_field || std::find(asked.of.begin(), end, field) != end) return;
        if (asked.count < asked.of.size()) asked.of[asked.count++] = field;
    };
    for (const auto& test : rule.tests) {
        add(test.field);
        if (test.other != event::other_field) add(test.other);
    }
    return asked;
}

// Collects what one field's index looks for, before it is built.
struct FieldDraft {
    std::vector<std::string> inside;
    std::vector<std::uint32_t> inside_findings;
    std::vector<Searchable> expressions;
    std::vector<std::uint32_t> expression_findings;
    Trie starts;
    Trie ends;
};

// `regex`: the test's, when it is one.
void draft(const Test& test, const Regex* regex, std::uint32_t finding, FieldDraft& field) {
    if (regex != nullptr) {
        field.expressions.push_back({test.text, regex->size()});
        field.expression_findings.push_back(finding);
        return;
    }
    if (test.operation == Operation::never) return;
    const auto folded = test.cased ? test.glob.folded() : test.glob;
    switch (folded.shape()) {
        case Glob::Shape::equal:
            field.starts.add(folded.only_literal(), true, finding);
            return;
        case Glob::Shape::start:
            field.starts.add(folded.only_literal(), false, finding);
            return;
        case Glob::Shape::end:
            field.ends.add(folded.only_literal(), false, finding);
            return;
        default:
            field.inside.emplace_back(folded.longest_literal());
            field.inside_findings.push_back(finding);
    }
}

class Compiler {
  public:
    Compiler(event::Names& names, PlanContent& content) : names_(names), content_(content) {}

    base::Result<void> compile(std::vector<Rule> rules) {
        for (auto& rule : rules) add(std::move(rule));
        for (auto& group : content_.groups) {
            if (auto built = build(group); !built) return built;
        }
        content_.fields = names_.fields();
        content_.rules.make_room();
        derive(content_);
        return {};
    }

  private:
    void add(Rule rule) {
        const auto first = static_cast<std::uint32_t>(content_.nodes.size());
        std::vector<TestNumber> numbers;
        for (const auto& test : rule.tests) numbers.push_back(number_of(test));
        put_in_order(rule, rule.expression);
        flatten(rule.expression, numbers);
        Group& group = group_of(rule.source);
        const auto number = static_cast<DetectionNumber>(content_.detections.size());
        const auto [entry, fresh] = detections_.emplace(detection_key(group, first), number);
        content_.detection_of.push_back(entry->second);
        if (fresh) {
            group.detections.push_back(number);
            content_.detections.push_back({first, asked_fields(rule)});
        } else {
            content_.nodes.resize(first);
        }
        content_.rules.add(rule);
        if (!fresh) return;
        // The plan's tests and nodes are the distinct ones; the rule's own are needed until its
        // group is built.
        static_cast<Heading&>(rule) = {};
        rules_.push_back(std::move(rule));
    }

    // A text that is the same for two rules exactly when they ask the same of the same log source;
    // the nodes are those from `first` on.
    [[nodiscard]] std::string detection_key(const Group& group, std::uint32_t first) const {
        const auto index = static_cast<std::uint32_t>(&group - content_.groups.data());
        std::vector<std::uint32_t> key{index};
        for (auto i = first; i < content_.nodes.size(); ++i) {
            const auto& node = content_.nodes[i];
            key.push_back(node.kind);
            key.push_back(node.test);
            key.push_back(node.after - first);
        }
        return {reinterpret_cast<const char*>(key.data()), key.size() * sizeof key.front()};
    }

    TestNumber number_of(const Test& test) {
        const auto number = static_cast<TestNumber>(content_.flat_tests.size());
        const auto [entry, fresh] = numbers_.emplace(key_of(test), number);
        if (!fresh) return entry->second;
        const auto shape = test.operation == Operation::glob && !test.cased ? test.glob.shape()
                                                                            : Glob::Shape::general;
        FlatTest flat{test.field, static_cast<std::uint32_t>(shape), 0, 0};
        if (shape == Glob::Shape::general) {
            flat.begin = static_cast<std::uint32_t>(content_.tests.size());
            content_.tests.push_back(test);
            auto& regex = content_.regexes.emplace_back();
            if (test.operation == Operation::regex)
                regex = std::move(Regex::compile(test.text).value());
        } else {
            const auto literal = test.glob.only_literal();
            flat.begin = static_cast<std::uint32_t>(content_.literals.size());
            flat.size = static_cast<std::uint32_t>(literal.size());
            content_.literals += literal;
        }
        content_.flat_tests.push_back(flat);
        return number;
    }

    void flatten(const Expression& expression, const std::vector<TestNumber>& numbers) {
        const std::size_t index = content_.nodes.size();
        const bool is_test = expression.kind == Expression::Kind::test;
        content_.nodes.push_back({static_cast<std::uint32_t>(expression.kind),
                                  is_test ? numbers[expression.test] : 0, 0});
        for (const auto& child : expression.children) flatten(child, numbers);
        content_.nodes[index].after = static_cast<std::uint32_t>(content_.nodes.size());
    }

    Group& group_of(const RuleSource& source) {
        const auto id = [&](const std::string& name) {
            return name.empty() ? event::no_source : names_.add_source(name);
        };
        const auto key = std::tuple(id(source.product), id(source.category), id(source.service));
        for (auto& group : content_.groups) {
            if (std::tie(group.product, group.category, group.service) == key) return group;
        }
        auto& group = content_.groups.emplace_back();
        std::tie(group.product, group.category, group.service) = key;
        return group;
    }

    base::Result<void> build(Group& group) {
        std::map<event::FieldId, FieldDraft> drafts;
        std::map<TestNumber, std::uint32_t> findings;
        std::vector<std::vector<std::uint32_t>> lists;
        for (std::uint32_t own = 0; own < group.detections.size(); ++own) {
            auto& rule = rules_[group.detections[own]];
            const auto witness = witness_of(rule);
            if (!witness) {
                group.always.push_back(own);
            } else {
                for (const auto index : witness->tests) {
                    const Test& test = rule.tests[index];
                    const auto finding = static_cast<std::uint32_t>(lists.size());
                    const auto [entry, fresh] = findings.emplace(number_of(test), finding);
                    if (fresh) {
                        lists.emplace_back();
                        draft(test, regex_of(entry->first), finding, drafts[test.field]);
                    }
                    auto& found = lists[entry->second];
                    if (found.empty() || found.back() != own) found.push_back(own);
                }
            }
            rule = {};
        }
        group.findings = Lists(lists);
        for (auto& [field, draft] : drafts) {
            auto index = index_of(field, std::move(draft));
            if (!index) return base::Failure(index.error());
            group.fields.push_back(std::move(*index));
        }
        return {};
    }

    // Null when it is none.
    [[nodiscard]] const Regex* regex_of(TestNumber number) const {
        const auto& flat = content_.flat_tests[number];
        if (!flat.is_general()) return nullptr;
        const auto& regex = content_.regexes[flat.begin];
        return regex ? &*regex : nullptr;
    }

    base::Result<FieldIndex> index_of(event::FieldId field, FieldDraft draft) {
        FieldIndex index;
        index.field = field;
        index.starts = std::move(draft.starts);
        index.ends = std::move(draft.ends);
        index.starts.build(Trie::Direction::forward);
        index.ends.build(Trie::Direction::backward);
        index.inside_findings = std::move(draft.inside_findings);
        if (!draft.inside.empty()) {
            const auto shortest = std::ranges::min_element(draft.inside, {}, &std::string::size);
            index.shortest_inside = static_cast<std::uint32_t>(shortest->size());
            auto matcher = ManyMatcher::of_literals(draft.inside);
            if (!matcher) return base::Failure(matcher.error());
            content_.statistics.matcher_bytes += matcher->bytes();
            index.inside = std::move(*matcher);
        }
        if (auto added = add_expressions(draft, index); !added) {
            return base::Failure(added.error());
        }
        return index;
    }

    base::Result<void> add_expressions(const FieldDraft& draft, FieldIndex& index) {
        if (draft.expressions.empty()) return {};
        auto found = search_for(draft.expressions, seconds_left_);
        if (!found) return base::Failure(found.error());
        for (const auto number : found->searched) {
            const auto finding = draft.expression_findings[number];
            index.expression_findings.push_back(finding);
            if (is_plain_expression(draft.expressions[number].text)) continue;
            index.unsure_findings.push_back(finding);
        }
        for (const auto number : found->left_out) {
            index.unsearched_findings.push_back(draft.expression_findings[number]);
        }
        index.expressions = std::move(found->matcher);
        if (index.expressions) content_.statistics.matcher_bytes += index.expressions->bytes();
        return {};
    }

    event::Names& names_;
    double seconds_left_ = seconds_for_expressions;
    PlanContent& content_;
    std::unordered_map<std::string, TestNumber> numbers_;
    std::unordered_map<std::string, DetectionNumber> detections_;
    std::vector<Rule> rules_;  // the first one of each detection, without its heading
};

}  // namespace

void derive(PlanContent& content) {
    content.regexes.resize(content.tests.size());
    for (std::size_t i = 0; i < content.tests.size(); ++i) {
        if (content.tests[i].operation == Operation::regex && !content.regexes[i]) {
            content.regexes[i] = Regex::later(content.tests[i].text);
        }
    }
    std::vector<std::vector<RuleNumber>> reports(content.detections.size());
    for (RuleNumber rule = 0; rule < content.rules.size(); ++rule) {
        reports[content.detection_of[rule]].push_back(rule);
    }
    content.reports = Lists(reports);
    auto& always = content.statistics.always;
    always = 0;
    for (const auto& group : content.groups) {
        for (const auto own : group.always) {
            always += content.reports[group.detections[own]].size();
        }
    }
    content.statistics.rules = content.rules.size();
    content.statistics.tests = content.flat_tests.size();
    content.statistics.groups = content.groups.size();
}

bool Group::is_for(const event::LogSource& source) const {
    const auto fits = [](event::SourceId asked, event::SourceId is) {
        return asked == event::no_source || asked == is;
    };
    return fits(product, source.product) && fits(service, source.service) &&
           (category == event::no_source ||
            std::ranges::find(source.categories, category) != source.categories.end());
}

base::Result<Plan> Plan::compile(std::vector<Rule> rules, event::Names& names) {
    auto content = std::make_unique<PlanContent>();
    if (auto done = Compiler(names, *content).compile(std::move(rules)); !done) {
        return base::Failure(done.error());
    }
    return Plan(std::move(content));
}

const Rule& Plan::rule(std::uint32_t index) const {
    return content_->rules.at(index);
}
const Plan::Statistics& Plan::statistics() const {
    return content_->statistics;
}

Plan::Plan(std::unique_ptr<PlanContent> content) : content_(std::move(content)) {}
Plan::Plan(Plan&&) noexcept = default;
Plan& Plan::operator=(Plan&&) noexcept = default;
Plan::~Plan() = default;

}  // namespace shoji::sigma
