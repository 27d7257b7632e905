#include "screen/host/host.h"

#include "screen/host/event_loop.h"
#include "screen/host/server.h"
#include "screen/host/sessions.h"

#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shoji::host {
namespace {

namespace fs = std::filesystem;

// Others pass through to the host's socket; nobody but the host looks into its sessions.
base::Result<void> make_folders(const base::Settings& settings) {
    std::error_code error;
    fs::create_directories(settings.host_sessions(), error);
    if (error) {
        return base::fail_errno(error.value(), "making " + settings.host_sessions().native());
    }
    const fs::path own = settings.host_sessions().parent_path();
    if (::chmod(own.c_str(), 0711) != 0 || ::chmod(settings.host_sessions().c_str(), 0700) != 0) {
        return base::fail_errno(errno, "closing " + own.native());
    }
    return {};
}

// Two hosts of one installation would end each other's sessions.
base::Result<base::FileDescriptor> take_lock(const base::Settings& settings) {
    const fs::path path = settings.host_sessions().parent_path() / "lock";
    base::FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file.valid()) return base::fail_errno(errno, "opening " + path.native());
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        return base::fail(base::ErrorKind::exists, "another shoji-host of this installation runs");
    }
    return file;
}

base::Result<base::FileDescriptor> await_signals() {
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGTERM);
    sigaddset(&wanted, SIGINT);
    ::sigprocmask(SIG_BLOCK, &wanted, nullptr);
    base::FileDescriptor signals(::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!signals.valid()) return base::fail_errno(errno, "waiting for signals");
    return signals;
}

std::vector<isolation::FirewallSlot> firewall_slots(const base::Settings& settings,
                                                    const std::vector<Record>& records) {
    std::vector<isolation::FirewallSlot> slots;
    for (const auto& record : records) {
        if (record.slot != no_slot) slots.push_back(firewall_slot(settings, record));
    }
    return slots;
}

void tidy(const base::Settings& settings, const Machine& machine, PacketRules& packet_rules) {
    const auto tell = [](const base::Result<void>& done) {
        if (!done) spdlog::error("{}", done.error().message);
    };
    tell(packet_rules.remove_table());
    if (machine.cgroups) {
        tell(isolation::Cgroup::open(*machine.cgroups, group_of(settings)).remove());
    }
    std::error_code error;
    fs::remove(settings.host_sessions(), error);
    if (error) spdlog::error("removing {}: {}", settings.host_sessions().native(), error.message());
}

}  // namespace

base::Result<void> run(const base::Settings& settings, const Programs& programs) {
    if (auto made = make_folders(settings); !made) return made;
    const auto lock = take_lock(settings);
    if (!lock) return base::Failure(lock.error());
    const auto signals = await_signals();
    if (!signals) return base::Failure(signals.error());
    auto loop = EventLoop::create();
    if (!loop) return base::Failure(loop.error());

    const auto records = read_records(settings);
    const auto slots = firewall_slots(settings, records);
    const auto machine = examine_machine(settings, slots);
    if (!machine) return base::Failure(machine.error());
    PacketRules packet_rules(machine->firewall, firewall_ground(settings, *machine), slots);
    for (const auto& protection : machine->missing) spdlog::warn("missing: {}", protection);
    const auto equipment = equip(programs, settings);
    if (!equipment) return base::Failure(equipment.error());

    auto server = Server::listen(settings, *loop);
    if (!server) return base::Failure(server.error());
    Sessions sessions({settings, *machine, *equipment, packet_rules}, *loop,
                      [&](Claimant claimant, const control::Exited& exited) {
                          (*server)->report(claimant, exited);
                      });
    (*server)->serve(sessions);
    sessions.recover(records);

    bool stopping = false;
    if (auto watched = loop->watch(signals->get(),
                                   [&] {
                                       stopping = true;
                                       loop->forget(signals->get());
                                       sessions.close();
                                   });
        !watched) {
        return watched;
    }
    spdlog::info("ready for up to {} sessions", settings.session.maximum);
    auto ran = loop->run([&] {
        const int wait = sessions.tick();
        if (!stopping || !sessions.empty()) return wait;
        loop->stop();
        return 0;
    });
    if (!ran) return ran;
    tidy(settings, *machine, packet_rules);
    return {};
}

}  // namespace shoji::host
