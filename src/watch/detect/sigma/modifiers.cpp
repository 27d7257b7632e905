#include "watch/detect/sigma/modifiers.h"

#include "watch/detect/sigma/encoding.h"
#include "watch/detect/sigma/expression.h"
#include "watch/detect/sigma/fold.h"
#include "watch/detect/sigma/placeholders.h"
#include "watch/detect/sigma/test_match.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace shoji::sigma {
namespace {

using base::ErrorKind;
using base::Result;

// What the modifiers of one item ask for, whatever their order among those that do not change the
// value.
struct Item {
    event::FieldId field = any_field;
    bool keyword = false;
    Operation operation = Operation::glob;
    bool all = false;
    bool cased = false;
    bool different = false;
    bool reference = false;
    std::string flags;                   // of an expression
    std::vector<std::string_view> text;  // modifiers that change the value, in their order
};

struct Named {
    std::string_view name;
    Operation operation;
};
constexpr std::array operations{
    Named{"re", Operation::regex},          Named{"cidr", Operation::network},
    Named{"exists", Operation::exists},     Named{"lt", Operation::less},
    Named{"lte", Operation::less_equal},    Named{"gt", Operation::greater},
    Named{"gte", Operation::greater_equal}, Named{"minute", Operation::minute},
    Named{"hour", Operation::hour},         Named{"day", Operation::day},
    Named{"week", Operation::week},         Named{"month", Operation::month},
    Named{"year", Operation::year},
};
constexpr std::array<std::string_view, 11> text_modifiers{
    "contains", "startswith", "endswith", "windash", "expand",      "base64",
    "wide",     "utf16le",    "utf16be",  "utf16",   "base64offset"};

// Which of the two ends `contains`, `startswith` and `endswith` leave open.
bool opens_start(std::string_view modifier) {
    return modifier == "contains" || modifier == "endswith";
}
bool opens_end(std::string_view modifier) {
    return modifier == "contains" || modifier == "startswith";
}

bool add_modifier(Item& item, std::string_view name) {
    const auto* operation = std::ranges::find(operations, name, &Named::name);
    if (operation != operations.end()) {
        if (item.operation != Operation::glob) return false;
        item.operation = operation->operation;
    } else if (name == "all") {
        item.all = true;
    } else if (name == "cased") {
        item.cased = true;
    } else if (name == "neq") {
        item.different = true;
    } else if (name == "fieldref") {
        item.reference = true;
    } else if (item.operation == Operation::regex) {
        constexpr std::array<std::array<std::string_view, 2>, 6> flags{{{"i", "i"},
                                                                        {"ignorecase", "i"},
                                                                        {"m", "m"},
                                                                        {"multiline", "m"},
                                                                        {"s", "s"},
                                                                        {"dotall", "s"}}};
        const auto* flag =
            std::ranges::find_if(flags, [&](const auto& one) { return one[0] == name; });
        if (flag == flags.end()) return false;
        item.flags += (*flag)[1];
    } else {
        if (std::ranges::find(text_modifiers, name) == text_modifiers.end()) return false;
        item.text.push_back(name);
    }
    return true;
}

Result<Item> read_key(std::string_view key, event::Names& names) {
    Item item;
    const auto bar = key.find('|');
    const auto field = key.substr(0, bar);
    item.keyword = field.empty();
    if (!item.keyword) item.field = names.add_field(field);
    auto rest = bar == std::string_view::npos ? std::string_view() : key.substr(bar + 1);
    while (!rest.empty()) {
        const auto end = rest.find('|');
        const auto name = rest.substr(0, end);
        if (!add_modifier(item, name)) {
            return base::because(ErrorKind::invalid, "the modifier '{}' is not known here", name);
        }
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
    return item;
}

// The globs with each %name% replaced by each of its values; none, and noted in the rule, when one
// has no list.
Result<std::vector<Glob>> expanded(const Glob& glob, Rule& rule, const Placeholders& placeholders) {
    bool filled = true;
    auto all = with_placeholders(glob, most_tests,
                                 [&](std::string_view name) -> std::optional<std::vector<Glob>> {
                                     const auto list = placeholders.find(name);
                                     if (list == placeholders.end()) {
                                         filled = false;
                                         rule.unfilled.emplace_back(name);
                                         return std::nullopt;
                                     }
                                     std::vector<Glob> globs;
                                     for (const auto& value : list->second)
                                         globs.push_back(Glob::parse(value));
                                     return globs;
                                 });
    if (!filled) return std::vector<Glob>();
    if (!all) return base::because(ErrorKind::full, "more than {} values", most_tests);
    return std::move(*all);
}

// What a modifier that encodes makes of one value.
Result<std::vector<Glob>> encoded(const Glob& glob, std::string_view modifier) {
    const auto plain = glob.as_plain();
    if (!plain) {
        return base::because(ErrorKind::invalid, "'{}' cannot be applied to a value with wildcards",
                             modifier);
    }
    if (modifier == "base64") return std::vector{Glob::plain(to_base64(*plain))};
    if (modifier == "base64offset") {
        std::vector<Glob> all;
        for (const auto& text : base64_offsets(*plain)) all.push_back(Glob::plain(text));
        return all;
    }
    const Utf16 form = modifier == "utf16be" ? Utf16::big
                       : modifier == "utf16" ? Utf16::with_mark
                                             : Utf16::little;
    return std::vector{Glob::plain(to_utf16(*plain, form))};
}

Result<std::vector<Glob>> changed(const Glob& glob, std::string_view modifier, Rule& rule,
                                  const Reading& reading) {
    if (modifier == "windash") return windows_dashes(glob);
    if (modifier == "expand") return expanded(glob, rule, reading.placeholders);
    if (!opens_start(modifier) && !opens_end(modifier)) return encoded(glob, modifier);
    Glob open = glob;
    if (opens_start(modifier)) open.any_before();
    if (opens_end(modifier)) open.any_after();
    return std::vector{std::move(open)};
}

Result<std::vector<Glob>> globs_of(const yaml::Node& value, const Item& item, Rule& rule,
                                   const Reading& reading) {
    std::vector<Glob> globs{Glob::parse(value.text)};
    for (const auto modifier : item.text) {
        std::vector<Glob> next;
        for (const auto& glob : globs) {
            auto forms = changed(glob, modifier, rule, reading);
            if (!forms) return forms;
            std::ranges::move(*forms, std::back_inserter(next));
            if (next.size() > most_tests) {
                return base::because(ErrorKind::full, "more than {} values", most_tests);
            }
        }
        globs = std::move(next);
    }
    return globs;
}

Result<Expression> add(Test test, Rule& rule) {
    if (rule.tests.size() >= most_tests) {
        return base::because(ErrorKind::full, "more than {} values", most_tests);
    }
    rule.tests.push_back(std::move(test));
    return Expression{
        Expression::Kind::test, static_cast<std::uint32_t>(rule.tests.size() - 1), {}};
}

Result<Expression> read_text(const yaml::Node& value, const Item& item, Rule& rule,
                             const Reading& reading) {
    auto globs = globs_of(value, item, rule, reading);
    if (!globs) return base::Failure(globs.error());
    std::vector<Expression> any;
    for (auto& glob : *globs) {
        if (item.keyword) {
            glob.any_before();
            glob.any_after();
        }
        Test test;
        test.field = item.field;
        test.cased = item.cased;
        test.glob = item.cased ? std::move(glob) : glob.folded();
        auto added = add(std::move(test), rule);
        if (!added) return added;
        any.push_back(std::move(*added));
    }
    if (any.empty()) {
        Test never;
        never.field = item.field;
        never.operation = Operation::never;
        return add(std::move(never), rule);
    }
    return combined(Expression::Kind::any, std::move(any));
}

Result<Expression> read_reference(const yaml::Node& value, const Item& item, Rule& rule,
                                  const Reading& reading) {
    if (value.kind != yaml::Kind::text || item.keyword) {
        return base::because(ErrorKind::invalid, "'fieldref' needs the name of a field");
    }
    bool start = false;
    bool end = false;
    for (const auto modifier : item.text) {
        if (!opens_start(modifier) && !opens_end(modifier)) {
            return base::because(ErrorKind::invalid, "'{}' does not go with 'fieldref'", modifier);
        }
        start |= opens_start(modifier);
        end |= opens_end(modifier);
    }
    Test test;
    test.field = item.field;
    test.cased = item.cased;
    test.other = reading.names.add_field(value.text);
    test.operation = start && end ? Operation::same_inside
                     : start      ? Operation::same_end
                     : end        ? Operation::same_start
                                  : Operation::same;
    return add(std::move(test), rule);
}

std::optional<double> number_of(const yaml::Node& value) {
    double number = 0;
    const auto* end = value.text.data() + value.text.size();
    const auto [at, error] = std::from_chars(value.text.data(), end, number);
    if (value.text.empty() || error != std::errc{} || at != end) return std::nullopt;
    return number;
}

// The operations that take something else than text with wildcards.
Result<Expression> read_operand(const yaml::Node& value, const Item& item, Rule& rule) {
    Test test;
    test.field = item.field;
    test.operation = item.operation;
    if (!item.text.empty() && item.operation != Operation::regex) {
        return base::because(ErrorKind::invalid, "'{}' does not go with the other modifiers",
                             item.text.front());
    }
    switch (item.operation) {
        case Operation::regex:
            test.text = item.flags.empty() ? value.text : "(?" + item.flags + ")" + value.text;
            if (auto compiled = Regex::compile(test.text); !compiled) {
                return base::Failure(compiled.error());
            }
            break;
        case Operation::network: {
            const auto network = Network::parse(value.text);
            if (!network)
                return base::because(ErrorKind::invalid, "'{}' is no network", value.text);
            test.network = *network;
            break;
        }
        case Operation::exists: {
            const auto is_there = yaml::boolean_of(value);
            if (!is_there) {
                return base::because(ErrorKind::invalid, "'exists' needs true or false");
            }
            auto exists = add(std::move(test), rule);
            if (!exists || *is_there) return exists;
            return negation(std::move(*exists));
        }
        default: {
            const auto number = number_of(value);
            if (!number) return base::because(ErrorKind::invalid, "'{}' is no number", value.text);
            test.number = *number;
        }
    }
    return add(std::move(test), rule);
}

Result<Expression> read_value(const yaml::Node& value, const Item& item, Rule& rule,
                              const Reading& reading) {
    if (!value.is_scalar()) {
        return base::because(ErrorKind::invalid,
                             "a value must be a text, a number or a list of them");
    }
    if (item.reference) return read_reference(value, item, rule, reading);
    if (item.operation != Operation::glob) return read_operand(value, item, rule);
    if (value.kind != yaml::Kind::null) return read_text(value, item, rule, reading);
    if (item.keyword || !item.text.empty()) {
        return base::because(ErrorKind::invalid, "nothing stands where a value is needed");
    }
    Test test;
    test.field = item.field;
    test.operation = Operation::null;
    return add(std::move(test), rule);
}

Result<Expression> read_values(const Item& item, const yaml::Node& value, Rule& rule,
                               const Reading& reading) {
    std::vector<Expression> parts;
    const auto read_one = [&](const yaml::Node& one) -> Result<void> {
        auto expression = read_value(one, item, rule, reading);
        if (!expression) {
            return base::inside(base::at_line(one.line), expression.error());
        }
        parts.push_back(std::move(*expression));
        return {};
    };
    if (value.kind == yaml::Kind::sequence) {
        for (const auto& one : value.items) {
            if (auto read = read_one(one); !read) return base::Failure(read.error());
        }
    } else if (auto read = read_one(value); !read) {
        return base::Failure(read.error());
    }
    auto whole =
        combined(item.all ? Expression::Kind::all : Expression::Kind::any, std::move(parts));
    return item.different ? negation(std::move(whole)) : std::move(whole);
}

}  // namespace

Result<Expression> read_item(const std::string& key, const yaml::Node& value, Rule& rule,
                             const Reading& reading) {
    auto item = read_key(key, reading.names);
    if (!item) return base::inside(base::at_line(value.line), item.error());
    return read_values(*item, value, rule, reading);
}

Result<Expression> read_keyword(const yaml::Node& value, Rule& rule, const Reading& reading) {
    Item item;
    item.keyword = true;
    return read_values(item, value, rule, reading);
}

}  // namespace shoji::sigma
