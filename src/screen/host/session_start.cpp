#include "core/base/bytes.h"
#include "core/base/unix_socket.h"
#include "screen/host/browser_command.h"
#include "screen/host/browser_policy.h"
#include "screen/host/session.h"
#include "screen/isolation/launch.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shoji::host {
namespace {

// The compositor and the egress hold pictures and connections, never a page.
constexpr isolation::GroupLimits helper_limits{std::uint64_t{768} << 20U, 64, 100};
constexpr std::uint64_t browser_files = 4096;
constexpr int first_inherited = 3;

// A descriptor from which these bytes can be read to their end.
base::Result<base::FileDescriptor> file_of(const std::vector<std::uint8_t>& bytes) {
    base::FileDescriptor file(::memfd_create("shoji", MFD_CLOEXEC));
    if (!file.valid() ||
        ::write(file.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()) ||
        ::lseek(file.get(), 0, SEEK_SET) != 0) {
        return base::fail_errno(errno, "writing what a program is to read");
    }
    return file;
}

std::vector<std::uint8_t> parameters_of(const control::Start& request) {
    base::ByteWriter writer;
    writer.write(request.geometry.width);
    writer.write(request.geometry.height);
    writer.write(request.geometry.scale);
    writer.write(static_cast<std::uint8_t>(request.layout));
    return writer.take();
}

std::vector<std::uint8_t> allowance_of(const control::Start& request,
                                       const Surroundings& surroundings) {
    return control::encode(control::Allowance{request.origins, request.expires,
                                              surroundings.settings.terminal_networks,
                                              surroundings.machine.resolvers});
}

isolation::LaunchPlan browser_plan(const control::Start& request,
                                   const Surroundings& surroundings) {
    const auto& equipment = surroundings.equipment;
    isolation::LaunchPlan plan;
    plan.program = equipment.browser;
    plan.arguments = browser_arguments(request);
    plan.environment =
        browser_environment(request.locale, first_inherited, surroundings.machine.time_zone);
    plan.root = equipment.browser_root;
    plan.root.files.push_back(
        {browser_policy_file, browser_policy(request.locale, equipment.authorities)});
    plan.listen_port = proxy_port;
    plan.reaper = true;
    plan.discard_output = true;
    plan.filter = equipment.browser_filter;
    plan.landlock = equipment.browser_landlock;
    plan.open_files = browser_files;
    plan.forbid_executable_memory_files = true;
    return plan;
}

isolation::LaunchPlan helper_plan(const std::string& program, const isolation::Root& root) {
    isolation::LaunchPlan plan;
    plan.program = program;
    plan.root = root;
    return plan;
}

}  // namespace

struct Session::Sockets {
    base::FileDescriptor display;         // listening
    base::FileDescriptor reports;         // listening
    base::FileDescriptor wayland_server;  // the compositor's end
    base::FileDescriptor wayland_client;  // the browser's
};

base::Result<Session::Sockets> Session::make_sockets() const {
    auto display =
        base::listen_unix(folder() / "display.sock", base::SocketKind::stream, 0600, true);
    if (!display) return base::Failure(display.error());
    auto reports =
        base::listen_unix(folder() / "egress.sock", base::SocketKind::packet, 0600, true);
    if (!reports) return base::Failure(reports.error());
    auto wayland = base::unix_socket_pair(base::SocketKind::stream);
    if (!wayland) return base::Failure(wayland.error());
    return Sockets{std::move(*display), std::move(*reports), std::move(wayland->first),
                   std::move(wayland->second)};
}

base::Result<void> Session::make_groups() {
    if (!group_) return {};
    const auto& mounts = *surroundings_.machine.cgroups;
    const auto& limits = surroundings_.settings.session;
    auto browser = isolation::Cgroup::create(
        mounts, group_path() + "/" + browser_group_name,
        {std::uint64_t{limits.memory_megabytes} << 20U, limits.processes, limits.cpu_percent});
    if (!browser) return base::Failure(browser.error());
    browser_group_ = std::move(*browser);
    auto helpers =
        isolation::Cgroup::create(mounts, group_path() + "/" + helper_group_name, helper_limits);
    if (!helpers) return base::Failure(helpers.error());
    helper_group_ = std::move(*helpers);
    return {};
}

base::Result<void> Session::save_record() const {
    const std::string text = format_record(record_);
    const auto path = folder() / "record";
    const auto fresh = folder() / "record.new";
    const base::FileDescriptor file(
        ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file.valid() ||
        ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
        ::rename(fresh.c_str(), path.c_str()) != 0) {
        return base::fail_errno(errno, "writing " + path.native());
    }
    return {};
}

base::Result<void> Session::run_programs(const control::Start& request, Sockets sockets) {
    const auto parameters = file_of(parameters_of(request));
    if (!parameters) return base::Failure(parameters.error());
    const auto allowance = file_of(allowance_of(request, surroundings_));
    if (!allowance) return base::Failure(allowance.error());

    const auto& settings = surroundings_.settings;
    const auto& equipment = surroundings_.equipment;
    auto browser_launch = browser_plan(request, surroundings_);
    browser_launch.descriptors = {sockets.wayland_client.get()};
    auto compositor_launch = helper_plan(equipment.compositor, equipment.compositor_root);
    compositor_launch.descriptors = {sockets.display.get(), sockets.wayland_server.get(),
                                     parameters->get()};
    auto egress_launch = helper_plan(equipment.egress, equipment.egress_root);
    egress_launch.network_of_machine = true;
    if (surroundings_.machine.separate_users) {
        browser_launch.user = settings.browser_user(record_.slot);
        compositor_launch.user = settings.session_user(record_.slot);
        egress_launch.user = settings.egress_user(record_.slot);
    }
    if (group_) {
        browser_launch.cgroup = &*browser_group_;
        compositor_launch.cgroup = &*helper_group_;
        egress_launch.cgroup = &*helper_group_;
    }

    auto browser = isolation::prepare(browser_launch);
    if (!browser) return base::Failure(std::move(browser.error()).context("the browser"));
    auto compositor = isolation::prepare(compositor_launch);
    if (!compositor) return base::Failure(std::move(compositor.error()).context("the compositor"));
    const auto listener = browser->take_listener();
    egress_launch.descriptors = {listener.get(), sockets.reports.get(), allowance->get()};
    auto egress = isolation::prepare(egress_launch);
    if (!egress) return base::Failure(std::move(egress.error()).context("the egress"));

    std::array<isolation::Launched*, 3> launched{&*browser, &*compositor, &*egress};
    for (const Part part : all_parts) {
        const auto index = static_cast<std::size_t>(part);
        const auto mark = mark_process(launched[index]->process());
        if (!mark) return base::Failure(mark.error());
        record_.processes[index] = *mark;
        processes_[index] = Process{*mark, launched[index]->take_handle(), std::nullopt};
    }
    if (auto saved = save_record(); !saved) return saved;
    for (auto* program : launched) {
        if (auto started = program->start(); !started) return started;
    }
    return {};
}

base::Result<void> Session::start(const control::Start& request) {
    if (::mkdir(folder().c_str(), 0700) != 0) {
        return base::fail_errno(errno, "making " + folder().native());
    }
    if (auto saved = save_record(); !saved) return saved;
    auto sockets = make_sockets();
    if (!sockets) return base::Failure(sockets.error());
    if (auto made = make_groups(); !made) return made;
    const auto rules = firewall_slot(surroundings_.settings, record_);
    if (auto set = surroundings_.packet_rules.add(rules); !set) return set;
    return run_programs(request, std::move(*sockets));
}

}  // namespace shoji::host
