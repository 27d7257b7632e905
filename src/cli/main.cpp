// Program `shoji`: everything that an administrator does.
#include "cli/command_line.h"
#include "core/program/locale.h"

#include <iostream>

#include <unistd.h>

namespace {

using shoji::program::environment;

std::filesystem::path default_state() {
    if (const auto state = environment("SHOJI_STATE"); !state.empty()) return state;
    if (::geteuid() == 0) return "/var/lib/shoji";
    if (const auto home = environment("XDG_STATE_HOME"); !home.empty()) return home + "/shoji";
    return environment("HOME") + "/.local/state/shoji";
}

// Empty: none.
std::filesystem::path cache() {
    if (const auto cache = environment("XDG_CACHE_HOME"); !cache.empty()) return cache + "/shoji";
    const auto home = environment("HOME");
    return home.empty() ? "" : home + "/.cache/shoji";
}

std::filesystem::path lists() {
    std::error_code ignored;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
    return program.parent_path().parent_path() / "share/lists";
}

}  // namespace

int main(int count, char** words) {
    const std::span<const char* const> all(words, static_cast<std::size_t>(count));
    return shoji::cli::run_command_line(
        all.subspan(1), {default_state(), cache(), shoji::program::locale(), std::cin, std::cout,
                         std::cerr, ::isatty(STDERR_FILENO) == 1, lists()});
}
