// What an administrator's program sends to the admin socket.
#include "core/policy/check.h"
#include "screen/gateway/admin_request.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    namespace admin = shoji::gateway::admin;
    const auto request = admin::parse({reinterpret_cast<const char*>(data), size});
    if (!request) return request.error().message.empty() ? -1 : 0;
    const auto* apply = std::get_if<admin::ConfigurationApply>(&*request);
    if (apply != nullptr && !shoji::policy::check(apply->configuration).empty()) __builtin_trap();
    return 0;
}
