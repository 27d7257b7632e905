// An activity as bytes, and back as views into them.
#pragma once

#include "core/base/bytes.h"
#include "watch/event/activity.h"

#include <cstddef>

namespace shoji::hunt {

// What is longer is cut: no detector looks at more of a name, a path or a command.
constexpr std::size_t most_activity_name = 4096;
// Of what was typed; My Numbers in the rest of a longer text are not seen.
constexpr std::size_t most_activity_text = 64 << 10;

// False: the text was cut.
bool write_activity(const event::Activity& activity, base::ByteWriter& writer);
// False: these are no activity.
bool read_activity(base::ByteReader& reader, event::Activity& activity);

}  // namespace shoji::hunt
