#include "watch/sensor/watcher.h"

#include "core/base/unix_socket.h"
#include "core/confinement/capabilities.h"
#include "core/confinement/seccomp.h"
#include "watch/sensor/json_sink.h"
#include "watch/sensor/program_files.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <optional>
#include <utility>

#include <linux/capability.h>
#include <malloc.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::sensor {
namespace {

base::Result<base::FileDescriptor> watch_signals() {
    sigset_t signals;
    ::sigemptyset(&signals);
    ::sigaddset(&signals, SIGTERM);
    ::sigaddset(&signals, SIGINT);
    if (::pthread_sigmask(SIG_BLOCK, &signals, nullptr) != 0) {
        return base::fail_errno(errno, "holding signals back");
    }
    base::FileDescriptor descriptor(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!descriptor.valid()) return base::fail_errno(errno, "waiting for signals");
    return descriptor;
}

// What stays: to wait, to end, and to open programs for the analyst, whosesoever they are. Links
// and maps are descriptors that are open already. No Landlock: it would take /proc/PID/exe away.
base::Result<void> confine_watcher() {
    auto filter = confinement::runtime_filter();
    filter.allow({"wait4", "kill", "munmap", "openat", "open", "unlink"});
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

base::Result<void> wait_for_end(int signals, int analyst) {
    std::array<pollfd, 2> waited{pollfd{signals, POLLIN, 0}, pollfd{analyst, POLLIN, 0}};
    while (true) {
        if (::poll(waited.data(), waited.size(), -1) < 0) {
            if (errno == EINTR) continue;
            return base::fail_errno(errno, "waiting");
        }
        if (waited[0].revents != 0) return {};
        if (waited[1].revents != 0) {
            if (auto answered = answer_for_program(analyst); !answered) return answered;
        }
    }
}

// The file that says what is seen, for as long as it is.
class StateFile {
  public:
    static base::Result<StateFile> write(const std::filesystem::path& path,
                                         const std::string& text) {
        StateFile file;
        if (path.empty()) return file;
        const auto fresh = path.native() + ".new";
        std::ofstream stream(fresh, std::ios::trunc);
        stream << text << std::flush;
        std::error_code failed;
        if (stream) std::filesystem::rename(fresh, path, failed);
        if (!stream || failed) {
            return base::fail(base::ErrorKind::system, "{} cannot be written", path.native());
        }
        file.path_ = path;
        return file;
    }
    StateFile(const StateFile&) = delete;
    StateFile& operator=(const StateFile&) = delete;
    StateFile(StateFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    StateFile& operator=(StateFile&&) = delete;
    ~StateFile() {
        std::error_code ignored;
        if (!path_.empty()) std::filesystem::remove(path_, ignored);
    }
    void leave() { path_.clear(); }

  private:
    StateFile() = default;
    std::filesystem::path path_;
};

int analyst_process(AnalystInputs inputs, const Policy& policy, const MakeSink& make_sink) {
    // Ends with the watcher even when that is killed: its socket is closed then.
    const auto done = run_analyst(std::move(inputs), policy, make_sink);
    if (done) return 0;
    spdlog::error("analyst: {}", done.error().message);
    return 1;
}

}  // namespace

std::string state_json(const std::vector<FamilyState>& state) {
    const auto list = [](const std::vector<std::string>& texts) {
        std::string joined;
        for (const auto& text : texts) {
            if (!joined.empty()) joined += ',';
            append_json_text(text, joined);
        }
        return joined;
    };
    std::string families;
    for (const auto& one : state) {
        std::string backend = "null";
        if (!one.backend.empty()) {
            backend.clear();
            append_json_text(one.backend, backend);
        }
        if (!families.empty()) families += ',';
        families += fmt::format(R"({{"family":"{}","backend":{},"refused":[{}],"absent":[{}]}})",
                                one.family, backend, list(one.refused), list(one.absent));
    }
    return fmt::format("{{\"families\":[{}]}}\n", families);
}

base::Result<void> run_watcher(const Policy& policy, const std::filesystem::path& state_file,
                               const MakeSink& make_sink) {
    auto signals = watch_signals();
    if (!signals) return base::Failure(signals.error());
    std::optional<KernelSide> side;
    {
        auto loaded = KernelSide::load(policy);
        if (!loaded) return base::Failure(loaded.error());
        side.emplace(std::move(*loaded));
    }
    // Reading the kernel's description took memory that is not needed again.
    ::malloc_trim(0);
    auto written = StateFile::write(state_file, state_json(side->state()));
    if (!written) return base::Failure(written.error());
    auto outputs = side->outputs();
    if (!outputs) return base::Failure(outputs.error());
    auto sockets = base::unix_socket_pair(base::SocketKind::packet);
    if (!sockets) return base::Failure(sockets.error());
    const pid_t analyst = ::fork();
    if (analyst < 0) return base::fail_errno(errno, "starting the analyst");
    if (analyst == 0) {
        written->leave();
        sockets->first.reset();
        signals->reset();
        AnalystInputs inputs{std::move(*outputs), std::move(sockets->second), side->state()};
        // Links and maps are the watcher's alone.
        side.reset();
        const int status = analyst_process(std::move(inputs), policy, make_sink);
        ::_exit(status);
    }
    sockets->second.reset();
    *outputs = {};
    if (auto confined = confine_watcher(); !confined) {
        ::kill(analyst, SIGKILL);
        return confined;
    }
    auto ended = wait_for_end(signals->get(), sockets->first.get());
    // Nothing new comes into the ring; the analyst reads what is in it and ends.
    side.reset();
    sockets->first.reset();
    int status = 0;
    while (::waitpid(analyst, &status, 0) < 0 && errno == EINTR) continue;
    if (ended && !(WIFEXITED(status) && WEXITSTATUS(status) == 0)) {
        return base::fail(base::ErrorKind::system, "the analyst did not end well");
    }
    return ended;
}

}  // namespace shoji::sensor
