// The lists that are shipped.
#pragma once

#include "watch/detect/intrusion/lists.h"

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace shoji::intrusion::testing {

inline std::string lists_text() {
    std::ifstream file(SHOJI_INTRUSION_LISTS, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline Lists lists() {
    auto read = Lists::parse(lists_text());
    if (!read) throw std::runtime_error(read.error().message);
    return std::move(*read);
}

}  // namespace shoji::intrusion::testing
