// For this room's tests of the real program: processes, the viewer's end, places that vanish.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/unix_socket.h"

#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::session::testing {

// Long enough for the slowest machine; nothing waits so long that works.
inline constexpr std::chrono::seconds patience{60};

class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "shoji-session-XXXXXX");
        if (::mkdtemp(name.data()) != nullptr) path_ = name;
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() {
        std::error_code ignored;  // a browser that is just ending may still write
        std::filesystem::remove_all(path_, ignored);
    }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

// A child process in a group of its own, which ends with this object.
class Child {
  public:
    // `kept`: descriptors and the numbers that they have in the child, which has no others but 0
    // to 2.
    Child(const std::vector<std::string>& command, const std::vector<std::string>& environment,
          const std::vector<std::pair<int, int>>& kept, bool quiet = false) {
        std::vector<char*> arguments;
        for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
        arguments.push_back(nullptr);
        std::vector<char*> variables;
        for (const auto& word : environment) variables.push_back(const_cast<char*>(word.c_str()));
        variables.push_back(nullptr);
        process_ = ::fork();
        if (process_ != 0) return;
        ::setpgid(0, 0);
        // Out of the way first: a source may be another's target.
        std::vector<std::pair<int, int>> high;
        for (const auto& [from, to] : kept) high.emplace_back(::fcntl(from, F_DUPFD, 100), to);
        if (quiet) {
            const int nowhere = ::open("/dev/null", O_RDWR);
            for (const int standard : {0, 1, 2}) ::dup2(nowhere, standard);
        }
        for (const auto& [from, to] : high) ::dup2(from, to);
        ::close_range(static_cast<unsigned>(3 + kept.size()), ~0U, 0);
        ::execve(arguments[0], arguments.data(), variables.data());
        ::_exit(127);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (process_ <= 0) return;
        ::kill(-process_, SIGKILL);
        (void)wait();
    }

    [[nodiscard]] pid_t process() const { return process_; }
    void signal(int number) const { ::kill(process_, number); }
    // The exit code, or minus the signal that ended it.
    int wait() {
        int status = 0;
        if (process_ > 0) ::waitpid(std::exchange(process_, -1), &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }
    // A number after `name` in /proc/PID/status; -1: none.
    [[nodiscard]] long status(const std::string& name) const {
        std::ifstream file("/proc/" + std::to_string(process_) + "/status");
        for (std::string word; file >> word;) {
            long value = -1;
            if (word == name + ":" && file >> value) return value;
        }
        return -1;
    }

  private:
    pid_t process_ = -1;
};

// shoji-session as the host starts it.
class Program {
  public:
    using Parameters = std::vector<std::uint8_t>;

    // 800 by 600 pixels, scale 1, a Japanese keyboard.
    Program() : Program(Parameters{0x20, 0x03, 0x58, 0x02, 120, 0, 0}) {}
    explicit Program(const Parameters& parameters) {
        auto listener = base::listen_unix(address(), base::SocketKind::stream, 0600, false);
        auto ends = base::unix_socket_pair(base::SocketKind::stream);
        const base::FileDescriptor memory(::memfd_create("parameters", MFD_CLOEXEC));
        (void)!::write(memory.get(), parameters.data(), parameters.size());
        ::lseek(memory.get(), 0, SEEK_SET);
        client_ = std::move(ends->first);
        const auto own_folder = std::filesystem::read_symlink("/proc/self/exe").parent_path();
        const std::vector<std::string> command{own_folder / "shoji-session"};
        const std::vector<std::string> environment;
        const std::vector<std::pair<int, int>> kept{
            {listener->get(), 3}, {ends->second.get(), 4}, {memory.get(), 5}};
        child_.emplace(command, environment, kept);
    }
    [[nodiscard]] std::filesystem::path address() const { return folder_.path() / "display.sock"; }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
    Child& child() { return *child_; }
    // The Wayland client's end.
    base::FileDescriptor& client() { return client_; }

  private:
    TemporaryFolder folder_;
    base::FileDescriptor client_;
    std::optional<Child> child_;
};

}  // namespace shoji::session::testing
