// Device pixels and logical pixels. A scale counts device pixels a logical pixel in 1/120, as
// fractional-scale-v1 does, and is 60 to 480. Rounding is half away from zero, which that protocol
// prescribes for the size of buffers: whoever rounds otherwise gets blurred text.
#pragma once

#include "screen/compositor/compositor.h"

namespace shoji::compositor {

constexpr int scale_unit = 120;

[[nodiscard]] int to_device(int logical, int scale);
// The least logical extent that fills `device` pixels.
[[nodiscard]] int to_logical_extent(int device, int scale);
[[nodiscard]] Size to_logical_extent(Size device, int scale);
[[nodiscard]] double to_logical(int device, int scale);

}  // namespace shoji::compositor
