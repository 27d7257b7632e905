// What every document of Sigma says of itself: rules, correlation rules and filters.
// Source: Sigma specification 2.1, "Rules", its components.
#pragma once

#include "core/base/result.h"
#include "watch/detect/sigma/yaml.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::sigma {

enum class Level : std::uint8_t { informational, low, medium, high, critical };
std::string_view name_of(Level level);
std::optional<Level> level_of(std::string_view name);

struct Heading {
    std::string id;
    std::string title;
    std::string name;  // what correlations and filters may call it
    std::string status;
    std::string description;
    std::string author;
    Level level = Level::medium;
    std::vector<std::string> tags;
    std::vector<std::string> false_positives;
    std::vector<std::string> references;

    // Whether a correlation or a filter that says `reference` means this.
    [[nodiscard]] bool is_called(std::string_view reference) const {
        return !reference.empty() && (reference == id || reference == name);
    }
};

struct RuleSource {
    std::string product;
    std::string category;
    std::string service;  // empty: any

    // Whether `other` asks for all that this one asks for, and maybe for more.
    [[nodiscard]] bool contains(const RuleSource& other) const;
    bool operator==(const RuleSource&) const = default;
};

// Errors name the line.
base::Result<Heading> read_heading(const yaml::Node& document);
base::Result<RuleSource> read_source(const yaml::Node& document);

// The member's text, or the texts of its list; empty when it is not there.
std::vector<std::string> texts_of(const yaml::Node& node, std::string_view key);

// "line 12: …" about the node; the sentence is one of the catalogue (core/base/words.h).
template <class... Arguments>
base::Failure wrong(const yaml::Node& node, fmt::format_string<Arguments...> sentence,
                    Arguments&&... arguments) {
    auto failure =
        base::because(base::ErrorKind::invalid, sentence, std::forward<Arguments>(arguments)...);
    return base::inside(base::at_line(node.line), std::move(failure.value()));
}

}  // namespace shoji::sigma
