#include "screen/compositor/scaling.h"

#include <cstdint>

namespace shoji::compositor {

int to_device(int logical, int scale) {
    const auto product = std::int64_t{logical} * scale;
    const std::int64_t half = scale_unit / 2;
    return static_cast<int>((product + (product < 0 ? -half : half)) / scale_unit);
}

int to_logical_extent(int device, int scale) {
    // to_device(l) >= device is l * scale + 60 >= device * 120.
    const auto wanted = std::int64_t{device} * scale_unit - scale_unit / 2;
    return static_cast<int>((wanted + scale - 1) / scale);
}

Size to_logical_extent(Size device, int scale) {
    return {to_logical_extent(device.width, scale), to_logical_extent(device.height, scale)};
}

double to_logical(int device, int scale) {
    return static_cast<double>(device) * scale_unit / scale;
}

}  // namespace shoji::compositor
