#include "watch/detect/sigma/folded_event.h"
#include "watch/detect/sigma/plain_text.h"
#include "watch/detect/sigma/plan_content.h"
#include "watch/detect/sigma/value_cache.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <unordered_map>

namespace shoji::sigma {
namespace {

struct SourceHash {
    std::size_t operator()(const event::LogSource& source) const {
        std::size_t hash = static_cast<std::size_t>(source.product);
        hash = hash * 31 + static_cast<std::size_t>(source.service);
        for (const auto id : source.categories) hash = hash * 31 + static_cast<std::size_t>(id);
        return hash;
    }
};

constexpr std::uint32_t none = 0xffffffff;

struct Search {
    const Group* group;
    const FieldIndex* index;
};

// What is looked for in one field of the events that take a route.
struct RouteField {
    event::FieldId field;
    std::uint32_t slot;  // its number among the fields of all routes
    std::vector<Search> searches;
};

// The rules for one log source.
struct Route {
    std::vector<const Group*> groups;
    std::vector<RouteField> fields;
    std::vector<Search> keywords;
    std::vector<std::uint32_t> slots;  // of each field that decides a rule; else none
};

}  // namespace

class Matcher::State {
  public:
    State(const PlanContent& plan, Routing routing)
        : plan_(plan),
          routing_(routing),
          answers_(plan.tests.size()),
          asked_(plan.rules.size()),
          first_of_field_(plan.fields),
          numbers_(plan.fields) {}

    base::Result<void> prepare() {
        for (const auto& group : plan_.groups) {
            for (const auto& field : group.fields) {
                for (const auto* matcher : {&field.inside, &field.expressions}) {
                    if (!*matcher) continue;
                    if (auto done = (*matcher)->prepare(memory_); !done) return done;
                }
            }
        }
        return {};
    }

    std::span<const std::uint32_t> match(const event::Event& event) {
        begin(event);
        route_ = &route_for(event.source);
        rules_.clear();
        for (const auto& field : route_->fields) look(field);
        for (const auto& keyword : route_->keywords) look_anywhere(keyword);
        for (const auto* group : route_->groups) {
            rules_.insert(rules_.end(), group->always.begin(), group->always.end());
        }
        // Asked when the values of all fields have their numbers.
        for (const auto rule : rules_) ask(rule);
        return hits_;
    }

  private:
    // Whether something was seen in this event, by the event's number; 0 is before the first.
    using Round = std::uint32_t;
    struct Answer {
        Round round = 0;
        bool holds = false;
    };
    struct First {
        Round round = 0;
        std::uint32_t place = 0;
    };
    struct Number {
        Round round = 0;
        ValueCache::Number of = 0;
    };

    void begin(const event::Event& event) {
        event_ = &event;
        hits_.clear();
        if (++round_ == 0) restart();
        if (cache_.is_used_up()) {
            cache_.clear();
            verdicts_.clear();
        }
        const auto fields = event.fields();
        next_.assign(fields.size(), none);
        folded_.fold(event);
        for (std::size_t i = fields.size(); i-- > 0;) {
            const auto id = static_cast<std::uint32_t>(fields[i].id);
            if (id >= first_of_field_.size()) continue;
            auto& first = first_of_field_[id];
            if (first.round == round_) next_[i] = first.place;
            first = {round_, static_cast<std::uint32_t>(i)};
        }
    }

    // The counter of rounds has come around: what earlier rounds left must not be taken for this
    // one's.
    void restart() {
        round_ = 1;
        std::ranges::fill(answers_, Answer{});
        std::ranges::fill(asked_, Round{0});
        std::ranges::fill(first_of_field_, First{});
        std::ranges::fill(numbers_, Number{});
    }

    const Route& route_for(const event::LogSource& source) {
        const auto key = routing_ == Routing::all ? event::LogSource{} : source;
        const auto known = routes_.find(key);
        if (known != routes_.end()) return known->second;
        constexpr std::size_t most_routes = 256;
        if (routes_.size() >= most_routes) routes_.clear();
        return routes_.emplace(key, new_route(key)).first->second;
    }

    Route new_route(const event::LogSource& source) {
        Route route;
        route.slots.assign(plan_.fields, none);
        std::map<event::FieldId, std::vector<Search>> searches;
        for (const auto& group : plan_.groups) {
            if (routing_ != Routing::all && !group.is_for(source)) continue;
            route.groups.push_back(&group);
            for (const auto& index : group.fields) {
                auto& list = index.field == any_field ? route.keywords : searches[index.field];
                list.push_back({&group, &index});
            }
            for (const auto rule : group.rules) {
                const auto& asked = plan_.asked_fields[rule];
                for (std::size_t i = 0; i < asked.count; ++i) {
                    auto& slot = route.slots[static_cast<std::uint32_t>(asked.of[i])];
                    if (slot == none) slot = slots_++;
                }
            }
        }
        for (auto& [field, list] : searches) {
            auto& slot = route.slots[static_cast<std::uint32_t>(field)];
            if (slot == none) slot = slots_++;
            route.fields.push_back({field, slot, std::move(list)});
        }
        return route;
    }

