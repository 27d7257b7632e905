// Starts a program in namespaces, a root, a user id and limits of its own, in two steps: prepare()
// sets all up to the last step before the program runs, start() lets it run. Between them the owner
// writes down what it has made, so that nothing is ever lost from sight.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"
#include "core/confinement/landlock.h"
#include "core/confinement/seccomp.h"
#include "screen/isolation/cgroup.h"
#include "screen/isolation/root.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace shoji::isolation {

// The user and group id that a program sees as its own.
inline constexpr uid_t inner_user = 1000;

// Every protection by itself, so that tests can show what each one stops. All are on in earnest.
struct Layers {
    bool own_root = true;
    bool own_processes = true;  // pid namespace
    bool own_network = true;
    bool own_ipc = true;  // and uts
    bool user_namespace = true;
    bool other_user = true;
    bool no_capabilities = true;
    bool no_new_privileges = true;
    bool landlock = true;
    bool filter = true;
    bool sealed_memory_files = true;
    bool limits = true;
};

struct LaunchPlan {
    std::string program;                 // its path inside the root
    std::vector<std::string> arguments;  // without the program's own name
    std::vector<std::string> environment;
    Root root;
    // The user and group id of the machine that it runs as, where the caller is root; otherwise it
    // keeps the caller's own.
    std::optional<uid_t> user;
    bool network_of_machine = false;           // true only for what has to dial out
    std::optional<std::uint16_t> listen_port;  // listen at 127.0.0.1 in the new network namespace
    // Wraps the program in a first process that reaps orphans and ends when the program does, for
    // programs that start others. Without it the program is process 1 itself.
    bool reaper = false;
    std::vector<int> descriptors;  // the program's 3, 4, 5 …
    bool discard_output = false;   // its standard output and error; otherwise error is the caller's
    std::optional<confinement::FilterProgram> filter;
    std::optional<confinement::LandlockRules> landlock;  // paths inside the root
    std::uint64_t open_files = 1024;
    // Only root of the machine may ask for it; a kernel before 6.3 does not have it.
    bool forbid_executable_memory_files = false;
    const Cgroup* cgroup = nullptr;
    Layers layers;
};

// A program about to run, or running. Unless start() succeeded, its end is the program's end.
class Launched {
  public:
    Launched(Launched&& other) noexcept;
    Launched& operator=(Launched&&) = delete;
    Launched(const Launched&) = delete;
    Launched& operator=(const Launched&) = delete;
    ~Launched();

    [[nodiscard]] pid_t process() const { return process_; }
    // Readable when the process has ended (pidfd_open(2)).
    [[nodiscard]] base::FileDescriptor take_handle() { return std::move(handle_); }
    // The socket of `listen_port`.
    [[nodiscard]] base::FileDescriptor take_listener() { return std::move(listener_); }
    // Lets the program run, and returns when it does.
    base::Result<void> start();

  private:
    friend base::Result<Launched> prepare(const LaunchPlan& plan);
    Launched() = default;
    base::Result<void> await(char wanted);

    pid_t process_ = -1;
    uid_t user_ = 0;
    base::FileDescriptor handle_;
    base::FileDescriptor control_;
    base::FileDescriptor listener_;
    bool started_ = false;
};

base::Result<Launched> prepare(const LaunchPlan& plan);

}  // namespace shoji::isolation
