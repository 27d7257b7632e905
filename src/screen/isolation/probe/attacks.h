// What a taken-over browser would try. Each attack returns true when it succeeded. Run inside a
// launched program (probe/main.cpp), in place of Chromium.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace shoji::isolation::probe {

using Arguments = std::vector<std::string>;
using Attack = std::function<bool(const Arguments&)>;

// By name. The tests say which layers each must get past.
std::map<std::string, Attack> file_attacks();
std::map<std::string, Attack> network_attacks();
std::map<std::string, Attack> process_attacks();
std::map<std::string, Attack> kernel_attacks();
std::map<std::string, Attack> resource_attacks();

}  // namespace shoji::isolation::probe
