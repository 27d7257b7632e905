// The language that the environment asks for.
#pragma once

#include <string>

namespace shoji::program {

// A variable of the environment; empty where there is none. Before there are threads.
std::string environment(const char* name);

// Such as "ja_JP.UTF-8" (locale(7): LC_ALL, LC_MESSAGES, LANG); "en" where nothing is said.
std::string locale();

}  // namespace shoji::program
