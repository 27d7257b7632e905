#include "screen/wire/framing.h"

#include "core/base/bytes.h"

namespace shoji::wire {

std::array<std::uint8_t, length_bytes> frame_length(std::size_t message_bytes) {
    std::array<std::uint8_t, length_bytes> length{};
    for (std::size_t i = 0; i < length.size(); ++i) {
        length[i] = static_cast<std::uint8_t>(message_bytes >> (8 * i));
    }
    return length;
}

void Deframer::feed(std::span<const std::uint8_t> bytes) {
    held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
    held_.insert(held_.end(), bytes.begin(), bytes.end());
}

base::Result<std::optional<std::span<const std::uint8_t>>> Deframer::next() {
    const auto rest = std::span(held_).subspan(taken_);
    if (rest.size() < length_bytes) return std::nullopt;
    const std::size_t length = base::ByteReader(rest).read<std::uint32_t>();
    if (length == 0 || length > limit_) {
        return base::fail(base::ErrorKind::invalid, "a message of {} bytes; 1 to {} are allowed",
                          length, limit_);
    }
    if (rest.size() - length_bytes < length) return std::nullopt;
    taken_ += length_bytes + length;
    return rest.subspan(length_bytes, length);
}

}  // namespace shoji::wire
