// How wide text is on a terminal. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace shoji::base {

// Columns that `text` takes on a terminal: East Asian wide and full-width characters take two
// (Unicode Standard Annex 11), marks that combine with the character before them none.
std::size_t display_width(std::string_view text);

}  // namespace shoji::base
