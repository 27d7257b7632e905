// Transformations that make other items, or another comparison, of an item: hashes_fields,
// extract_fields, regex.
#include "watch/detect/sigma/fold.h"
#include "watch/detect/sigma/item_values.h"
#include "watch/detect/sigma/number.h"
#include "watch/detect/sigma/replacement.h"
#include "watch/detect/sigma/transformations.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>

#include <re2/re2.h>

namespace shoji::sigma {
namespace {

using base::ErrorKind;
using base::Result;
using Values = std::vector<ItemValue>;

// What an item becomes; nothing: it stays.
using Change = std::function<Result<std::optional<Detection>>(const DetectionItem&)>;

class ItemTransformation : public Transformation {
  public:
    explicit ItemTransformation(Change change) : change_(std::move(change)) {}
    [[nodiscard]] bool is_of_items() const override { return true; }

    Result<void> apply(RuleDraft& rule, const PipelineItem& item,
                       Application& application) const override {
        Result<void> done;
        each_search(rule, [&](Detection& search) {
            if (done) done = apply_to(search, item, application);
        });
        return done;
    }

  private:
    Result<void> apply_to(Detection& detection, const PipelineItem& item,
                          Application& application) const {
        if (detection.kind != Detection::Kind::item) {
            for (auto& part : detection.parts) {
                if (auto done = apply_to(part, item, application); !done) return done;
            }
            return {};
        }
        if (!item.is_about(detection.item, application)) return {};
        auto changed = change_(detection.item);
        if (!changed) {
            return base::inside(base::at_line(detection.item.value().line), changed.error());
        }
        if (!*changed) return {};
        each_item(**changed, [&](DetectionItem& one) { one.processed.insert(item.id); });
        detection = std::move(**changed);
        return {};
    }

    Change change_;
};

MadeTransformation made(Change change) {
    return std::make_shared<const ItemTransformation>(std::move(change));
}

// The item under another name with other values, and without modifiers.
Detection with(const DetectionItem& item, std::string field, const Values& values) {
    Detection detection;
    detection.kind = Detection::Kind::item;
    detection.item = item;
    detection.item.field = std::move(field);
    detection.item.modifiers.clear();
    set_values(detection.item, values);
    return detection;
}

// The texts as pySigma writes them; nothing when other values are among them.
Result<std::optional<std::vector<std::string>>> texts_in(const DetectionItem& item) {
    std::vector<std::string> texts;
    for (const auto& value : values_of(item)) {
        if (value.kind != ItemValue::Kind::text) return std::nullopt;
        texts.push_back(value.plain());
    }
    for (const auto* modifier : {"neq", "expand"}) {
        if (!has_modifier(item, modifier)) continue;
        return base::because(ErrorKind::invalid, "'{}' has no meaning for parts of a value",
                             modifier);
    }
    return std::optional(std::move(texts));
}

// "MD5=…", "SHA1|…" or a hash whose length tells what it is, each in a field of its own.
class HashFields {
  public:
    static Result<HashFields> read(Parameters& parameters) {
        HashFields fields;
        auto algorithms = parameters.list("valid_hash_algos");
        if (!algorithms) return base::Failure(algorithms.error());
        fields.algorithms_ = std::move(*algorithms);
        auto prefix = parameters.text("field_prefix", "");
        if (!prefix) return base::Failure(prefix.error());
        fields.prefix_ = std::move(*prefix);
        const auto drop = parameters.flag("drop_algo_prefix", false);
        if (!drop) return base::Failure(drop.error());
        fields.drop_ = *drop;
        if (fields.drop_ && fields.prefix_.empty()) {
            return parameters.wrong("no name is left of the field");
        }
        if (parameters.find("field_to_parse") != nullptr) {
            auto names = parameters.list("field_to_parse");
            if (!names) return base::Failure(names.error());
            fields.from_ = std::move(*names);
        }
        return fields;
    }

    Result<std::optional<Detection>> operator()(const DetectionItem& item) const {
        if (std::ranges::find(from_, item.field) == from_.end()) return std::nullopt;
        const auto texts = texts_in(item);
        if (!texts) return base::Failure(texts.error());
        if (!*texts) return std::nullopt;
        std::vector<std::pair<std::string, Values>> fields;  // in the order in which they come
        for (const auto& text : **texts) {
            const auto [algorithm, hash] = parts_of(text);
            if (std::ranges::find(algorithms_, algorithm) == algorithms_.end()) continue;
            const auto name = prefix_ + (drop_ ? "" : algorithm);
            auto known = std::ranges::find(fields, name, &decltype(fields)::value_type::first);
            if (known == fields.end()) known = fields.insert(known, {name, {}});
            known->second.push_back(ItemValue::of_text(Glob::parse(hash)));
        }
        if (fields.empty()) {
            return base::because(ErrorKind::invalid, "'{}' has none of the hashes {}", item.field,
                                 fmt::format("{}", fmt::join(algorithms_, ", ")));
        }
        Detection any;
        any.kind = Detection::Kind::any;
        for (const auto& [name, values] : fields) {
            any.parts.push_back(with(item, name == "keyword" ? "" : name, values));
        }
        return std::optional(std::move(any));
    }

  private:
    static std::string_view without(std::string_view text, std::string_view ends) {
        const auto first = text.find_first_not_of(ends);
        if (first == std::string_view::npos) return {};
        return text.substr(first, text.find_last_not_of(ends) - first + 1);
    }
    static std::string_view algorithm_of(std::size_t digits) {
        switch (digits) {
            case 32:
                return "MD5";
            case 40:
                return "SHA1";
            case 64:
                return "SHA256";
            case 128:
                return "SHA512";
            default:
                return {};
        }
    }
    static std::pair<std::string, std::string> parts_of(std::string_view text) {
        const char between = text.find('|') == std::string_view::npos ? '=' : '|';
        const auto at = text.find(between);
        if (at != std::string_view::npos && text.find(between, at + 1) == std::string_view::npos) {
            auto name = text.substr(0, at);
            while (name.starts_with('*')) name.remove_prefix(1);
            return {(*case_change("upper"))(name), std::string(without(text.substr(at + 1), "*?"))};
        }
        const auto hash = without(text.substr(0, at), "*?");
        return {std::string(algorithm_of(hash.size())), std::string(hash)};
    }

