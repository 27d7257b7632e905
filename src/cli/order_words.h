// Signed orders, as people and programs read them.
#pragma once

#include "cli/terminal_output.h"
#include "watch/response/order.h"

#include <filesystem>

#include <boost/json/object.hpp>

namespace shoji::cli {

base::Result<response::SignedOrder> read_order(const std::filesystem::path& file);

// Of whom a signature is, the host's policy knows; whether it is that key's shows here.
bool signature_holds(const response::SignedOrder& order, const response::OrderSignature& one);

boost::json::object order_json(const response::SignedOrder& order);
// A line for what it asks for, its host, its times, and each signature.
void show_order(TerminalOutput& output, const response::SignedOrder& order);

}  // namespace shoji::cli