    // The places in the event of a field's values.
    template <class Visit>
    void each_place(event::FieldId field, Visit&& visit) {
        const auto count = static_cast<std::uint32_t>(event_->fields().size());
        if (field == any_field) {
            for (std::uint32_t place = 0; place < count; ++place) {
                if (visit(place)) return;
            }
            return;
        }
        const auto& first = first_of_field_[static_cast<std::uint32_t>(field)];
        if (first.round != round_) return;
        for (auto place = first.place; place != none; place = next_[place]) {
            if (visit(place)) return;
        }
    }

    void look(const RouteField& field) {
        const auto& first = first_of_field_[static_cast<std::uint32_t>(field.field)];
        if (first.round != round_) return;
        for (auto place = first.place; place != none; place = next_[place]) {
            const auto& value = event_->fields()[place];
            if (value.type == event::Type::null) continue;
            auto known = cache_.find(field.slot, value.value);
            if (known.number == 0) {
                const auto begin = static_cast<std::ptrdiff_t>(rules_.size());
                for (const auto& search : field.searches) find_all(search, place);
                std::sort(rules_.begin() + begin, rules_.end());
                rules_.erase(std::unique(rules_.begin() + begin, rules_.end()), rules_.end());
                known.number =
                    cache_.keep(field.slot, value.value,
                                std::span(rules_).subspan(static_cast<std::size_t>(begin)));
            } else {
                rules_.insert(rules_.end(), known.findings.begin(), known.findings.end());
            }
            if (place == first.place && next_[place] == none) {
                numbers_[static_cast<std::uint32_t>(field.field)] = {round_, known.number};
            }
        }
    }

    void take(const Search& search, std::uint32_t finding) {
        const auto& rules = search.group->findings[finding];
        rules_.insert(rules_.end(), rules.begin(), rules.end());
    }

    // Adds to rules_ whose witnesses are in the value there.
    void find_all(const Search& search, std::uint32_t place) {
        const auto& index = *search.index;
        find_ends(search, place);
        if (index.inside) find_inside(search, folded_.value(place));
        find_expressions(search, place);
    }

    void find_ends(const Search& search, std::uint32_t place) {
        const auto found = [&](std::uint32_t finding) { take(search, finding); };
        search.index->starts.walk(folded_.value(place), found);
        search.index->ends.walk(folded_.value(place), found);
    }

    void find_inside(const Search& search, std::string_view folded) {
        found_.clear();
        search.index->inside->scan(folded, memory_, found_);
        for (const auto number : found_) take(search, search.index->inside_findings[number]);
    }

    void find_expressions(const Search& search, std::uint32_t place) {
        const auto& index = *search.index;
        if (!index.expressions) return;
        const auto value = event_->fields()[place].value;
        const auto plain = plain_text(value, plain_memory_);
        if (!plain) {
            for (const auto finding : index.expression_findings) take(search, finding);
            return;
        }
        found_.clear();
        index.expressions->scan(*plain, memory_, found_);
        for (const auto number : found_) take(search, index.expression_findings[number]);
        if (plain->data() == value.data()) return;
        for (const auto finding : index.unsure_findings) take(search, finding);
    }

    // Literals that may stand in any field are looked for in all values at once; what spans two
    // values is found as well, and then no rule holds for it.
    void look_anywhere(const Search& search) {
        const auto& index = *search.index;
        if (index.inside) find_inside(search, folded_.text());
        if (!index.starts.empty() || !index.ends.empty() || index.expressions) {
            for (std::uint32_t place = 0; place < event_->fields().size(); ++place) {
                find_ends(search, place);
                find_expressions(search, place);
            }
        }
    }

    void ask(RuleNumber rule) {
        if (asked_[rule] == round_) return;
        asked_[rule] = round_;
        if (holds(rule)) hits_.push_back(rule);
    }

    bool holds(RuleNumber rule) {
        VerdictCache::Question question{rule, {}};
        const auto& asked = plan_.asked_fields[rule];
        bool all = asked.all;
        for (std::size_t i = 0; i < asked.count; ++i) {
            question.values[i] = number_of(asked.of[i]);
            all = all && question.values[i] != 0;
        }
        const auto first = plan_.first_node[rule];
        auto& verdict = verdicts_.at(question);
        if (verdict.question != question) {
            const auto truth = all ? (node_holds(first) ? Truth::yes : Truth::no)
                                   : truth_of(first, {asked, question});
            verdict = {question, truth};
        }
        if (verdict.truth == Truth::unknown) return node_holds(first);
        return verdict.truth == Truth::yes;
    }

    // What is known of the values that a rule asks about.
    struct Known {
        const AskedFields& asked;
        const VerdictCache::Question& question;

        [[nodiscard]] bool has(event::FieldId field) const {
            for (std::size_t i = 0; i < asked.count; ++i) {
                if (asked.of[i] == field) return question.values[i] != 0;
            }
            return false;
        }
    };

