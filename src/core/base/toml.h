// toml++ for files from outside. Version 3.3.0 asserts that a table's header starts like a key just
// before its own code refuses one that does not ("[!x]"): the assertion aborts, or with NDEBUG
// under Clang becomes an assumption that the file can break. With it off, the refusal answers.
#pragma once

#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(expression) static_assert(true)
#include <toml++/toml.h>  // IWYU pragma: export
#pragma pop_macro("NDEBUG")
