#include "watch/detect/sigma/trie.h"

#include <algorithm>
#include <tuple>

namespace shoji::sigma {

void Trie::add(std::string_view literal, bool whole, std::uint32_t value) {
    literals_.push_back({std::string(literal), whole, value});
}

void Trie::build(Direction direction) {
    direction_ = direction;
    if (literals_.empty()) return;
    if (direction == Direction::backward) {
        for (auto& literal : literals_) std::ranges::reverse(literal.text);
    }
    std::ranges::sort(literals_, {}, [](const Literal& literal) {
        return std::tie(literal.text, literal.whole, literal.value);
    });
    build_node(literals_, 0);
    literals_ = {};
}

std::uint32_t Trie::build_node(std::span<Literal> literals, std::size_t depth) {
    const auto index = static_cast<std::uint32_t>(nodes_.size());
    nodes_.emplace_back();
    std::size_t here = 0;
    const auto take = [&](bool whole) {
        Range range{static_cast<std::uint32_t>(values_.size()), 0};
        for (; here < literals.size() && literals[here].text.size() == depth &&
               literals[here].whole == whole;
             ++here, ++range.count) {
            values_.push_back(literals[here].value);
        }
        return range;
    };
    nodes_[index].starts = take(false);
    nodes_[index].wholes = take(true);
    literals = literals.subspan(here);
    std::vector<std::span<Literal>> groups;
    while (!literals.empty()) {
        const char byte = literals.front().text[depth];
        const auto end = std::ranges::find_if(
            literals, [&](const Literal& literal) { return literal.text[depth] != byte; });
        groups.push_back(literals.first(static_cast<std::size_t>(end - literals.begin())));
        literals = literals.subspan(groups.back().size());
    }
    const auto first = static_cast<std::uint32_t>(edges_.size());
    nodes_[index].children = {first, static_cast<std::uint32_t>(groups.size())};
    edges_.resize(edges_.size() + groups.size());
    for (std::size_t i = 0; i < groups.size(); ++i) {
        const auto byte = static_cast<unsigned char>(groups[i].front().text[depth]);
        const auto node = build_node(groups[i], depth + 1);
        edges_[first + i] = {byte, node};
    }
    return index;
}

bool Trie::is_sound(std::uint32_t values) const {
    const auto inside = [](Range range, std::size_t size) {
        return range.first <= size && range.count <= size - range.first;
    };
    return direction_ <= Direction::backward &&
           std::ranges::all_of(nodes_,
                               [&](const Node& node) {
                                   return inside(node.children, edges_.size()) &&
                                          inside(node.starts, values_.size()) &&
                                          inside(node.wholes, values_.size());
                               }) &&
           std::ranges::all_of(edges_, [&](Edge edge) { return edge.node < nodes_.size(); }) &&
           std::ranges::all_of(values_, [&](std::uint32_t value) { return value < values; });
}

const Trie::Node* Trie::child(const Node& node, unsigned char byte) const {
    const auto edges = std::span(edges_).subspan(node.children.first, node.children.count);
    const auto found = std::ranges::lower_bound(edges, std::uint32_t{byte}, {}, &Edge::byte);
    return found == edges.end() || found->byte != byte ? nullptr : &nodes_[found->node];
}

}  // namespace shoji::sigma
