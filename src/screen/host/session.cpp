#include "screen/host/session.h"

#include "screen/host/connect.h"

namespace shoji::host {

namespace fs = std::filesystem;

std::string group_of(const base::Settings& settings) {
    return "shoji-" + settings.instance;
}

std::string group_of(const base::Settings& settings, const control::SessionId& session) {
    return group_of(settings) + "/" + control::to_text(session);
}

isolation::FirewallSlot firewall_slot(const base::Settings& settings, const Record& record) {
    return {record.slot,
            settings.egress_user(record.slot),
            {settings.session_user(record.slot), settings.browser_user(record.slot)},
            record.ports,
            record.internal_ports};
}

Session::Session(const Surroundings& surroundings, Record record)
    : surroundings_(surroundings), record_(std::move(record)) {
    if (!surroundings_.machine.cgroups) return;
    const auto& mounts = *surroundings_.machine.cgroups;
    group_ = isolation::Cgroup::open(mounts, group_path());
    browser_group_ = isolation::Cgroup::open(mounts, group_path() + "/" + browser_group_name);
    helper_group_ = isolation::Cgroup::open(mounts, group_path() + "/" + helper_group_name);
}

base::Result<void> Session::adopt() {
    base::Result<void> all_live;
    for (const Part part : all_parts) {
        auto held = hold_process(record_.processes[static_cast<std::size_t>(part)]);
        if (held) {
            process(part) = std::move(*held);
        } else {
            all_live = base::fail(base::ErrorKind::not_found, "its {} has ended", name_of(part));
        }
    }
    return all_live;
}

base::Result<std::array<base::FileDescriptor, 2>> Session::connect() const {
    auto display = connect_now(folder() / "display.sock", base::SocketKind::stream);
    if (!display) return base::Failure(display.error());
    auto reports = connect_now(folder() / "egress.sock", base::SocketKind::packet);
    if (!reports) return base::Failure(reports.error());
    return std::array{std::move(*display), std::move(*reports)};
}

std::uint64_t Session::memory_bytes() const {
    return group_ ? browser_group_->memory_bytes() + helper_group_->memory_bytes() : 0;
}

std::uint64_t Session::memory_kills() const {
    return group_ ? browser_group_->memory_kills() + helper_group_->memory_kills() : 0;
}

void Session::kill() {
    // A group that cannot be killed shows in gone(); its processes are killed one by one as well.
    if (group_) static_cast<void>(group_->kill_all());
    for (const Part part : all_parts) kill_process(process(part));
}

bool Session::gone() {
    bool running = group_ && !group_->empty();
    for (const Part part : all_parts) {
        auto& process = this->process(part);
        look_after(process);
        running = running || (process.handle.valid() && !process.ended);
    }
    return !running;
}

base::Result<void> Session::remove() {
    if (auto removed = surroundings_.packet_rules.remove(record_.slot); !removed) return removed;
    if (group_) {
        if (auto removed = group_->remove(); !removed) return removed;
    }
    std::error_code error;
    fs::remove_all(folder(), error);
    if (error) return base::fail_errno(error.value(), "removing " + folder().native());
    return {};
}

fs::path Session::folder() const {
    return surroundings_.settings.host_sessions() / control::to_text(record_.id);
}

std::string Session::group_path() const {
    return group_of(surroundings_.settings, record_.id);
}

}  // namespace shoji::host
