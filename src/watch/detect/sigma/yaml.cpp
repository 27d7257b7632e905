#include "watch/detect/sigma/yaml.h"

#include "watch/detect/sigma/fold.h"

#include <algorithm>
#include <charconv>
#include <map>

#include <yaml.h>

namespace shoji::sigma::yaml {
namespace {

using base::ErrorKind;
using base::Result;

// A plain scalar's kind by YAML 1.1's core tags; for yes, on … see boolean_of().
Kind word_kind(std::string_view text) {
    if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") {
        return Kind::null;
    }
    constexpr std::string_view booleans[] = {"true", "True", "TRUE", "false", "False", "FALSE"};
    if (std::ranges::find(booleans, text) != std::end(booleans)) return Kind::boolean;
    return Kind::text;
}

// The integer that a plain scalar is, in decimal: 12, -12, +12, 0x1f, 017.
bool decimal_of(std::string_view text, std::string& decimal) {
    bool negative = false;
    if (text.starts_with('-') || text.starts_with('+')) {
        negative = text.front() == '-';
        text.remove_prefix(1);
    }
    int radix = 10;
    if (text.starts_with("0x")) {
        radix = 16;
        text.remove_prefix(2);
    } else if (text.size() > 1 && text.front() == '0') {
        radix = 8;
        text.remove_prefix(1);
    }
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, radix);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return false;
    decimal = (negative ? "-" : "") + std::to_string(value);
    return true;
}

bool is_real(std::string_view text) {
    if (text.find_first_not_of("+-.0123456789eE") != std::string_view::npos) return false;
    if (text.find('.') == std::string_view::npos) return false;
    double value = 0;
    if (text.starts_with('+')) text.remove_prefix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size();
}

std::size_t nodes_in(const Node& node) {
    std::size_t count = 1;
    for (const auto& item : node.items) count += nodes_in(item);
    for (const auto& [key, value] : node.members) count += nodes_in(value);
    return count;
}