    std::vector<std::string> algorithms_;
    std::string prefix_;
    bool drop_ = false;
    std::vector<std::string> from_{"Hashes", "Hash"};
};

// What the named groups of an expression match at a value's beginning, each in a field of its own.
class ExtractedFields {
  public:
    static Result<ExtractedFields> read(Parameters& parameters) {
        ExtractedFields fields;
        const auto regex = parameters.text("regex");
        if (!regex) return base::Failure(regex.error());
        auto expression = expression_of(*regex, parameters);
        if (!expression) return base::Failure(expression.error());
        fields.expression_ = std::move(*expression);
        if (fields.expression_->NamedCapturingGroups().empty()) {
            return parameters.wrong("the expression '{}' has no group with a name", *regex);
        }
        auto prefix = parameters.text("field_prefix", "");
        if (!prefix) return base::Failure(prefix.error());
        if (!prefix->empty()) fields.prefix_ = *prefix + ".";
        const auto keep = parameters.flag("preserve_unmatched", false);
        if (!keep) return base::Failure(keep.error());
        fields.keep_ = *keep;
        return fields;
    }

    Result<std::optional<Detection>> operator()(const DetectionItem& item) const {
        const auto texts = texts_in(item);
        if (!texts) return base::Failure(texts.error());
        if (!*texts) return std::nullopt;
        Detection whole;
        whole.kind = has_modifier(item, "all") ? Detection::Kind::all : Detection::Kind::any;
        for (const auto& text : **texts) {
            auto parts = parts_of(item, text);
            if (!parts && keep_) {
                whole.parts.push_back(
                    with(item, item.field, {ItemValue::of_text(Glob::parse(text))}));
            } else if (parts && !parts->parts.empty()) {
                whole.parts.push_back(std::move(*parts));
            }
        }
        if (whole.parts.empty()) return std::nullopt;
        return std::optional(std::move(whole));
    }

  private:
    // Nothing when the expression does not match.
    [[nodiscard]] std::optional<Detection> parts_of(const DetectionItem& item,
                                                    std::string_view text) const {
        std::vector<re2::StringPiece> groups(
            static_cast<std::size_t>(expression_->NumberOfCapturingGroups()) + 1);
        if (!expression_->Match(text, 0, text.size(), re2::RE2::ANCHOR_START, groups.data(),
                                static_cast<int>(groups.size()))) {
            return std::nullopt;
        }
        Detection all;
        for (const auto& [number, name] : expression_->CapturingGroupNames()) {
            const auto& group = groups[static_cast<std::size_t>(number)];
            if (group.empty()) continue;
            all.parts.push_back(
                with(item, prefix_ + name, {value_of(std::string(group.data(), group.size()))}));
        }
        return all;
    }
    // null, a number, or a text. What begins with 0 is no number unless it is 0.
    static ItemValue value_of(const std::string& text) {
        const auto lower = fold(text);
        if (lower == "null" || lower == "none") {
            return {ItemValue::Kind::null, {}, {yaml::Kind::null, 0, {}, {}, {}}};
        }
        if ((text == "0" || !text.starts_with('0')) && number_of(text)) {
            return {ItemValue::Kind::number, {}, {yaml::Kind::real, 0, text, {}, {}}};
        }
        return ItemValue::of_text(Glob::parse(text));
    }

    std::shared_ptr<const re2::RE2> expression_;
    std::string prefix_;
    bool keep_ = false;
};

// A text as an expression that does not look away from case is a text that is compared with it.
Result<std::optional<Detection>> cased(const DetectionItem& item) {
    const bool any_text = std::ranges::any_of(values_of(item), [](const ItemValue& value) {
        return value.kind == ItemValue::Kind::text && !value.glob.parts().empty();
    });
    if (!any_text || has_modifier(item, "cased")) return std::nullopt;
    Detection changed;
    changed.kind = Detection::Kind::item;
    changed.item = item;
    changed.item.modifiers += item.modifiers.empty() ? "cased" : "|cased";
    return std::optional(std::move(changed));
}

MadeTransformation read_regex(Parameters& parameters, std::vector<std::string>& notices) {
    const auto method = parameters.text("method", "ignore_case_brackets");
    if (!method) return base::Failure(method.error());
    if (*method == "plain") return made(cased);
    if (*method != "ignore_case_flag" && *method != "ignore_case_brackets") {
        return parameters.wrong(
            "'method' is 'plain', 'ignore_case_flag' or 'ignore_case_brackets'");
    }
    // Texts are compared without regard to case already.
    notices.emplace_back("regex");
    return made(
        [](const DetectionItem&) -> Result<std::optional<Detection>> { return std::nullopt; });
}

}  // namespace

MadeTransformation item_transformation(const std::string& type, Parameters& parameters,
                                       std::vector<std::string>& notices) {
    if (type == "regex") return read_regex(parameters, notices);
    if (type == "hashes_fields") {
        auto fields = HashFields::read(parameters);
        if (!fields) return base::Failure(fields.error());
        return made(std::move(*fields));
    }
    if (type != "extract_fields") return nullptr;
    auto fields = ExtractedFields::read(parameters);
    if (!fields) return base::Failure(fields.error());
    return made(std::move(*fields));
}

}  // namespace shoji::sigma
