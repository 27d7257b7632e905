#include "watch/sensor/stream_sink.h"

#include "core/base/random.h"
#include "watch/sensor/output.h"

#include <array>

namespace shoji::sensor {
namespace {

std::uint64_t fresh_number() {
    std::array<std::uint8_t, 8> bytes{};
    base::fill_random(bytes);
    std::uint64_t number = 0;
    for (const std::uint8_t byte : bytes) number = number << 8 | byte;
    return number;
}

}  // namespace

StreamSink::StreamSink(const event::Names& names, int descriptor)
    : writer_(names, fresh_number()), output_(descriptor) {}

void StreamSink::take(const event::Event& event) {
    if (!writer_.add(event)) {
        pause();
        writer_.add(event);
    }
    if (writer_.is_full()) pause();
}

void StreamSink::pause() {
    const auto block = writer_.take();
    if (!block.empty()) write_whole(output_, block);
}

}  // namespace shoji::sensor
