// An object of JSON, filled by paths: "actor.process.pid".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace shoji::event {

class JsonTree {
  public:
    // `json` is a whole value. Of a path that is put twice the first value counts; a path below a
    // value, or over an object, is left out.
    void put(std::string_view path, std::string json);
    [[nodiscard]] bool has(std::string_view path) const { return find(path) != nullptr; }
    // Whether there is nothing in it.
    [[nodiscard]] bool empty() const { return root_.children.empty(); }
    // As `name` of this one; not when that one is empty, or something has the name.
    void put(std::string_view name, JsonTree tree);
    // A member whose name is no path. Precondition: no member has it.
    void put_member(std::string_view name, std::string json) {
        root_.children.push_back({std::string(name), std::move(json), {}});
    }
    // The other one's members behind this one's; those whose name is taken are left out.
    void merge(JsonTree other);
    // Adds the object to `json`, its members in the order in which they came.
    void write(std::string& json) const { write(root_, json); }
    // Takes away and gives the members that have none of these names.
    [[nodiscard]] JsonTree take_others(const std::vector<std::string_view>& names);

  private:
    struct Node {
        std::string name;
        std::string value;  // empty: an object
        std::vector<Node> children;
    };
    [[nodiscard]] const Node* find(std::string_view path) const;
    static void write(const Node& node, std::string& json);

    Node root_;
};

}  // namespace shoji::event
