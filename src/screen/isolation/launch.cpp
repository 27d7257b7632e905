#include "screen/isolation/launch.h"

#include "core/base/unix_socket.h"
#include "screen/isolation/launch_child.h"

#include <cerrno>
#include <csignal>
#include <span>
#include <utility>

#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::isolation {
namespace {

constexpr int patience = 10000;  // milliseconds that one step of the child may take
constexpr std::size_t maximum_message = 4096;

base::Result<void> write_map(pid_t process, const char* file, const std::string& text) {
    const std::string path = fmt::format("/proc/{}/{}", process, file);
    const base::FileDescriptor descriptor(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!descriptor.valid() ||
        ::write(descriptor.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
        return base::fail_errno(errno, "writing " + path);
    }
    return {};
}

// One id inside, one outside (user_namespaces(7)).
base::Result<void> map_user(pid_t process, uid_t outer) {
    if (auto done = write_map(process, "setgroups", "deny"); !done) return done;
    const std::string map = fmt::format("{} {} 1\n", inner_user, outer);
    if (auto done = write_map(process, "uid_map", map); !done) return done;
    // Without privilege only one's own group may be mapped.
    const std::string group_map =
        ::geteuid() == 0 ? map : fmt::format("{} {} 1\n", inner_user, ::getegid());
    return write_map(process, "gid_map", group_map);
}

base::Result<void> send_letter(int socket, char letter) {
    const auto byte = static_cast<std::uint8_t>(letter);
    return base::send_packet(socket, std::span(&byte, 1));
}

}  // namespace

Launched::Launched(Launched&& other) noexcept
    : process_(std::exchange(other.process_, -1)),
      user_(other.user_),
      handle_(std::move(other.handle_)),
      control_(std::move(other.control_)),
      listener_(std::move(other.listener_)),
      started_(other.started_) {}

Launched::~Launched() {
    if (started_ || process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
}

base::Result<void> Launched::await(char wanted) {
    while (true) {
        pollfd waiting{control_.get(), POLLIN, 0};
        const int ready = ::poll(&waiting, 1, patience);
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) {
            return base::fail(base::ErrorKind::unavailable, "a new process did not get ready");
        }
        auto packet = base::receive_packet(control_.get(), maximum_message);
        if (!packet) return base::Failure(packet.error());
        const char letter = packet->bytes.empty() ? '\0' : static_cast<char>(packet->bytes[0]);
        if (letter == wanted) return {};
        if (letter == 'l' && packet->descriptors.size() == 1) {
            listener_ = std::move(packet->descriptors.front());
        } else if (letter == 'm') {
            if (auto mapped = map_user(process_, user_); !mapped) return mapped;
            if (auto sent = send_letter(control_.get(), 'm'); !sent) return sent;
        } else if (letter == 'e') {
            return base::fail(base::ErrorKind::system, "{}",
                              std::string(packet->bytes.begin() + 1, packet->bytes.end()));
        } else {
            return base::fail(base::ErrorKind::system, "a new process ended before it was ready");
        }
    }
}

base::Result<void> Launched::start() {
    if (auto sent = send_letter(control_.get(), 'g'); !sent) return sent;
    if (auto running = await('\0'); !running) return running;
    started_ = true;
    control_.reset();
    return {};
}

base::Result<Launched> prepare(const LaunchPlan& plan) {
    auto ends = base::unix_socket_pair(base::SocketKind::packet);
    if (!ends) return base::Failure(ends.error());
    const bool as_root = ::geteuid() == 0;
    int handle = -1;
    clone_args arguments{};
    arguments.flags = CLONE_PIDFD | namespace_flags(plan, as_root);
    arguments.pidfd = reinterpret_cast<std::uintptr_t>(&handle);
    arguments.exit_signal = SIGCHLD;
    if (plan.cgroup != nullptr && plan.cgroup->descriptor() >= 0) {
        arguments.flags |= CLONE_INTO_CGROUP;
        arguments.cgroup = static_cast<std::uint64_t>(plan.cgroup->descriptor());
    }
    const long process = ::syscall(SYS_clone3, &arguments, sizeof arguments);
    if (process < 0) return base::fail_errno(errno, "starting a process in namespaces");
    if (process == 0) {
        ends->first.reset();
        run_child(plan, ends->second.get(), as_root);
    }
    Launched launched;
    launched.process_ = static_cast<pid_t>(process);
    launched.user_ = as_root && plan.user ? *plan.user : ::geteuid();
    launched.handle_.reset(handle);
    launched.control_ = std::move(ends->first);
    ends->second.reset();
    if (plan.cgroup != nullptr) {
        if (auto added = plan.cgroup->add(launched.process_); !added) {
            return base::Failure(added.error());
        }
    }
    if (auto sent = send_letter(launched.control_.get(), 'g'); !sent) {
        return base::Failure(sent.error());
    }
    if (auto ready = launched.await('r'); !ready) return base::Failure(ready.error());
    return launched;
}

}  // namespace shoji::isolation
