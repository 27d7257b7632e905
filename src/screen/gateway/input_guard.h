// Counts what goes into a screen: characters, and My Numbers among them (core/guard). The text is
// read and forgotten; neither it nor a digit of it is kept or recorded.
//
// Pure. Typed keys go on with each other until the focus leaves or a text comes; each text, which
// an input method commits or somebody pastes, stands by itself.
#pragma once

#include "core/guard/key_text.h"
#include "core/guard/my_number.h"
#include "screen/wire/wire.h"

#include <cstdint>
#include <vector>

namespace shoji::gateway {

struct InputTally {
    std::uint64_t characters = 0;
    std::uint64_t my_numbers = 0;

    bool operator==(const InputTally&) const = default;
};

class InputGuard {
  public:
    void observe(const wire::FromViewer& message);
    // What came since the last call. `over`: nothing goes on with what was typed so far.
    InputTally take(bool over);
    [[nodiscard]] const InputTally& tally() const { return tally_; }

  private:
    void end_of_text();

    guard::KeyText keys_;
    guard::MyNumberFinder typed_;
    std::vector<guard::MyNumberPlace> found_;
    InputTally tally_;
};

}  // namespace shoji::gateway
