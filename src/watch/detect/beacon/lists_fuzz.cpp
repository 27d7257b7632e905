#include "watch/detect/beacon/lists.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto list = shoji::beacon::DomainList::read(text);
    if (list) (void)list->find(text.substr(0, 300));
    return 0;
}
