// A ClientHello is complete at one length and has one name; before it is incomplete, after it the
// same. The first byte says where to look.
#include "screen/egress/client_hello.h"

#include <algorithm>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji::egress;
    if (size == 0) return 0;
    const std::span<const std::uint8_t> bytes(data + 1, size - 1);
    const auto whole = read_client_hello(bytes);
    const auto part = read_client_hello(bytes.first(bytes.size() * data[0] / 256));
    if (part.state == HelloState::complete && part != whole) std::abort();
    if (part.state == HelloState::invalid && whole.state != HelloState::invalid) std::abort();
    if (whole.state != HelloState::complete && whole.server_name) std::abort();
    return 0;
}
