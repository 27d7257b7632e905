// shoji.toml is the administrator's, but a damaged one must give an error and nothing else.
#include "core/base/settings.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto settings = shoji::base::parse_settings(text, "/state");
    if (settings && !shoji::base::check_settings(*settings)) __builtin_trap();
    return 0;
}
