#include "screen/isolation/launch_child.h"

#include "core/base/unix_socket.h"
#include "core/confinement/capabilities.h"
#include "screen/isolation/network.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <span>

#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::isolation {
namespace {

constexpr std::size_t maximum_text = 2048;
constexpr int first_descriptor = 3;

class Child {
  public:
    Child(const LaunchPlan& plan, int control, bool as_root)
        : plan_(plan), control_(control), as_root_(as_root) {}

    base::Result<void> run();
    [[noreturn]] void give_up(const base::Error& error);

  private:
    base::Result<void> tell(char letter, std::span<const int> descriptors = {});
    base::Result<void> hear(char wanted);
    base::Result<void> arrange_descriptors();
    base::Result<void> set_up_network();
    base::Result<void> seal_memory_files();
    base::Result<void> change_user();
    base::Result<void> set_limits();
    base::Result<void> confine();
    base::Result<void> execute();
    [[noreturn]] void reap(pid_t program);

    const LaunchPlan& plan_;
    int control_;
    bool as_root_;
};

base::Result<void> Child::tell(char letter, std::span<const int> descriptors) {
    const auto byte = static_cast<std::uint8_t>(letter);
    return base::send_packet(control_, std::span(&byte, 1), descriptors);
}

base::Result<void> Child::hear(char wanted) {
    const auto packet = base::receive_packet(control_, 16);
    if (!packet) return base::Failure(packet.error());
    // The parent has died or given up: nothing that it does not know of may go on.
    if (packet->bytes.empty() || static_cast<char>(packet->bytes[0]) != wanted) ::_exit(1);
    return {};
}

// The program's descriptors become 3, 4, 5 …; the control socket moves out of their way and closes
// by itself when the program runs, as all others do.
base::Result<void> Child::arrange_descriptors() {
    const int count = static_cast<int>(plan_.descriptors.size());
    const int beyond = first_descriptor + count;
    control_ = ::fcntl(control_, F_DUPFD_CLOEXEC, beyond);
    std::vector<int> moved;
    for (const int descriptor : plan_.descriptors) {
        moved.push_back(::fcntl(descriptor, F_DUPFD_CLOEXEC, beyond));
    }
    for (int i = 0; i < count; ++i) {
        if (::dup2(moved[static_cast<std::size_t>(i)], first_descriptor + i) < 0) {
            return base::fail_errno(errno, "arranging descriptors");
        }
    }
    const base::FileDescriptor null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    if (control_ < 0 || !null.valid() || ::dup2(null.get(), STDIN_FILENO) < 0 ||
        ::dup2(null.get(), STDOUT_FILENO) < 0 ||
        (plan_.discard_output && ::dup2(null.get(), STDERR_FILENO) < 0)) {
        return base::fail_errno(errno, "arranging descriptors");
    }
    if (::close_range(static_cast<unsigned>(beyond), ~0U, CLOSE_RANGE_CLOEXEC) != 0) {
        return base::fail_errno(errno, "closing descriptors");
    }
    return {};
}

base::Result<void> Child::set_up_network() {
    if (plan_.network_of_machine || !plan_.layers.own_network) return {};
    if (auto up = raise_loopback(); !up) return up;
    if (!plan_.listen_port) return {};
    const auto listener = listen_on_loopback(*plan_.listen_port);
    if (!listener) return base::Failure(listener.error());
    const int descriptor = listener->get();
    return tell('l', std::span(&descriptor, 1));
}

// vm.memfd_noexec = 2: memory files of this pid namespace can never be executable, and asking for
// one without MFD_NOEXEC_SEAL is refused (memfd_create(2)).
base::Result<void> Child::seal_memory_files() {
    if (!plan_.forbid_executable_memory_files || !plan_.layers.sealed_memory_files || !as_root_ ||
        !plan_.layers.own_processes) {
        return {};
    }
    const base::FileDescriptor file(::open("/proc/sys/vm/memfd_noexec", O_WRONLY | O_CLOEXEC));
    if (!file.valid() && errno == ENOENT) return {};
    if (!file.valid() || ::write(file.get(), "2", 1) != 1) {
        return base::fail_errno(errno, "forbidding executable memory files");
    }
    return {};
}

// As root the mounts are made before the user namespace begins, so that nothing inside it, not even
// with every capability over it, may undo them (mount_namespaces(7)).
base::Result<void> Child::change_user() {
    if (as_root_) {
        if (::setgroups(0, nullptr) != 0) {
            return base::fail_errno(errno, "dropping supplementary groups");
        }
        if (plan_.layers.user_namespace) {
            if (::unshare(CLONE_NEWUSER) != 0) {
                return base::fail_errno(errno, "starting a user namespace");
            }
            if (auto told = tell('m'); !told) return told;
            if (auto heard = hear('m'); !heard) return heard;
        }
    }
    uid_t user = inner_user;
    if (!plan_.layers.user_namespace) user = plan_.user.value_or(::geteuid());
    if (!plan_.layers.other_user) return {};
    if (::setresgid(user, user, user) != 0) return base::fail_errno(errno, "changing the group id");
    if (::setresuid(user, user, user) != 0) return base::fail_errno(errno, "changing the user id");
    return {};
}

base::Result<void> Child::set_limits() {
    if (!plan_.layers.limits) return {};
    const rlimit files{plan_.open_files, plan_.open_files};
    const rlimit none{0, 0};
    if (::setrlimit(RLIMIT_NOFILE, &files) != 0 || ::setrlimit(RLIMIT_CORE, &none) != 0 ||
        ::setrlimit(RLIMIT_MEMLOCK, &none) != 0 || ::setrlimit(RLIMIT_MSGQUEUE, &none) != 0 ||
        ::setrlimit(RLIMIT_NICE, &none) != 0 || ::setrlimit(RLIMIT_RTPRIO, &none) != 0) {
        return base::fail_errno(errno, "setting resource limits");
    }
    return {};
}

base::Result<void> Child::confine() {
    ::umask(077);
    if (plan_.layers.no_capabilities) {
        if (auto dropped = confinement::drop_capabilities(); !dropped) return dropped;
    }
    if (plan_.layers.no_new_privileges && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return base::fail_errno(errno, "setting no_new_privs");
    }
    if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        return base::fail_errno(errno, "forbidding core dumps");
    }
    const int abi = confinement::landlock_abi();
    if (plan_.landlock && plan_.layers.landlock && abi > 0) {
        if (auto restricted = confinement::restrict_landlock(*plan_.landlock, abi); !restricted) {
            return restricted;
        }
    }
    if (plan_.filter && plan_.layers.filter) return confinement::install_filter(*plan_.filter);
    return {};
}

