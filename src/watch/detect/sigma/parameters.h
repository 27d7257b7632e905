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
    Parameters(const yaml::Node& node, base::Words what) : node_(node), what_(std::move(what)) {}

    // Null when it is not there.
    const yaml::Node* find(std::string_view name) {
        used_.emplace(name);
        return node_.find(name);
    }
    base::Result<const yaml::Node*> need(std::string_view name) {
        const auto* member = find(name);
        if (member == nullptr) return wrong("it needs '{}'", name);
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

    // "line 12: the transformation 'case': …": of the step, or of the part of it that is to blame.
    template <class... Arguments>
    [[nodiscard]] base::Failure wrong(fmt::format_string<Arguments...> sentence,
                                      Arguments&&... arguments) const {
        return wrong_at(node_, sentence, std::forward<Arguments>(arguments)...);
    }
    template <class... Arguments>
    [[nodiscard]] base::Failure wrong_at(const yaml::Node& node,
                                         fmt::format_string<Arguments...> sentence,
                                         Arguments&&... arguments) const {
        auto failure = base::because(base::ErrorKind::invalid, sentence,
                                     std::forward<Arguments>(arguments)...);
        return wrong_at(node, std::move(failure.value()));
    }
    [[nodiscard]] base::Failure wrong_at(const yaml::Node& node, base::Error error) const {
        return base::inside(base::at_line(node.line), std::move(error).inside(what_));
    }

  private:
    const yaml::Node& node_;
    base::Words what_;
    std::set<std::string, std::less<>> used_;
};

}  // namespace shoji::sigma
