// Orders from the hub and commands at the socket: whatever the bytes, what is read has that one
// form.
#include "watch/response/control.h"
#include "watch/response/order.h"

#include <algorithm>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji::response;
    const std::span bytes(data, size);
    if (const auto order = decode_order(bytes)) {
        const auto again = encode_order(*order);
        if (!std::equal(again.begin(), again.end(), bytes.begin(), bytes.end())) std::abort();
        const auto nobody = check_order(*order, {}, 0, [](const OrderId&) { return false; });
        if (nobody) std::abort();
    }
    if (const auto request = decode_request(bytes)) {
        const auto again = encode_request(*request);
        if (!std::equal(again.begin(), again.end(), bytes.begin(), bytes.end())) std::abort();
    }
    if (const auto command = decode_command(bytes)) {
        const auto again = encode_command(*command);
        if (!std::equal(again.begin(), again.end(), bytes.begin(), bytes.end())) std::abort();
    }
    return 0;
}
