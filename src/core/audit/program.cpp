#include "core/audit/program.h"

#include "core/audit/confinement.h"
#include "core/audit/server.h"
#include "core/base/unix_socket.h"
#include "core/program/service.h"

#include <cerrno>
#include <ctime>

#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shoji::audit {
namespace {

using base::Failure;
using base::FileDescriptor;
using base::Result;

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
    auto prepared = program::prepare_runtime(settings, settings.audit_socket().parent_path(),
                                             settings.audit_user());
    if (!prepared) return prepared;
    auto end = program::end_signals();
    if (!end) return Failure(end.error());
    auto clock = machine_clock();
    if (!clock) return Failure(clock.error());
    auto dropped = program::become_own_user(settings, settings.audit_user());
    if (!dropped) return dropped;
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
