#include "screen/session/start_parameters.h"

#include "core/base/bytes.h"
#include "screen/wire/wire.h"

namespace shoji::session {

base::Result<compositor::Compositor::Options> decode_start_parameters(
    std::span<const std::uint8_t> bytes) {
    base::ByteReader reader(bytes);
    const auto width = reader.read<std::uint16_t>();
    const auto height = reader.read<std::uint16_t>();
    const auto scale = reader.read<std::uint16_t>();
    const auto layout = reader.read<std::uint8_t>();
    const auto is_side = [](std::uint16_t side) {
        return side >= wire::minimum_side && side <= wire::maximum_side;
    };
    const bool scale_fits = scale >= wire::minimum_scale && scale <= wire::maximum_scale;
    if (!reader.finished() || !is_side(width) || !is_side(height) || !scale_fits || layout > 1) {
        return base::fail(base::ErrorKind::invalid, "the start parameters are malformed");
    }
    return compositor::Compositor::Options{
        {width, height}, scale, static_cast<compositor::Layout>(layout)};
}

}  // namespace shoji::session
