#include "core/audit/program.h"

#include "core/audit/confinement.h"
#include "core/audit/server.h"
#include "core/base/privilege.h"
#include "core/base/unix_socket.h"

#include <cerrno>
#include <csignal>
#include <ctime>

#include <spdlog/spdlog.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shoji::audit {
namespace {

using base::Failure;
using base::FileDescriptor;
using base::Result;

// The socket's folder belongs to the journal's user, so that it can take its socket away again.
Result<void> prepare_runtime(const base::Settings& settings) {
    const auto folder = settings.audit_socket().parent_path();
    std::error_code problem;
    std::filesystem::create_directories(folder, problem);
    if (problem) {
        return base::fail(base::ErrorKind::system, "making {}: {}", folder.native(),
                          problem.message());
    }
    // Whatever the mask of this process is, senders must pass.
    if (::chmod(folder.c_str(), 0755) != 0) {
        return base::fail_errno(errno, "opening " + folder.native());
    }
    if (::geteuid() != 0 || !settings.separate_users) return {};
    const uid_t user = settings.audit_user();
    if (::chown(folder.c_str(), user, user) != 0) {
        return base::fail_errno(errno, "giving " + folder.native() + " to the journal's user");
    }
    return {};
}

Result<void> become_own_user(const base::Settings& settings) {
    if (settings.separate_users) return base::drop_privileges(settings.audit_user());
    spdlog::warn("without users of its own each program can reach the files of the others");
    return base::drop_privileges(::geteuid());
}

// Readable when SIGTERM or SIGINT came.
Result<FileDescriptor> end_signals() {
    sigset_t signals{};
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    if (const int error = ::pthread_sigmask(SIG_BLOCK, &signals, nullptr); error != 0) {
        return base::fail_errno(error, "blocking signals");
    }
    FileDescriptor descriptor(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!descriptor.valid()) return base::fail_errno(errno, "waiting for signals");
    return descriptor;
}

std::vector<uid_t> senders(const base::Settings& settings) {
    std::vector<uid_t> users{0, ::geteuid()};
    if (settings.separate_users) {
        users.insert(users.end(), {settings.gateway_user(), settings.hub_user()});
    }
    return users;
}

Result<void> confine_aloud(const base::Settings& settings) {
    ::tzset();  // the log's clock reads its zone while it may still open files
    const auto missing = confine(settings.audit_state(), settings.audit_socket().parent_path());
    if (!missing) return Failure(missing.error());
    for (const auto& protection : *missing) spdlog::warn("not in force: {}", protection);
    return {};
}

}  // namespace

Result<void> run(const base::Settings& settings) {
    if (auto prepared = prepare_runtime(settings); !prepared) return prepared;
    auto end = end_signals();
    if (!end) return Failure(end.error());
    auto clock = machine_clock();
    if (!clock) return Failure(clock.error());
    if (auto dropped = become_own_user(settings); !dropped) return dropped;
    // Before the socket: a second program must not take the first one's away.
    auto lock = JournalLock::take(settings.audit_state());
    if (!lock) return Failure(lock.error());
    // Whoever is at the other end is asked of the kernel.
    auto listener =
        base::listen_unix(settings.audit_socket(), base::SocketKind::packet, 0666, true);
    if (!listener) return Failure(listener.error());
    if (auto confined = confine_aloud(settings); !confined) return confined;
    constexpr std::uint64_t megabyte = 1 << 20;
    auto writer = Writer::open(std::move(*lock), settings.audit_state(),
                               settings.journal_reserve_megabytes * megabyte, std::move(*clock));
    Result<void> done;
    if (writer) {
        spdlog::info("taking records at {}", settings.audit_socket().native());
        Server server(*writer, std::move(*listener), senders(settings), end->get());
        done = server.run();
        if (auto closed = writer->close(); !closed && done) done = closed;
    } else {
        done = Failure(writer.error());
    }
    ::unlink(settings.audit_socket().c_str());
    return done;
}

}  // namespace shoji::audit