base::Result<void> Child::execute() {
    std::vector<const char*> arguments{plan_.program.c_str()};
    for (const auto& argument : plan_.arguments) arguments.push_back(argument.c_str());
    arguments.push_back(nullptr);
    std::vector<const char*> environment;
    for (const auto& variable : plan_.environment) environment.push_back(variable.c_str());
    environment.push_back(nullptr);
    ::execve(plan_.program.c_str(), const_cast<char**>(arguments.data()),
             const_cast<char**>(environment.data()));
    return base::fail_errno(errno, "running " + plan_.program);
}

// Process 1 of the pid namespace: when it ends, the kernel kills all others in it.
void Child::reap(pid_t program) {
    ::close_range(0, ~0U, 0);
    while (true) {
        int status = 0;
        const pid_t ended = ::waitpid(-1, &status, 0);
        if (ended == program) {
            ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
        }
        if (ended < 0 && errno != EINTR) ::_exit(1);
    }
}

base::Result<void> Child::run() {
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::umask(022);  // the root's folders are for its user to read
    ::setsid();
    if (auto heard = hear('g'); !heard) return heard;  // the parent has put us into the groups
    if (!as_root_ && plan_.layers.user_namespace) {
        if (auto told = tell('m'); !told) return told;
        if (auto heard = hear('m'); !heard) return heard;
        if (auto changed = change_user(); !changed) return changed;
    }
    if (auto arranged = arrange_descriptors(); !arranged) return arranged;
    if (auto network = set_up_network(); !network) return network;
    if (auto sealed = seal_memory_files(); !sealed) return sealed;
    if (plan_.layers.own_root) {
        if (auto entered = enter_root(plan_.root); !entered) return entered;
    }
    if (as_root_) {
        if (auto changed = change_user(); !changed) return changed;
    }
    if (auto limited = set_limits(); !limited) return limited;
    if (auto confined = confine(); !confined) return confined;
    if (auto told = tell('r'); !told) return told;
    if (auto heard = hear('g'); !heard) return heard;
    if (plan_.reaper) {
        const pid_t program = ::fork();
        if (program < 0) return base::fail_errno(errno, "starting the program's process");
        if (program > 0) reap(program);
    }
    return execute();
}

void Child::give_up(const base::Error& error) {
    std::vector<std::uint8_t> message{'e'};
    const std::string_view text = std::string_view(error.message).substr(0, maximum_text);
    message.insert(message.end(), text.begin(), text.end());
    const auto told = base::send_packet(control_, message);
    ::_exit(told ? 1 : 2);
}

}  // namespace

void run_child(const LaunchPlan& plan, int control, bool as_root) {
    Child child(plan, control, as_root);
    const auto result = child.run();
    child.give_up(result ? base::Error{} : result.error());
}

std::uint64_t namespace_flags(const LaunchPlan& plan, bool as_root) {
    std::uint64_t flags = 0;
    const Layers& layers = plan.layers;
    if (!as_root && layers.user_namespace) flags |= CLONE_NEWUSER;
    if (layers.own_root) flags |= CLONE_NEWNS;
    if (layers.own_processes) flags |= CLONE_NEWPID;
    if (layers.own_network && !plan.network_of_machine) flags |= CLONE_NEWNET;
    if (layers.own_ipc) flags |= CLONE_NEWIPC | CLONE_NEWUTS;
    return flags;
}

}  // namespace shoji::isolation
