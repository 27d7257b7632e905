// Many literals at one end of a text, found in one walk along it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::sigma {

class Trie {
  public:
    // The walk goes from the text's beginning, or from its end.
    enum class Direction : std::uint8_t { forward, backward };

    // Adding is over once build() was called. `whole`: the text must be the literal, not only begin
    // (or end) with it.
    void add(std::string_view literal, bool whole, std::uint32_t value);
    void build(Direction direction);

    [[nodiscard]] bool empty() const { return nodes_.empty(); }
    // True when nothing in it points outside, and each value is below `values`.
    [[nodiscard]] bool is_sound(std::uint32_t values) const;

    // All of a built one (archive.h).
    template <class Archive>
    friend void members(Archive& archive, Trie& trie) {
        archive(trie.direction_, trie.nodes_, trie.edges_, trie.values_);
    }

    // Calls found(value) for each literal that the text begins (or ends) with, or is.
    template <class Found>
    void walk(std::string_view text, Found&& found) const {
        if (nodes_.empty()) return;
        const Node* node = &nodes_.front();
        for (std::size_t i = 0;; ++i) {
            report(node->starts, found);
            if (i == text.size()) return report(node->wholes, found);
            const auto byte = static_cast<unsigned char>(
                direction_ == Direction::forward ? text[i] : text[text.size() - 1 - i]);
            node = child(*node, byte);
            if (node == nullptr) return;
        }
    }

  private:
    struct Range {
        std::uint32_t first = 0;
        std::uint32_t count = 0;
    };
    struct Node {
        Range children;  // into edges_, in the order of their bytes
        Range starts;    // into values_
        Range wholes;
    };
    struct Edge {
        std::uint32_t byte;
        std::uint32_t node;
    };
    struct Literal {
        std::string text;
        bool whole;
        std::uint32_t value;
    };

    std::uint32_t build_node(std::span<Literal> literals, std::size_t depth);
    [[nodiscard]] const Node* child(const Node& node, unsigned char byte) const;
    template <class Found>
    void report(Range range, Found& found) const {
        for (std::uint32_t i = 0; i < range.count; ++i) found(values_[range.first + i]);
    }

    Direction direction_ = Direction::forward;
    std::vector<Literal> literals_;
    std::vector<Node> nodes_;
    std::vector<Edge> edges_;
    std::vector<std::uint32_t> values_;
};

}  // namespace shoji::sigma
