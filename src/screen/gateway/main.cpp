// shoji-gateway --state DIR [--web DIR]
#include "core/program/installed.h"
#include "screen/gateway/program.h"

#include <filesystem>

namespace {

std::filesystem::path default_web() {
    std::error_code ignored;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
    return program.parent_path().parent_path() / "share/web";
}

}  // namespace

int main(int count, char** words) {
    std::filesystem::path web = default_web();
    return shoji::program::run_installed(
        "shoji-gateway", count, words,
        [&](const shoji::base::Settings& settings) { return shoji::gateway::run(settings, web); },
        [&](shoji::program::Arguments& arguments) { arguments.take("--web", web); });
}
