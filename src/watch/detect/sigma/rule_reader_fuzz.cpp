#include "watch/detect/sigma/rule_reader.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji;
    event::Names names;
    const sigma::Placeholders placeholders{{"list", {"a", "b*"}}};
    const auto rules =
        sigma::read_rules({reinterpret_cast<const char*>(data), size}, {names, placeholders});
    return rules && rules->empty() ? -1 : 0;
}
