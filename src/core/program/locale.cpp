#include "core/program/locale.h"

#include <cstdlib>

namespace shoji::program {

std::string environment(const char* name) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
    return value == nullptr ? "" : value;
}

std::string locale() {
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        if (auto value = environment(name); !value.empty()) return value;
    }
    return "en";
}

}  // namespace shoji::program
