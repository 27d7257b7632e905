#include "watch/event/json_tree.h"

#include "watch/event/json_text.h"

#include <algorithm>
#include <iterator>

namespace shoji::event {
namespace {

std::string_view take_name(std::string_view& path) {
    const auto end = std::min(path.find('.'), path.size());
    const auto name = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    return name;
}

}  // namespace

void JsonTree::put(std::string_view path, std::string json) {
    auto* node = &root_;
    while (!path.empty()) {
        if (!node->value.empty()) return;
        const auto name = take_name(path);
        auto child = std::ranges::find(node->children, name, &Node::name);
        if (child == node->children.end()) {
            child = node->children.insert(child, {std::string(name), {}, {}});
        } else if (path.empty()) {
            return;
        }
        node = &*child;
    }
    node->value = std::move(json);
}

void JsonTree::put(std::string_view name, JsonTree tree) {
    if (tree.empty() || has(name)) return;
    tree.root_.name = name;
    root_.children.push_back(std::move(tree.root_));
}

const JsonTree::Node* JsonTree::find(std::string_view path) const {
    const auto* node = &root_;
    while (!path.empty()) {
        const auto name = take_name(path);
        const auto child = std::ranges::find(node->children, name, &Node::name);
        if (child == node->children.end()) return nullptr;
        node = &*child;
    }
    return node;
}

void JsonTree::merge(JsonTree other) {
    for (auto& child : other.root_.children) {
        const auto known = std::ranges::find(root_.children, child.name, &Node::name);
        if (known == root_.children.end()) root_.children.push_back(std::move(child));
    }
}

JsonTree JsonTree::take_others(const std::vector<std::string_view>& names) {
    const auto first = std::ranges::stable_partition(root_.children, [&](const Node& node) {
                           return std::ranges::find(names, node.name) != names.end();
                       }).begin();
    JsonTree others;
    others.root_.children.assign(std::make_move_iterator(first),
                                 std::make_move_iterator(root_.children.end()));
    root_.children.erase(first, root_.children.end());
    return others;
}

void JsonTree::write(const Node& node, std::string& json) {
    if (!node.value.empty()) {
        json += node.value;
        return;
    }
    json += '{';
    bool first = true;
    for (const auto& child : node.children) {
        if (!first) json += ',';
        first = false;
        append_json(child.name, json);
        json += ':';
        write(child, json);
    }
    json += '}';
}

}  // namespace shoji::event
