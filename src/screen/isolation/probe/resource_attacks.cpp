#include "screen/isolation/probe/attacks.h"

#include <csignal>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::isolation::probe {
namespace {

// Touches so many MiB in a child, so that the answer outlives the killing.
bool takes_memory(const Arguments& arguments) {
    const std::size_t bytes = std::stoul(arguments.at(0)) << 20U;
    const pid_t child = ::fork();
    if (child == 0) {
        void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
        if (memory == MAP_FAILED) ::_exit(1);
        std::memset(memory, 1, bytes);
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool starts_processes(const Arguments& arguments) {
    const std::size_t wanted = std::stoul(arguments.at(0));
    std::vector<pid_t> children;
    while (children.size() < wanted) {
        const pid_t child = ::fork();
        if (child == 0) {
            ::pause();
            ::_exit(0);
        }
        if (child < 0) break;
        children.push_back(child);
    }
    for (const pid_t child : children) ::kill(child, SIGKILL);
    for (const pid_t child : children) ::waitpid(child, nullptr, 0);
    return children.size() == wanted;
}

bool opens_files(const Arguments& arguments) {
    for (int i = 0; i < std::stoi(arguments.at(0)); ++i) {
        if (::open("/dev/null", O_RDONLY) < 0) return false;
    }
    return true;
}

}  // namespace

std::map<std::string, Attack> resource_attacks() {
    return {{"takes_memory", takes_memory},
            {"starts_processes", starts_processes},
            {"opens_files", opens_files}};
}

}  // namespace shoji::isolation::probe
