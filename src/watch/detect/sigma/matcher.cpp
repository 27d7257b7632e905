#include "watch/detect/sigma/fold.h"
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

// Bytes that Vectorscan, which sees bytes and Perl's \s, and RE2, which sees code points, take
// differently.
bool may_differ(std::string_view text) {
    return std::ranges::any_of(
        text, [](char c) { return static_cast<unsigned char>(c) >= 0x80 || c == '\v'; });
}

}  // namespace

class Matcher::State {
  public:
    State(const PlanContent& plan, Routing routing)
        : plan_(plan),
          routing_(routing),
          answers_(plan.tests.size()),
          asked_(plan.rules.size()),
          first_of_field_(plan.fields),
          caches_(plan.indexes) {}

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
        for (const auto* group : groups_for(event.source)) {
            for (const auto rule : group->always) ask(rule);
            for (const auto& index : group->fields) look(*group, index);
        }
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
    static constexpr std::uint32_t none = 0xffffffff;

    void begin(const event::Event& event) {
        event_ = &event;
        hits_.clear();
        if (++round_ == 0) restart();
        const auto fields = event.fields();
        next_.assign(fields.size(), none);
        if (folded_.size() < fields.size()) folded_.resize(fields.size());
        is_folded_.assign(fields.size(), 0);
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
    }

    const std::vector<const Group*>& groups_for(const event::LogSource& source) {
        const auto known = routes_.find(routing_ == Routing::all ? event::LogSource{} : source);
        if (known != routes_.end()) return known->second;
        constexpr std::size_t most_routes = 4096;
        if (routes_.size() >= most_routes) routes_.clear();
        std::vector<const Group*> groups;
        for (const auto& group : plan_.groups) {
            if (routing_ == Routing::all || group.is_for(source)) groups.push_back(&group);
        }
        return routes_
            .emplace(routing_ == Routing::all ? event::LogSource{} : source, std::move(groups))
            .first->second;
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

    const std::string& folded(std::uint32_t place) {
        if (is_folded_[place] == 0) {
            fold(event_->fields()[place].value, folded_[place]);
            is_folded_[place] = 1;
        }
        return folded_[place];
    }

    void look(const Group& group, const FieldIndex& index) {
        auto& cache = caches_[index.number];
        each_place(index.field, [&](std::uint32_t place) {
            const auto& field = event_->fields()[place];
            if (field.type == event::Type::null) return false;
            const auto known = cache.find(field.value);
            if (!known.known) {
                findings_.clear();
                find_all(index, place);
                cache.keep(field.value, findings_);
            }
            for (const auto finding : known.known ? known.findings : std::span(findings_)) {
                for (const auto rule : group.findings[finding]) ask(rule);
            }
            return false;
        });
    }

    // Adds to findings_ what is in the value there.
    void find_all(const FieldIndex& index, std::uint32_t place) {
        const auto found = [&](std::uint32_t finding) { findings_.push_back(finding); };
        const auto& text = folded(place);
        index.starts.walk(text, found);
        index.ends.walk(text, found);
        if (index.inside) {
            found_.clear();
            index.inside->scan(text, memory_, found_);
            for (const auto number : found_) found(index.inside_findings[number]);
        }
        if (!index.expressions) return;
        const auto value = event_->fields()[place].value;
        if (may_differ(value)) {
            for (const auto finding : index.expression_findings) found(finding);
            return;
        }
        found_.clear();
        index.expressions->scan(value, memory_, found_);
        for (const auto number : found_) found(index.expression_findings[number]);
    }

    void ask(RuleNumber rule) {
        if (asked_[rule] == round_) return;
        asked_[rule] = round_;
        if (node_holds(plan_.first_node[rule])) hits_.push_back(rule);
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
                        is_true(simple, folded(place));
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
            holds = value_matches(test, field, folded(place), regex ? &*regex : nullptr);
            return holds;
        });
        return holds;
    }

    const PlanContent& plan_;
    Routing routing_;
    ScanMemory memory_;
    std::unordered_map<event::LogSource, std::vector<const Group*>, SourceHash> routes_;

    const event::Event* event_ = nullptr;
    Round round_ = 0;
    std::vector<Answer> answers_;  // of each test
    std::vector<Round> asked_;     // of each rule
    std::vector<First> first_of_field_;
    std::vector<std::uint32_t> next_;  // the next place of the same field
    std::vector<std::string> folded_;
    std::vector<std::uint8_t> is_folded_;
    std::vector<ValueCache> caches_;  // of each index of a field
    std::vector<std::uint32_t> found_;
    std::vector<std::uint32_t> findings_;
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
