// For tests: other programs, run to their end or beside the test.
#pragma once

#include "core/base/file_descriptor.h"

#include <array>
#include <csignal>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::hub {

// A program that runs beside the test, and not longer.
class RunningProgram {
  public:
    // `output`: its standard output; -1: the test's.
    explicit RunningProgram(const std::vector<std::string>& words, int output = -1)
        : process_(::fork()) {
        if (process_ != 0) return;
        std::vector<char*> arguments;
        for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
        arguments.push_back(nullptr);
        if (output >= 0) ::dup2(output, STDOUT_FILENO);
        ::execv(arguments[0], arguments.data());
        ::_exit(127);
    }
    RunningProgram(const RunningProgram&) = delete;
    RunningProgram& operator=(const RunningProgram&) = delete;
    ~RunningProgram() { end(SIGKILL); }

    // Its exit code, or the signal that ended it, negative.
    int end(int signal) {
        // With -1 kill(2) would end everything on the machine.
        if (process_ > 1) ::kill(process_, signal);
        return wait();
    }
    int wait() {
        if (process_ <= 1) return -1;
        int status = 0;
        ::waitpid(process_, &status, 0);
        process_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }

  private:
    pid_t process_ = -1;
};

struct Ended {
    std::string output;
    int code = -1;
};

// What a program writes to its standard output until it ends.
inline Ended output_of(const std::vector<std::string>& words) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return {};
    const base::FileDescriptor reading(ends[0]);
    base::FileDescriptor writing(ends[1]);
    RunningProgram program(words, writing.get());
    writing.reset();
    Ended ended;
    std::array<char, 65536> part{};
    for (ssize_t got = 0; (got = ::read(reading.get(), part.data(), part.size())) > 0;) {
        ended.output.append(part.data(), static_cast<std::size_t>(got));
    }
    ended.code = program.wait();
    return ended;
}

}  // namespace shoji::hub
