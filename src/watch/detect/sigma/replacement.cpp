#include "watch/detect/sigma/replacement.h"

#include "watch/detect/sigma/fold.h"

#include <re2/re2.h>
#include <utf8proc.h>

namespace shoji::sigma {
namespace {

using base::Result;

std::string upper(std::string_view text) {
    std::string changed;
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    for (std::size_t at = 0; at < text.size();) {
        utf8proc_int32_t point = 0;
        const auto left = static_cast<utf8proc_ssize_t>(text.size() - at);
        const auto length = utf8proc_iterate(bytes + at, left, &point);
        if (length <= 0) {
            changed.push_back(text[at++]);
            continue;
        }
        utf8proc_uint8_t encoded[4];
        const auto size = utf8proc_encode_char(utf8proc_toupper(point), encoded);
        changed.append(reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(size));
        at += static_cast<std::size_t>(length);
    }
    return changed;
}

std::string snake_case(std::string_view text) {
    std::string changed;
    for (const char c : text) {
        if (!changed.empty() && c >= 'A' && c <= 'Z') changed += '_';
        changed += c;
    }
    return fold(changed);
}

// Python's \g<1> as \1. \g<name> becomes the group's number.
std::string groups_of_re2(const std::string& python, const re2::RE2& expression) {
    std::string text;
    for (std::size_t i = 0; i < python.size(); ++i) {
        const auto end = python.find('>', i);
        if (python.compare(i, 3, "\\g<") != 0 || end == std::string::npos) {
            text += python[i];
            if (python[i] == '\\' && i + 1 < python.size()) text += python[++i];
            continue;
        }
        const auto name = python.substr(i + 3, end - i - 3);
        const auto known = expression.NamedCapturingGroups().find(name);
        const bool named = known != expression.NamedCapturingGroups().end();
        text += '\\' + (named ? std::to_string(known->second) : name);
        i = end;
    }
    return text;
}

// A backslash that does not make a wildcard plain is meant.
std::string doubled(std::string_view text) {
    std::string changed;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escapes = i + 1 < text.size() && (text[i + 1] == '*' || text[i + 1] == '?');
        if (text[i] == '\\' && !escapes) changed += '\\';
        changed += text[i];
    }
    return changed;
}

}  // namespace

Glob with_literals(const Glob& glob, const TextChange& change) {
    Glob changed;
    for (const auto& part : glob.parts()) {
        changed.append(part.kind, part.kind == Glob::Kind::literal ? change(part.text) : "");
    }
    return changed;
}

std::optional<TextChange> case_change(std::string_view method) {
    if (method == "lower") return [](std::string_view text) { return fold(text); };
    if (method == "upper") return upper;
    if (method == "snake_case") return snake_case;
    return std::nullopt;
}

Result<std::shared_ptr<const re2::RE2>> expression_of(const std::string& text,
                                                      const Parameters& parameters) {
    RE2::Options options;
    options.set_log_errors(false);
    constexpr std::int64_t most_memory = 8 << 20;
    options.set_max_mem(most_memory);
    auto expression = std::make_shared<const RE2>(text, options);
    if (expression->ok()) return expression;
    return parameters.wrong("the expression '{}' does not compile: {}", text, expression->error());
}

Result<Replacement> Replacement::read(Parameters& parameters) {
    const auto regex = parameters.text("regex");
    if (!regex) return base::Failure(regex.error());
    const auto text = parameters.text("replacement");
    if (!text) return base::Failure(text.error());
    const auto skip = parameters.flag("skip_special", false);
    if (!skip) return base::Failure(skip.error());
    const auto interpret = parameters.flag("interpret_special", false);
    if (!interpret) return base::Failure(interpret.error());
    auto expression = expression_of(*regex, parameters);
    if (!expression) return base::Failure(expression.error());
    Replacement replacement;
    replacement.expression_ = std::move(*expression);
    replacement.replacement_ = groups_of_re2(*text, *replacement.expression_);
    replacement.skip_special_ = *skip;
    replacement.interpret_special_ = *interpret;
    std::string error;
    if (!replacement.expression_->CheckRewriteString(replacement.replacement_, &error)) {
        return parameters.wrong("the replacement '{}' is wrong: {}", *text, error);
    }
    return replacement;
}

std::string Replacement::replaced(std::string_view text) const {
    std::string changed(text);
    RE2::GlobalReplace(&changed, *expression_, replacement_);
    return changed;
}

Glob Replacement::in(const ItemValue& value) const {
    if (!skip_special_) return Glob::parse(doubled(replaced(value.plain())));
    Glob changed;
    for (const auto& part : value.glob.parts()) {
        const auto text = part.kind == Glob::Kind::literal ? replaced(part.text) : std::string();
        if (part.kind != Glob::Kind::literal || !interpret_special_) {
            changed.append(part.kind, text);
            continue;
        }
        const auto read = Glob::parse(text);
        for (const auto& inner : read.parts()) changed.append(inner.kind, inner.text);
    }
    return changed;
}

}  // namespace shoji::sigma