class Reader {
  public:
    explicit Reader(std::string_view text) {
        yaml_parser_initialize(&parser_);
        yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                     text.size());
    }
    ~Reader() {
        drop_event();
        yaml_parser_delete(&parser_);
    }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    Result<std::vector<Node>> documents() {
        std::vector<Node> all;
        while (true) {
            if (auto read = next(); !read) return base::Failure(read.error());
            if (event_.type == YAML_STREAM_END_EVENT) return all;
            if (event_.type == YAML_STREAM_START_EVENT ||
                event_.type == YAML_DOCUMENT_START_EVENT ||
                event_.type == YAML_DOCUMENT_END_EVENT) {
                anchors_.clear();
                continue;
            }
            auto node = value(0);
            if (!node) return base::Failure(node.error());
            // What follows a "---" at the end of the text.
            const bool empty = node->kind == Kind::null && node->text.empty();
            if (!empty) all.push_back(std::move(*node));
        }
    }

  private:
    [[nodiscard]] std::size_t line() const { return event_.start_mark.line + 1; }
    template <class... Arguments>
    [[nodiscard]] base::Failure wrong_here(fmt::format_string<Arguments...> sentence,
                                           Arguments&&... arguments) const {
        auto failure =
            base::because(ErrorKind::invalid, sentence, std::forward<Arguments>(arguments)...);
        return base::inside(base::at_line(line()), std::move(failure.value()));
    }

    void drop_event() {
        if (has_event_) yaml_event_delete(&event_);
        has_event_ = false;
    }

    Result<void> next() {
        drop_event();
        if (yaml_parser_parse(&parser_, &event_) == 0) {
            return base::inside(
                base::at_line(parser_.problem_mark.line + 1),
                base::because(ErrorKind::invalid, "not YAML: {}",
                              parser_.problem == nullptr ? "no reason is told" : parser_.problem)
                    .value());
        }
        has_event_ = true;
        return {};
    }

    Result<void> count(std::size_t nodes) {
        nodes_ += nodes;
        if (nodes_ <= most_nodes) return {};
        return wrong_here("more than {} values", most_nodes);
    }

    // The value that begins with the current event.
    Result<Node> value(std::size_t depth) {
        if (depth > most_depth) {
            return wrong_here("nested more than {} deep", most_depth);
        }
        if (auto counted = count(1); !counted) return base::Failure(counted.error());
        if (event_.type == YAML_ALIAS_EVENT) return alias();
        const auto* anchor = event_.type == YAML_SCALAR_EVENT ? event_.data.scalar.anchor
                             : event_.type == YAML_SEQUENCE_START_EVENT
                                 ? event_.data.sequence_start.anchor
                                 : event_.data.mapping_start.anchor;
        const std::string name =
            anchor == nullptr ? std::string() : reinterpret_cast<const char*>(anchor);
        auto node = event_.type == YAML_SCALAR_EVENT           ? scalar()
                    : event_.type == YAML_SEQUENCE_START_EVENT ? sequence(depth)
                                                               : mapping(depth);
        if (node && !name.empty()) anchors_.insert_or_assign(name, *node);
        return node;
    }

    Result<Node> alias() {
        const std::string name = reinterpret_cast<const char*>(event_.data.alias.anchor);
        const auto found = anchors_.find(name);
        if (found == anchors_.end()) {
            return wrong_here("no anchor '{}' before", name);
        }
        if (auto counted = count(nodes_in(found->second)); !counted) {
            return base::Failure(counted.error());
        }
        return found->second;
    }

    Result<Node> scalar() {
        Node node;
        node.line = line();
        const auto& scalar = event_.data.scalar;
        node.text.assign(reinterpret_cast<const char*>(scalar.value), scalar.length);
        node.kind = Kind::text;
        if (scalar.style != YAML_PLAIN_SCALAR_STYLE) return node;
        node.kind = word_kind(node.text);
        if (node.kind != Kind::text) return node;
        if (decimal_of(node.text, node.text)) {
            node.kind = Kind::integer;
        } else if (is_real(node.text)) {
            node.kind = Kind::real;
        }
        return node;
    }

    Result<Node> sequence(std::size_t depth) {
        Node node;
        node.kind = Kind::sequence;
        node.line = line();
        while (true) {
            if (auto read = next(); !read) return base::Failure(read.error());
            if (event_.type == YAML_SEQUENCE_END_EVENT) return node;
            auto item = value(depth + 1);
            if (!item) return item;
            node.items.push_back(std::move(*item));
        }
    }

    Result<Node> mapping(std::size_t depth) {
        Node node;
        node.kind = Kind::mapping;
        node.line = line();
        while (true) {
            if (auto read = next(); !read) return base::Failure(read.error());
            if (event_.type == YAML_MAPPING_END_EVENT) return node;
            if (event_.type != YAML_SCALAR_EVENT) {
                return wrong_here("a key must be a word");
            }
            std::string key(reinterpret_cast<const char*>(event_.data.scalar.value),
                            event_.data.scalar.length);
            const bool twice = node.find(key) != nullptr;
            if (twice) {
                return wrong_here("'{}' stands twice", key);
            }
            if (auto read = next(); !read) return base::Failure(read.error());
            auto member = value(depth + 1);
            if (!member) return member;
            node.members.push_back({std::move(key), std::move(*member)});
        }
    }

    yaml_parser_t parser_{};
    yaml_event_t event_{};
    bool has_event_ = false;
    std::size_t nodes_ = 0;
    std::map<std::string, Node> anchors_;
};

}  // namespace

const Node* Node::find(std::string_view key) const {
    const auto found = std::ranges::find(members, key, &Member::key);
    return found == members.end() ? nullptr : &found->value;
}

std::string_view Node::text_of(std::string_view key) const {
    const Node* found = find(key);
    return found == nullptr || !found->is_scalar() ? std::string_view() : found->text;
}

std::optional<bool> boolean_of(const Node& node) {
    if (node.kind != Kind::boolean && node.kind != Kind::text) return std::nullopt;
    const auto word = fold(node.text);
    if (word == "true" || word == "yes" || word == "on") return true;
    if (word == "false" || word == "no" || word == "off") return false;
    return std::nullopt;
}

Result<std::vector<Node>> read(std::string_view text) {
    if (text.size() > most_bytes) {
        return base::because(ErrorKind::invalid, "{} bytes; at most {} are read", text.size(),
                             most_bytes);
    }
    return Reader(text).documents();
}

}  // namespace shoji::sigma::yaml
