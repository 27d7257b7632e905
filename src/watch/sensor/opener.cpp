#include "watch/sensor/opener.h"

#include "core/confinement/capabilities.h"
#include "core/confinement/seccomp.h"
#include "watch/sensor/program_files.h"

#include <array>
#include <cerrno>

#include <linux/capability.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>

namespace shoji::sensor {
namespace {

constexpr int heartbeat_milliseconds = 1000;

// What stays: to open programs and logs. No Landlock: it would take /proc/PID/exe away.
base::Result<void> confine_opener() {
    auto filter = confinement::runtime_filter();
    filter.allow({"openat", "open"});
    const auto program = filter.compile(confinement::SyscallFilter::Otherwise::refuse);
    if (!program) return base::Failure(program.error());
    static constexpr std::array kept{CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH};
    if (auto dropped = confinement::drop_capabilities_but(kept); !dropped) return dropped;
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return base::fail_errno(errno, "setting no_new_privs");
    }
    if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        return base::fail_errno(errno, "forbidding core dumps");
    }
    return confinement::install_filter(*program);
}

}  // namespace

base::Result<void> run_opener(base::FileDescriptor analyst, base::FileDescriptor keeper,
                              std::span<const std::string> logs) {
    if (auto confined = confine_opener(); !confined) return confined;
    std::array<pollfd, 2> waited{pollfd{keeper.get(), POLLIN, 0}, pollfd{analyst.get(), POLLIN, 0}};
    while (true) {
        const char alive = 0;
        static_cast<void>(::send(keeper.get(), &alive, 1, MSG_DONTWAIT | MSG_NOSIGNAL));
        if (::poll(waited.data(), waited.size(), heartbeat_milliseconds) < 0) {
            if (errno == EINTR) continue;
            return base::fail_errno(errno, "waiting");
        }
        if (waited[0].revents != 0) return {};
        if (waited[1].revents == 0) continue;
        if (auto answered = answer_request(analyst.get(), logs); !answered) return answered;
    }
}

}  // namespace shoji::sensor
