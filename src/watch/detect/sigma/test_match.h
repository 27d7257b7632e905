// Whether one test holds of an event: the plain way, which the compiled plan must agree with.
#pragma once

#include "core/base/result.h"
#include "watch/detect/sigma/rule.h"
#include "watch/event/event.h"

#include <memory>
#include <string>
#include <string_view>

namespace shoji::sigma {

// A regular expression in linear time, of RE2's syntax; searched for anywhere, with regard to case.
class Regex {
  public:
    static base::Result<Regex> compile(std::string_view expression);
    // Of one that compiled before: it is compiled when it is first needed, which may be on any
    // thread.
    static Regex later(std::string_view expression);
    [[nodiscard]] bool matches(std::string_view text) const;
    // Instructions of its program: what {1,900} repeats counts as often.
    [[nodiscard]] std::size_t size() const;

    Regex(Regex&&) noexcept;
    Regex& operator=(Regex&&) noexcept;
    ~Regex();

  private:
    struct Content;
    explicit Regex(std::unique_ptr<Content> content);
    std::unique_ptr<Content> content_;
};

// For a glob, network or expression and comparisons: one value alone. `folded` is the value's
// folded form. `regex` is the test's, when it is one.
bool value_matches(const Test& test, const event::Field& field, std::string_view folded,
                   const Regex* regex);

// For what asks about more than one value: exists, null, same….
bool event_matches(const Test& test, const event::Event& event);

// True for the operations that value_matches answers.
bool asks_one_value(Operation operation);

}  // namespace shoji::sigma
