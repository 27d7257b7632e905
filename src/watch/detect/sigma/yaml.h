// YAML 1.1 as Sigma's rules use it, read into a tree that remembers its lines. Bounded: documents
// of at most most_bytes, most_depth levels and most_nodes nodes, those that aliases repeat counted
// again.
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::sigma::yaml {

inline constexpr std::size_t most_bytes = 4 << 20;
inline constexpr std::size_t most_depth = 32;
inline constexpr std::size_t most_nodes = 400'000;

enum class Kind : std::uint8_t { null, boolean, integer, real, text, sequence, mapping };

struct Member;

struct Node {
    Kind kind = Kind::null;
    std::size_t line = 0;  // from 1
    std::string text;      // of a scalar, as it stands in the document; of integers in decimal
    std::vector<Node> items;
    std::vector<Member> members;  // in the document's order, each key once

    [[nodiscard]] bool is_scalar() const { return kind != Kind::sequence && kind != Kind::mapping; }
    // The member of that name, or null.
    [[nodiscard]] const Node* find(std::string_view key) const;
    // The scalar member's text; empty when there is none.
    [[nodiscard]] std::string_view text_of(std::string_view key) const;
};

struct Member {
    std::string key;
    Node value;
};

// What a scalar says as a boolean: true and false, and the words that only YAML 1.1 takes for them
// (yes, no, on, off), which are texts elsewhere, as YAML 1.2 has it. Nothing: it is none.
std::optional<bool> boolean_of(const Node& node);

// All documents of the text but those with nothing in them. Errors name the line.
base::Result<std::vector<Node>> read(std::string_view text);

}  // namespace shoji::sigma::yaml
