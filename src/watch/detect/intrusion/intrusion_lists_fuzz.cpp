#include "watch/detect/intrusion/lists.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto lists = shoji::intrusion::Lists::parse({reinterpret_cast<const char*>(data), size});
    if (!lists) return 0;
    (void)lists->credential("c:/windows/system32/config/sam");
    (void)lists->is_writable("c:/users/a/b.exe");
    return 0;
}
