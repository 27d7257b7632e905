#include "screen/host/tests/installation.h"

#include "core/base/random.h"
#include "screen/host/process.h"
#include "screen/host/tests/patience.h"
#include "screen/host/tests/signal.h"
#include "screen/isolation/cgroup.h"
#include "screen/isolation/spawn.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>

#include <grp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::host::tests {
namespace {

namespace fs = std::filesystem;

constexpr uid_t ordinary_user = 930000;  // of no account
constexpr uid_t user_base = 940000;

std::string read_text(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

// Changing its own user makes a process unreadable; the host is started by exec, which undoes it.
bool become(User user) {
    if (user == User::root || ::geteuid() != 0) return true;
    return ::setgroups(0, nullptr) == 0 &&
           ::setresgid(ordinary_user, ordinary_user, ordinary_user) == 0 &&
           ::setresuid(ordinary_user, ordinary_user, ordinary_user) == 0;
}

struct Status {
    uid_t user = 0;
    pid_t parent = 0;
    char state = ' ';
    bool in_own_namespace = false;
};

Status status_of(pid_t process) {
    Status status;
    std::istringstream lines(read_text(fmt::format("/proc/{}/status", process)));
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string name;
        words >> name;
        if (name == "Uid:") words >> status.user;
        if (name == "PPid:") words >> status.parent;
        if (name == "State:") words >> status.state;
        if (name == "NSpid:") {
            const std::vector<std::string> numbers{std::istream_iterator<std::string>(words), {}};
            status.in_own_namespace = numbers.size() > 1;
        }
    }
    return status;
}

std::vector<pid_t> all_processes() {
    std::vector<pid_t> processes;
    for (const auto& entry : fs::directory_iterator("/proc")) {
        const std::string name = entry.path().filename();
        if (name.find_first_not_of("0123456789") == std::string::npos) {
            processes.push_back(std::stoi(name));
        }
    }
    return processes;
}

}  // namespace

Installation::Installation(User user) : user_(user) {
    std::string folder = (fs::temp_directory_path() / "shoji-host-XXXXXX").native();
    if (::mkdtemp(folder.data()) == nullptr) return;
    settings.state = folder;
    settings.runtime = settings.state / "run";
    settings.instance = base::random_hex(4);
    settings.host_name = "localhost";
    settings.separate_users = user == User::root;
    settings.user_base = user_base;
    settings.listeners.push_back({"127.0.0.1", 8443, "office", {}});
    settings.terminal_networks = {"10.99.0.0/16"};
    settings.session.maximum = 4;
    fs::create_directory(settings.runtime);
    if (user == User::ordinary && ::geteuid() == 0) {
        for (const auto& path : {settings.state, settings.runtime}) {
            if (::chown(path.c_str(), ordinary_user, ordinary_user) != 0) return;
        }
    } else {
        ::chmod(settings.state.c_str(), 0755);
    }
}

Installation::~Installation() {
    if (host_ > 0) end_host(SIGTERM);
    std::error_code error;
    fs::remove_all(settings.state, error);
}

void Installation::start_host() {
    std::ofstream(settings.state / "shoji.toml") << base::format_settings(settings);
    const fs::path program = fs::canonical("/proc/self/exe").parent_path() / "shoji-host";
    host_ = ::fork();
    if (host_ != 0) return;
    if (!become(user_)) ::_exit(120);
    ::execl(program.c_str(), program.c_str(), "--state", settings.state.c_str(), nullptr);
    ::_exit(121);
}

int Installation::end_host(int signal) {
    if (!send_signal(host_, signal)) return -1;
    return await_host();
}

int Installation::await_host() {
    const pid_t host = std::exchange(host_, -1);
    int status = 0;
    while (::waitpid(host, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

uid_t Installation::gateway_user() const {
    if (::geteuid() != 0) return ::geteuid();
    return user_ == User::root ? settings.gateway_user() : ordinary_user;
}

control::Start Installation::request(std::uint16_t port) const {
    control::Start start;
    start.origins = {{control::Scheme::http, "127.0.0.1", port, true}};
    return start;
}

std::optional<Record> Installation::record(const control::SessionId& session) const {
    auto record =
        parse_record(read_text(settings.host_sessions() / control::to_text(session) / "record"));
    return record ? std::optional(*record) : std::nullopt;
}

pid_t Installation::browser_of(const Record& record) const {
    const pid_t first = record.processes[static_cast<std::size_t>(Part::browser)].process;
    for (const pid_t process : all_processes()) {
        if (status_of(process).parent == first) return process;
    }
    return -1;
}

std::vector<pid_t> Installation::processes(std::uint32_t slot) const {
    std::vector<uid_t> users{::geteuid() == 0 ? ordinary_user : ::geteuid()};
    if (user_ == User::root) {
        users = {settings.session_user(slot), settings.browser_user(slot),
                 settings.egress_user(slot)};
    }
    std::vector<pid_t> found;
    for (const pid_t process : all_processes()) {
        const Status status = status_of(process);
        if (status.in_own_namespace && status.state != 'Z' &&
            std::ranges::find(users, status.user) != users.end()) {
            found.push_back(process);
        }
    }
    return found;
}

std::string Installation::left_of_sessions() const {
    std::string left;
    for (std::uint32_t slot = 0; slot < settings.session.maximum; ++slot) {
        for (const pid_t process : processes(slot)) left += fmt::format("process {}; ", process);
    }
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(settings.host_sessions(), error)) {
        left += entry.path().native() + "; ";
    }
    if (const auto mounts = isolation::find_cgroup_mounts()) {
        for (const auto& name : isolation::list_cgroups(*mounts, "shoji-" + settings.instance)) {
            left += "group " + name + "; ";
        }
    }
    if (user_ == User::root) {
        const auto rules = isolation::run_and_read(
            {"/usr/sbin/nft", "list", "table", "inet", "shoji_" + settings.instance});
        if (rules && rules->find("slot_") != std::string::npos) left += "packet rules; ";
    }
    return left;
}

std::string Installation::left() const {
    std::string left = left_of_sessions();
    if (const auto mounts = isolation::find_cgroup_mounts()) {
        const auto groups = isolation::list_cgroups(*mounts, "");
        if (std::ranges::find(groups, "shoji-" + settings.instance) != groups.end()) {
            left += "the group of sessions; ";
        }
    }
    if (user_ == User::root) {
        const auto tables = isolation::run_and_read({"/usr/sbin/nft", "list", "tables"});
        if (tables && tables->find(settings.instance) != std::string::npos) {
            left += "the table of packet rules; ";
        }
    }
    if (read_text("/proc/self/mountinfo").find(settings.state) != std::string::npos) {
        left += "a mount; ";
    }
    if (fs::exists(settings.host_socket())) left += "the host's socket; ";
    if (fs::exists(settings.host_sessions())) left += "the folder of sessions; ";
    return left;
}

}  // namespace shoji::host::tests
