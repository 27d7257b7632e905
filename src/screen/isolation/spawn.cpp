#include "screen/isolation/spawn.h"

#include "core/base/file_descriptor.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::isolation {
namespace {

constexpr std::size_t maximum_output = 1 << 20;
constexpr std::chrono::seconds patience{10};

// A memory file holds the input whole, so that writing it never blocks.
base::Result<base::FileDescriptor> input_file(std::string_view input) {
    base::FileDescriptor file(::memfd_create("input", MFD_CLOEXEC));
    if (!file.valid() ||
        ::write(file.get(), input.data(), input.size()) != static_cast<ssize_t>(input.size()) ||
        ::lseek(file.get(), 0, SEEK_SET) != 0) {
        return base::fail_errno(errno, "preparing a program's input");
    }
    return file;
}

base::Result<pid_t> spawn(const std::vector<std::string>& command, int input, int output) {
    std::vector<char*> arguments;
    for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    std::array<char*, 1> environment{nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    pid_t process = -1;
    const int error = ::posix_spawn(&process, arguments[0], &actions, &attributes, arguments.data(),
                                    environment.data());
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (error != 0) return base::fail_errno(error, "running " + command[0]);
    return process;
}

// Everything until the writer closes, or false when it takes too long or says too much.
bool read_all(int descriptor, std::string& text) {
    const auto end = std::chrono::steady_clock::now() + patience;
    std::array<char, 65536> part{};
    while (text.size() <= maximum_output) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            end - std::chrono::steady_clock::now());
        pollfd waiting{descriptor, POLLIN, 0};
        const int ready = ::poll(&waiting, 1, static_cast<int>(std::max<long>(left.count(), 0)));
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) return false;
        const ssize_t count = ::read(descriptor, part.data(), part.size());
        if (count < 0) return false;
        if (count == 0) return true;
        text.append(part.data(), static_cast<std::size_t>(count));
    }
    return false;
}

}  // namespace

base::Result<std::string> run_and_read(const std::vector<std::string>& command) {
    return run_with_input(command, {});
}

base::Result<std::string> run_with_input(const std::vector<std::string>& command,
                                         std::string_view input) {
    const auto file = input_file(input);
    if (!file) return base::Failure(file.error());
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return base::fail_errno(errno, "making a pipe");
    const base::FileDescriptor reading(ends[0]);
    base::FileDescriptor writing(ends[1]);
    const auto process = spawn(command, file->get(), writing.get());
    if (!process) return base::Failure(process.error());
    writing.reset();
    std::string text;
    const bool whole = read_all(reading.get(), text);
    if (!whole) ::kill(*process, SIGKILL);
    int status = 0;
    while (::waitpid(*process, &status, 0) < 0 && errno == EINTR) {
    }
    if (!whole) {
        return base::fail(base::ErrorKind::unavailable, "{} did not end in time", command[0]);
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        return base::fail(base::ErrorKind::system, "{} failed: {}", command[0], text);
    }
    return text;
}

}  // namespace shoji::isolation
