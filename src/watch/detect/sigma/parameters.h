// The members of a step of a pipeline, taken one by one, so that one which nobody has asked for is
// an error and not ignored.
#pragma once

#include "core/base/result.h"
#include "watch/detect/sigma/heading.h"
#include "watch/detect/sigma/yaml.h"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::sigma {

class Parameters {
  public:
    // `what` is how errors call it: "the transformation 'case'". The node must outlive it.
    Parameters(const yaml::Node& node, std::string what) : node_(node), what_(std::move(what)) {}

    // Null when it is not there.
    const yaml::Node* find(std::string_view name) {
        used_.emplace(name);
        return node_.find(name);
    }
    base::Result<const yaml::Node*> need(std::string_view name) {
        const auto* member = find(name);
        if (member == nullptr) return wrong(node_, "{} needs '{}'", what_, name);
        return member;
    }
    base::Result<std::string> text(std::string_view name);
    base::Result<std::string> text(std::string_view name, std::string_view otherwise);
    base::Result<bool> flag(std::string_view name, bool otherwise);
    // A scalar counts as a list of one.
    base::Result<std::vector<std::string>> list(std::string_view name);

    // An error when a member is left that nobody has asked for.
    [[nodiscard]] base::Result<void> finish() const;

    [[nodiscard]] const yaml::Node& node() const { return node_; }
    [[nodiscard]] const std::string& what() const { return what_; }

  private:
    const yaml::Node& node_;
    std::string what_;
    std::set<std::string, std::less<>> used_;
};

}  // namespace shoji::sigma
