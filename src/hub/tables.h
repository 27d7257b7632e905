// The tables of hub.db.
#pragma once

#include <span>
#include <string_view>

namespace shoji::hub {

// For store::Database::open().
std::span<const std::string_view> table_steps();

}  // namespace shoji::hub
