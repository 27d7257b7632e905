#include "watch/detect/sigma/test_match.h"

#include "watch/detect/sigma/fold.h"
#include "watch/detect/sigma/number.h"
#include "watch/event/time.h"

#include <algorithm>

#include <re2/re2.h>

namespace shoji::sigma {
namespace {

using base::ErrorKind;

bool compares(Operation operation, double value, double number) {
    switch (operation) {
        case Operation::less:
            return value < number;
        case Operation::less_equal:
            return value <= number;
        case Operation::greater:
            return value > number;
        default:
            return value >= number;
    }
}

bool time_matches(const Test& test, std::string_view text) {
    const auto time = event::parse_time(text);
    if (!time) return false;
    const auto parts = event::calendar_of(*time);
    const auto part = [&] {
        switch (test.operation) {
            case Operation::minute:
                return parts.minute;
            case Operation::hour:
                return parts.hour;
            case Operation::day:
                return parts.day;
            case Operation::week:
                return parts.week;
            case Operation::month:
                return parts.month;
            default:
                return parts.year;
        }
    }();
    return part == test.number;
}

bool is_same(Operation operation, std::string_view text, std::string_view other) {
    switch (operation) {
        case Operation::same_start:
            return text.starts_with(other);
        case Operation::same_end:
            return text.ends_with(other);
        case Operation::same_inside:
            return text.find(other) != std::string_view::npos;
        default:
            return text == other;
    }
}

bool same_matches(const Test& test, const event::Event& event) {
    for (const auto& field : event.fields()) {
        if (field.id != test.field || field.type == event::Type::null) continue;
        for (const auto& other : event.fields()) {
            if (other.id != test.other || other.type == event::Type::null) continue;
            const bool same = test.cased
                                  ? is_same(test.operation, field.value, other.value)
                                  : is_same(test.operation, fold(field.value), fold(other.value));
            if (same) return true;
        }
    }
    return false;
}

}  // namespace

struct Regex::Content {
    std::string text;
    std::once_flag once;
    std::unique_ptr<RE2> expression;
};

namespace {

std::unique_ptr<RE2> compiled(const std::string& text) {
    RE2::Options options;
    options.set_log_errors(false);
    constexpr std::int64_t most_memory = 8 << 20;
    options.set_max_mem(most_memory);
    return std::make_unique<RE2>(text, options);
}

}  // namespace

Regex::Regex(std::unique_ptr<Content> content) : content_(std::move(content)) {}
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;
Regex::~Regex() = default;

Regex Regex::later(std::string_view expression) {
    auto content = std::make_unique<Content>();
    content->text = expression;
    return Regex(std::move(content));
}

base::Result<Regex> Regex::compile(std::string_view expression) {
    Regex regex = later(expression);
    auto& content = *regex.content_;
    std::call_once(content.once, [&] { content.expression = compiled(content.text); });
    if (!content.expression->ok()) {
        return base::because(ErrorKind::invalid, "the expression '{}' does not compile: {}",
                             expression, content.expression->error());
    }
    return regex;
}

bool Regex::matches(std::string_view text) const {
    auto& content = *content_;
    std::call_once(content.once, [&] { content.expression = compiled(content.text); });
    return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *content.expression);
}

std::size_t Regex::size() const {
    auto& content = *content_;
    std::call_once(content.once, [&] { content.expression = compiled(content.text); });
    return static_cast<std::size_t>(std::max(content.expression->ProgramSize(), 0));
}

bool asks_one_value(Operation operation) {
    switch (operation) {
        case Operation::exists:
        case Operation::null:
        case Operation::same:
        case Operation::same_start:
        case Operation::same_end:
        case Operation::same_inside:
        case Operation::never:
            return false;
        default:
            return true;
    }
}

bool value_matches(const Test& test, const event::Field& field, std::string_view folded,
                   const Regex* regex) {
    if (field.type == event::Type::null) return false;
    switch (test.operation) {
        case Operation::glob:
            return test.glob.matches(test.cased ? field.value : folded);
        case Operation::regex:
            return regex != nullptr && regex->matches(field.value);
        case Operation::network:
            return test.network.contains(field.value);
        case Operation::less:
        case Operation::less_equal:
        case Operation::greater:
        case Operation::greater_equal: {
            const auto value = number_of(field.value);
            return value && compares(test.operation, *value, test.number);
        }
        case Operation::minute:
        case Operation::hour:
        case Operation::day:
        case Operation::week:
        case Operation::month:
        case Operation::year:
            return time_matches(test, field.value);
        default:
            return false;
    }
}

bool event_matches(const Test& test, const event::Event& event) {
    switch (test.operation) {
        case Operation::exists:
            return event.find(test.field) != nullptr;
        case Operation::null: {
            for (const auto& field : event.fields()) {
                if (field.id == test.field && field.type != event::Type::null) return false;
            }
            return true;
        }
        case Operation::never:
            return false;
        default:
            return same_matches(test, event);
    }
}

}  // namespace shoji::sigma
