// Whatever a part of the sensor is told by another one, or by who asks at the local socket: it is
// refused, or read to what is written back to the same bytes.
#include "watch/letters/letters.h"

#include <cstdlib>

namespace {

using namespace shoji::letters;

template <class Letter>
void check(const shoji::base::Result<Letter>& read, View bytes) {
    if (!read) return;
    const auto written = encode(*read);
    if (!std::equal(written.begin(), written.end(), bytes.begin(), bytes.end())) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const View bytes(data + 1, size - 1);
    switch (data[0] % 7) {
        case 0:
            check(decode_consignment(bytes), bytes);
            break;
        case 1:
            check(decode_receipt(bytes), bytes);
            break;
        case 2: {
            // What is told of may have any bytes; written they are printable.
            const auto read = decode_notice(bytes);
            if (read && !decode_notice(encode(*read))) std::abort();
            break;
        }
        case 3:
            check(decode_cause(bytes), bytes);
            break;
        case 4:
            check(decode_wish(bytes), bytes);
            break;
        case 5:
            check(decode_errand(bytes), bytes);
            break;
        default:
            check(decode_verdict(bytes), bytes);
    }
    return 0;
}
