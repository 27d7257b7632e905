// shoji-log FILE: writes what comes at its standard input to FILE, bounded, until it ends. The
// programs' logs pass through it; a program itself can neither open nor turn its log.
#include "core/log/bounded_file.h"
#include "core/program/arguments.h"
#include "core/program/locale.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <iostream>

#include <unistd.h>

namespace {

constexpr std::size_t limit = std::size_t{8} << 20U;  // bytes of one of the two files

}  // namespace

int main(int argc, char** argv) {
    std::string path;
    shoji::program::Arguments arguments(shoji::text::language_of(shoji::program::locale()),
                                        "shoji-log");
    arguments.need("file", path);
    if (const auto ended = arguments.read(argc, argv, std::cout, std::cerr)) return *ended;
    // It ends with the programs that write, not before: their last words count.
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) std::signal(signal, SIG_IGN);
    shoji::log::BoundedFile file(path, limit);
    if (auto opened = file.open(); !opened) {
        std::fprintf(stderr, "shoji-log: %s\n", opened.error().message.c_str());
        return 1;
    }
    static std::array<char, 65536> part;
    while (true) {
        const ssize_t count = ::read(STDIN_FILENO, part.data(), part.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return 0;
        // A full disk loses lines of the log; the programs must not wait for it.
        static_cast<void>(file.write({part.data(), static_cast<std::size_t>(count)}));
    }
}
