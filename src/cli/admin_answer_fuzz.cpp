#include "cli/admin_client.h"

#include <cstdint>

// What the gateway answers at its admin socket.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto answer = shoji::cli::parse_answer({reinterpret_cast<const char*>(data), size});
    return answer || !answer.error().message.empty() ? 0 : -1;
}
