// How a plan is asked about an event. The values of each field are looked up, or searched through,
// for witnesses: these give the candidates among the detections of the event's route. Each value
// that came before also says which of them it refutes, and takes these away, all at once. Only what
// is left is evaluated.
#include "watch/detect/sigma/fold.h"
#include "watch/detect/sigma/folded_event.h"
#include "watch/detect/sigma/plain_text.h"
#include "watch/detect/sigma/plan_content.h"
#include "watch/detect/sigma/route.h"
#include "watch/detect/sigma/value_cache.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace shoji::sigma {
namespace {

constexpr std::uint32_t none = 0xffffffff;

// What the value of one field alone says of an expression.
enum class Truth : std::uint8_t { no, yes, unknown };

}  // namespace

class Matcher::State {
  public:
    State(const PlanContent& plan, Routing routing)
        : plan_(plan),
          routing_(routing),
          routes_(plan),
          answers_(plan.flat_tests.size()),
          first_of_field_(plan.fields),
          facts_(plan.fields) {}

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
        candidates_ = route_->always;
        refuted_.assign(candidates_.size(), 0);
        gather();
        for (const auto& value : values_) look(value);
        if (!route_->keywords.empty()) look_anywhere();
        for (std::size_t i = 0; i < candidates_.size(); ++i) {
            for (Word left = candidates_[i] & ~refuted_[i]; left != 0; left &= left - 1) {
                ask(i * word_bits + static_cast<std::size_t>(std::countr_zero(left)));
            }
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
    struct Facts {
        Round round = 0;
        ValueFacts* of = nullptr;
    };

    // The last one that was asked about.
    struct Address {
        Round round = 0;
        std::uint32_t place = 0;
        std::optional<Network> of;
    };
    // One that is looked at.
    struct Value {
        const RouteField* field;
        std::uint32_t place;
        bool alone;  // the only one of its field
        ValueCache::Key key;
    };

    void begin(const event::Event& event) {
        event_ = &event;
        hits_.clear();
        if (++round_ == 0) restart();
        cache_.begin_round();
        folded_.begin(event);
        if (routes_.is_full()) forget_routes();
        route_ = routing_ == Routing::all ? &routes_.all() : &routes_.of(event.source);
        if (absent_.size() < routes_.slots()) absent_.resize(routes_.slots());
        const auto fields = event.fields();
        next_.resize(fields.size());
        covered_.assign(fields.size(), 0);
        for (std::size_t i = fields.size(); i-- > 0;) {
            const auto id = static_cast<std::uint32_t>(fields[i].id);
            if (id >= first_of_field_.size()) continue;
            auto& first = first_of_field_[id];
            next_[i] = first.round == round_ ? first.place : none;
            first = {round_, static_cast<std::uint32_t>(i)};
        }
    }

    // The counter of rounds has come around: what earlier rounds left must not be taken for this
    // one's.
    void restart() {
        round_ = 1;
        std::ranges::fill(answers_, Answer{});
        std::ranges::fill(first_of_field_, First{});
        std::ranges::fill(facts_, Facts{});
        address_ = {};
    }

    // What is known of values is known by the routes' slots.
    void forget_routes() {
        routes_.clear();
        cache_.clear();
        absent_.clear();
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

    // Which values are looked at. What is known of them is on its way from memory when the last one
    // is gathered.
    void gather() {
        values_.clear();
        for (const auto& field : route_->fields) {
            const auto id = static_cast<std::uint32_t>(field.field);
            const auto& first = first_of_field_[id];
            if (first.round != round_) {
                add_bits(refuted_, known_facts(field.field)->refuted());
                continue;
            }
            const bool alone = next_[first.place] == none;
            if (alone) facts_[id] = {round_, nullptr};
            for (auto place = first.place; place != none; place = next_[place]) {
                const auto& value = event_->fields()[place];
                if (value.type == event::Type::null) continue;
                values_.push_back({&field, place, alone, cache_.key(field.slot, value.value)});
            }
        }
    }

    void look(const Value& value) {
        auto* facts = cache_.find(value.key);
        if (facts == nullptr) {
            facts = cache_.keep(value.key, candidates_.size());
            found_bits_ = facts == nullptr ? std::span(candidates_) : facts->witnessed();
            for (const auto& search : value.field->searches) find_all(search, value.place);
            if (facts == nullptr) return;
            for (const auto& search : route_->keywords) find_all(search, value.place);
        }
        covered_[value.place] = 1;
        add_bits(candidates_, facts->witnessed());
        if (!value.alone) return;
        add_bits(refuted_, facts->refuted());
        facts_[static_cast<std::uint32_t>(value.field->field)].of = facts;
    }

    // What is known of the field's only value, or of its absence. Null when it has several, or
    // null, or a value that is not kept.
    ValueFacts* known_facts(event::FieldId field) {
        const auto id = static_cast<std::uint32_t>(field);
        auto& facts = facts_[id];
        if (facts.round == round_) return facts.of;
        facts = {round_, nullptr};
        const auto slot = route_->slots[id];
        const auto words = candidates_.size();
        const auto& first = first_of_field_[id];
        if (first.round != round_) {
            auto& absent = absent_[slot];
            if (absent.refuted().size() != words) absent.reset(words);
            return facts.of = &absent;
        }
        const auto& value = event_->fields()[first.place];
        if (next_[first.place] != none || value.type == event::Type::null) return nullptr;
        const auto key = cache_.key(slot, value.value);
        facts.of = cache_.find(key);
        if (facts.of == nullptr) facts.of = cache_.keep(key, words);
        return facts.of;
    }

    void take(const Search& search, std::uint32_t finding) {
        for (const auto own : search.group->findings[finding]) {
            set_bit(found_bits_, search.first_bit + own);
        }
    }

    // Adds to found_bits_ those whose witnesses are in the value there.
    void find_all(const Search& search, std::uint32_t place) {
        find_ends(search, place);
        if (search.index->inside) find_inside(search, folded_.value(place));
        find_expressions(search, place);
    }

    void find_ends(const Search& search, std::uint32_t place) {
        const auto& [starts, ends] = std::tie(search.index->starts, search.index->ends);
        if (starts.empty() && ends.empty()) return;
        const auto found = [&](std::uint32_t finding) { take(search, finding); };
        const auto value = folded_.value(place);
        starts.walk(value, found);
        ends.walk(value, found);
    }

    void find_inside(const Search& search, std::string_view folded) {
        found_.clear();
        search.index->inside->scan(folded, memory_, found_);
        for (const auto number : found_) take(search, search.index->inside_findings[number]);
    }

    void find_expressions(const Search& search, std::uint32_t place) {
        const auto& index = *search.index;
        for (const auto finding : index.unsearched_findings) take(search, finding);
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

    // Keywords, in the values that were not looked at before with all else. Literals are looked for
    // in all of these at once; what spans two values is found as well, and then no rule holds for
    // it.
    void look_anywhere() {
        found_bits_ = candidates_;
        const auto fields = event_->fields();
        rest_.clear();
        bool each = false;
        for (const auto& search : route_->keywords) each = each || !is_inside_only(*search.index);
        for (std::uint32_t place = 0; place < fields.size(); ++place) {
            if (covered_[place] != 0) continue;
            if (each) {
                for (const auto& search : route_->keywords) {
                    find_ends(search, place);
                    find_expressions(search, place);
                }
            }
            if (fields[place].value.size() < route_->shortest_keyword) continue;
            rest_ += fields[place].value;
            rest_ += '\n';
        }
        fold_from(rest_, 0);
        for (const auto& search : route_->keywords) {
            if (search.index->inside) find_inside(search, rest_);
        }
        // One long event does not hold its memory for good.
        constexpr std::size_t usual = 1 << 20;
        if (rest_.capacity() > usual) rest_ = {};
    }

    static bool is_inside_only(const FieldIndex& index) {
        return index.starts.empty() && index.ends.empty() && !index.expressions &&
               index.unsearched_findings.empty();
    }

    void ask(std::size_t bit) {
        const auto number = route_->detections[bit];
        const auto& detection = plan_.detections[number];
        for (std::size_t i = 0; i < detection.asked.count; ++i) {
            if (is_refuted(bit, detection, detection.asked.of[i])) return;
        }
        if (!node_holds(detection.first_node)) return;
        const auto rules = plan_.reports[number];
        hits_.insert(hits_.end(), rules.begin(), rules.end());
    }

    // Whether the field's value alone makes the detection false. What is found out is kept.
    bool is_refuted(std::size_t bit, const FlatDetection& detection, event::FieldId field) {
        auto* facts = known_facts(field);
        if (facts == nullptr) return false;
        if (!has_bit(facts->weighed(), bit)) {
            set_bit(facts->weighed(), bit);
            const auto truth = truth_of(detection.first_node, field);
            if (truth == Truth::no) set_bit(facts->refuted(), bit);
        }
        return has_bit(facts->refuted(), bit);
    }

    Truth truth_of(std::uint32_t index, event::FieldId field) {
        const auto& node = plan_.nodes[index];
        if (node.is(Expression::Kind::test)) {
            const auto& test = plan_.flat_tests[node.test];
            if (test.field != field) return Truth::unknown;
            if (test.is_general() && plan_.tests[test.begin].other != event::other_field) {
                return Truth::unknown;
            }
            return test_holds(node.test) ? Truth::yes : Truth::no;
        }
        if (node.is(Expression::Kind::negation)) {
            const auto inner = truth_of(index + 1, field);
            if (inner == Truth::unknown) return inner;
            return inner == Truth::yes ? Truth::no : Truth::yes;
        }
        const bool all = node.is(Expression::Kind::all);
        auto truth = all ? Truth::yes : Truth::no;
        for (auto child = index + 1; child < node.after; child = plan_.nodes[child].after) {
            const auto one = truth_of(child, field);
            if (one == Truth::unknown) {
                truth = one;
            } else if ((one == Truth::yes) != all) {
                return one;
            }
        }
        return truth;
    }

    bool node_holds(std::uint32_t index) {
        const auto& node = plan_.nodes[index];
        if (node.is(Expression::Kind::test)) return test_holds(node.test);
        if (node.is(Expression::Kind::negation)) return !node_holds(index + 1);
        const bool all = node.is(Expression::Kind::all);
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

    static bool is_true(Glob::Shape shape, std::string_view literal, std::string_view text) {
        switch (shape) {
            case Glob::Shape::equal:
                return text == literal;
            case Glob::Shape::start:
                return text.starts_with(literal);
            case Glob::Shape::end:
                return text.ends_with(literal);
            case Glob::Shape::inside:
                return ::memmem(text.data(), text.size(), literal.data(), literal.size()) !=
                       nullptr;
            default:
                return true;  // anything
        }
    }

    bool answer_of(TestNumber number) {
        const auto& flat = plan_.flat_tests[number];
        if (flat.is_general()) return general_answer_of(flat.begin);
        const auto shape = static_cast<Glob::Shape>(flat.shape);
        const auto literal = plan_.literal(flat);
        bool holds = false;
        each_place(flat.field, [&](std::uint32_t place) {
            holds = event_->fields()[place].type != event::Type::null &&
                    is_true(shape, literal, folded_.value(place));
            return holds;
        });
        return holds;
    }

    bool general_answer_of(std::uint32_t index) {
        const Test& test = plan_.tests[index];
        if (!asks_one_value(test.operation)) return event_matches(test, *event_);
        const auto& regex = plan_.regexes[index];
        bool holds = false;
        if (test.operation == Operation::network) {
            each_place(test.field, [&](std::uint32_t place) {
                const auto& address = address_at(place);
                return holds = address && test.network.contains(*address);
            });
            return holds;
        }
        each_place(test.field, [&](std::uint32_t place) {
            const auto& field = event_->fields()[place];
            holds = value_matches(test, field, folded_.value(place), regex ? &*regex : nullptr);
            return holds;
        });
        return holds;
    }

    // Rules ask about one address in many networks.
    const std::optional<Network>& address_at(std::uint32_t place) {
        if (address_.round != round_ || address_.place != place) {
            const auto& field = event_->fields()[place];
            address_ = {round_, place, std::nullopt};
            if (field.type != event::Type::null) {
                address_.of = Network::parse_address(field.value);
            }
        }
        return address_.of;
    }

    const PlanContent& plan_;
    Routing routing_;
    Routes routes_;
    ScanMemory memory_;
    const Route* route_ = nullptr;

    const event::Event* event_ = nullptr;
    Round round_ = 0;
    std::vector<Answer> answers_;  // of each test
    std::vector<First> first_of_field_;
    std::vector<std::uint32_t> next_;    // the next place of the same field
    std::vector<std::uint8_t> covered_;  // places whose values were looked at for keywords
    std::vector<Facts> facts_;           // of each field
    std::vector<ValueFacts> absent_;     // of each slot, when the field is not there
    std::vector<Value> values_;
    Address address_;
    FoldedEvent folded_;
    ValueCache cache_;
    std::string plain_memory_;
    std::string rest_;  // the values that are not covered
    std::vector<std::uint32_t> found_;
    std::span<Word> found_bits_;
    std::vector<Word> candidates_;
    std::vector<Word> refuted_;
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
