#include "watch/detect/exfiltration/name_list.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji::exfiltration;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto list = NameList::parse(text);
    if (list) (void)list->find(text.substr(0, 300));
    return 0;
}
