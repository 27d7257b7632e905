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
#include <grp.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
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
        // What a browser left behind may still be writing for a moment.
        std::error_code failed;
        for (int i = 0; i < 100 && std::filesystem::exists(path_); ++i) {
            std::filesystem::remove_all(path_, failed);
            if (failed) ::usleep(20000);
        }
    }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

// A child process in a group of its own, which ends with this object.
class Child {
  public:
    struct Start {
        std::vector<std::string> command;
        std::vector<std::string> environment;
        // Descriptors and the numbers from 3 on that they have in the child, which has no others.
        std::vector<std::pair<int, int>> kept;
        std::string output;             // a file for what it prints; empty: where the test prints
        bool as_ordinary_user = false;  // where the test runs as root
    };
    static constexpr uid_t ordinary_user = 65534;  // nobody

    explicit Child(const Start& start) {
        // All that is needed is made before fork(): the child only makes system calls.
        const auto arguments = pointers(start.command);
        const auto variables = pointers(start.environment);
        process_ = ::fork();
        if (process_ == 0) become(start, arguments.data(), variables.data());
        ::setpgid(process_, process_);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (process_ <= 0) return;
        ::kill(-process_, SIGKILL);
        (void)wait();
    }

    [[nodiscard]] pid_t process() const { return process_; }
    void signal(int number) const {
        if (process_ > 0) ::kill(process_, number);
    }
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
    static std::vector<char*> pointers(const std::vector<std::string>& strings) {
        std::vector<char*> all;
        for (const auto& one : strings) all.push_back(const_cast<char*>(one.c_str()));
        all.push_back(nullptr);
        return all;
    }
    [[noreturn]] static void become(const Start& start, char* const* arguments,
                                    char* const* variables) {
        ::setpgid(0, 0);
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (!start.output.empty()) {
            const int file = ::open(start.output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
            ::dup2(file, STDOUT_FILENO);
            ::dup2(file, STDERR_FILENO);
        }
        // Out of the way first: a source may be another's target.
        std::array<int, 4> high{};
        for (std::size_t i = 0; i < start.kept.size(); ++i) {
            high.at(i) = ::fcntl(start.kept[i].first, F_DUPFD, 100);
        }
        for (std::size_t i = 0; i < start.kept.size(); ++i) {
            ::dup2(high.at(i), start.kept[i].second);
        }
        ::close_range(static_cast<unsigned>(3 + start.kept.size()), ~0U, 0);
        if (start.as_ordinary_user && ::geteuid() == 0 &&
            (::setgroups(0, nullptr) != 0 || ::setgid(ordinary_user) != 0 ||
             ::setuid(ordinary_user) != 0)) {
            ::_exit(126);
        }
        ::execve(arguments[0], arguments, variables);
        ::_exit(127);
    }

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
        Child::Start start;
        start.command = {own_folder / "shoji-session"};
        start.kept = {{listener->get(), 3}, {ends->second.get(), 4}, {memory.get(), 5}};
        child_.emplace(start);
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
