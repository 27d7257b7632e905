// Changes inside of a text: replace_string and case of pipelines.
#pragma once

#include "watch/detect/sigma/item_values.h"
#include "watch/detect/sigma/parameters.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace shoji::sigma {

using TextChange = std::function<std::string(std::string_view)>;

// The glob with each of its literal parts changed.
Glob with_literals(const Glob& glob, const TextChange& change);
// "lower", "upper", "snake_case"
std::optional<TextChange> case_change(std::string_view method);

// An error when it does not compile.
base::Result<std::shared_ptr<const re2::RE2>> expression_of(const std::string& text,
                                                            const Parameters& parameters);

// What an expression matches, everywhere, replaced by a text in which \1 and \g<1> are what its
// groups matched.
class Replacement {
  public:
    // regex, replacement, skip_special, interpret_special
    static base::Result<Replacement> read(Parameters& parameters);
    // Of a text. In the text as pySigma writes it (ItemValue::plain), where wildcards and
    // placeholders may be matched and made; with skip_special in the parts between wildcards.
    [[nodiscard]] Glob in(const ItemValue& value) const;

  private:
    [[nodiscard]] std::string replaced(std::string_view text) const;

    std::shared_ptr<const re2::RE2> expression_;
    std::string replacement_;  // as RE2 writes it
    bool skip_special_ = false;
    bool interpret_special_ = false;
};

}  // namespace shoji::sigma
