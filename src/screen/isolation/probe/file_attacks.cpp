#include "screen/isolation/probe/attacks.h"

#include <array>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::isolation::probe {
namespace {

namespace fs = std::filesystem;

bool reads(const Arguments& arguments) {
    std::ifstream file(arguments.at(0));
    return file.get() != std::ifstream::traits_type::eof();
}

bool writes(const Arguments& arguments) {
    const std::string path = arguments.at(0) + "/written";
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT, 0600);
    return file >= 0 && ::write(file, "x", 1) == 1;
}

// Runs a program that exits 2 when it is given nothing to do: this one.
bool program_runs(const char* path) {
    const pid_t child = ::fork();
    if (child == 0) {
        std::array<char*, 2> words{const_cast<char*>(path), nullptr};
        std::array<char*, 1> environment{nullptr};
        ::execve(path, words.data(), environment.data());
        ::_exit(100);
    }
    int status = 0;
    return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 2;
}

bool runs(const Arguments& arguments) {
    return program_runs(arguments.at(0).c_str());
}

// Writes a program of its own into a folder and runs it.
bool runs_own(const Arguments& arguments) {
    const fs::path copy = fs::path(arguments.at(0)) / "program";
    std::error_code error;
    fs::copy_file("/proc/self/exe", copy, error);
    return !error && ::chmod(copy.c_str(), 0700) == 0 && program_runs(copy.c_str());
}

// The same in a memory file, which has no path.
bool runs_from_memory(const Arguments&) {
    const int file = static_cast<int>(::syscall(SYS_memfd_create, "program", 0));
    if (file < 0) return false;
    std::ifstream own("/proc/self/exe", std::ios::binary);
    std::array<char, 65536> part{};
    while (own.read(part.data(), part.size()), own.gcount() > 0) {
        if (::write(file, part.data(), static_cast<std::size_t>(own.gcount())) != own.gcount()) {
            return false;
        }
    }
    const std::string path = "/proc/self/fd/" + std::to_string(file);
    return ::fchmod(file, 0700) == 0 && program_runs(path.c_str());
}

}  // namespace

std::map<std::string, Attack> file_attacks() {
    return {{"reads", reads},
            {"writes", writes},
            {"runs", runs},
            {"runs_own", runs_own},
            {"runs_from_memory", runs_from_memory}};
}

}  // namespace shoji::isolation::probe