    // What the known values alone say.
    Truth truth_of(std::uint32_t index, const Known& known) {
        const auto& node = plan_.nodes[index];
        if (node.kind == Expression::Kind::test) {
            const auto& test = plan_.tests[node.test];
            const bool decided = known.has(test.field) &&
                                 (test.other == event::other_field || known.has(test.other));
            if (!decided) return Truth::unknown;
            return test_holds(node.test) ? Truth::yes : Truth::no;
        }
        if (node.kind == Expression::Kind::negation) {
            const auto inner = truth_of(index + 1, known);
            if (inner == Truth::unknown) return inner;
            return inner == Truth::yes ? Truth::no : Truth::yes;
        }
        const bool all = node.kind == Expression::Kind::all;
        auto truth = all ? Truth::yes : Truth::no;
        for (auto child = index + 1; child < node.after; child = plan_.nodes[child].after) {
            const auto one = truth_of(child, known);
            if (one == Truth::unknown) {
                truth = one;
            } else if ((one == Truth::yes) != all) {
                return one;
            }
        }
        return truth;
    }

    // The number of the field's only value; `absent` when the event has no such field, 0 when it
    // has several, or null, or the value is not kept.
    ValueCache::Number number_of(event::FieldId field) {
        constexpr auto absent = ValueCache::last_number + 1;
        const auto id = static_cast<std::uint32_t>(field);
        const auto& first = first_of_field_[id];
        if (first.round != round_) return absent;
        auto& number = numbers_[id];
        if (number.round == round_) return number.of;
        number = {round_, 0};
        const auto& value = event_->fields()[first.place];
        if (next_[first.place] != none || value.type == event::Type::null) return 0;
        const auto slot = route_->slots[id];
        number.of = cache_.find(slot, value.value).number;
        if (number.of == 0) number.of = cache_.keep(slot, value.value, {});
        return number.of;
    }

    bool node_holds(std::uint32_t index) {
        const auto& node = plan_.nodes[index];
        if (node.kind == Expression::Kind::test) return test_holds(node.test);
        if (node.kind == Expression::Kind::negation) return !node_holds(index + 1);
        const bool all = node.kind == Expression::Kind::all;
        for (auto child = index + 1; child < node.after; child = plan_.nodes[child].after) {
            if (node_holds(child) != all) return !all;
        }
        return all;
    }

    bool test_holds(TestNumber number) {
        auto& answer = answers_[number];
        if (answer.round != round_) answer = {round_, answer_of(number)};
        return answer.holds;
    }

    static bool is_true(const SimpleTest& test, std::string_view text) {
        switch (test.shape) {
            case Glob::Shape::equal:
                return text == test.literal;
            case Glob::Shape::start:
                return text.starts_with(test.literal);
            case Glob::Shape::end:
                return text.ends_with(test.literal);
            case Glob::Shape::inside:
                return ::memmem(text.data(), text.size(), test.literal.data(),
                                test.literal.size()) != nullptr;
            default:
                return true;  // anything
        }
    }

    bool answer_of(TestNumber number) {
        const auto& simple = plan_.simple[number];
        if (simple.shape != Glob::Shape::general) {
            bool holds = false;
            each_place(simple.field, [&](std::uint32_t place) {
                holds = event_->fields()[place].type != event::Type::null &&
                        is_true(simple, folded_.value(place));
                return holds;
            });
            return holds;
        }
        const Test& test = plan_.tests[number];
        if (!asks_one_value(test.operation)) return event_matches(test, *event_);
        const auto& regex = plan_.regexes[number];
        bool holds = false;
        each_place(test.field, [&](std::uint32_t place) {
            const auto& field = event_->fields()[place];
            holds = value_matches(test, field, folded_.value(place), regex ? &*regex : nullptr);
            return holds;
        });
        return holds;
    }

    const PlanContent& plan_;
    Routing routing_;
    ScanMemory memory_;
    std::unordered_map<event::LogSource, Route, SourceHash> routes_;
    const Route* route_ = nullptr;

    const event::Event* event_ = nullptr;
    Round round_ = 0;
    std::vector<Answer> answers_;  // of each test
    std::vector<Round> asked_;     // of each rule
    std::vector<First> first_of_field_;
    std::vector<std::uint32_t> next_;  // the next place of the same field
    std::vector<Number> numbers_;      // of each field's value in ValueCache
    FoldedEvent folded_;
    ValueCache cache_;
    VerdictCache verdicts_;
    std::uint32_t slots_ = 0;
    std::string plain_memory_;
    std::vector<std::uint32_t> found_;
    std::vector<std::uint32_t> rules_;  // to be asked about this event
    std::vector<std::uint32_t> hits_;
};

Matcher::Matcher(std::unique_ptr<State> state) : state_(std::move(state)) {}
Matcher::Matcher(Matcher&&) noexcept = default;
Matcher& Matcher::operator=(Matcher&&) noexcept = default;
Matcher::~Matcher() = default;

base::Result<Matcher> Matcher::make(const Plan& plan, Routing routing) {
    auto state = std::make_unique<State>(*plan.content_, routing);
    if (auto prepared = state->prepare(); !prepared) return base::Failure(prepared.error());
    return Matcher(std::move(state));
}

std::span<const std::uint32_t> Matcher::match(const event::Event& event) {
    return state_->match(event);
}

}  // namespace shoji::sigma
